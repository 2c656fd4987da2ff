#!/bin/sh
# lint.sh BUILD JOBS: format, include arrows, clang-tidy. Every warning is an error.
set -eu
build=$1
jobs=$2
cd "$(dirname "$0")/.."
echo "lint: format"
sh cmake/check_format.sh
echo "lint: include arrows"
python3 cmake/check_arrows.py --self-test
python3 cmake/check_arrows.py .
echo "lint: clang-tidy"
# Why the file list comes from the build: only what is compiled has flags to check it with.
python3 - "$build" <<'LIST' | xargs -0 -n 1 -P "$jobs" clang-tidy --quiet -p "$build" --warnings-as-errors='*'
import json, os, sys
lib = os.path.join(os.getcwd(), "lib") + os.sep
with open(os.path.join(sys.argv[1], "compile_commands.json")) as file:
    files = sorted({entry["file"] for entry in json.load(file)})
sys.stdout.write("\0".join(name for name in files if name.startswith(lib)))
LIST
echo "lint: clean"
