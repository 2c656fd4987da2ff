#!/bin/sh
# check_format.sh: fails when clang-format would change a file.
set -eu
cd "$(dirname "$0")/.."
find include lib tests bindings/cli docs -type f \( -name '*.c' -o -name '*.cpp' -o -name '*.h' -o -name '*.hpp' \) -print0 |
  xargs -0 clang-format --dry-run -Werror
