#!/bin/sh
# check_symbols.sh LIBRARY: exports exactly the functions of symbols.txt, under one version, and nothing of libuv or HDF5.
set -eu
library=$1
here=$(dirname "$0")
exported=$(nm -D --defined-only --format=posix "$library" | awk '$2 != "A" { print $1 }' | sort)
plain=$(printf '%s\n' "$exported" | sed 's/@.*//')
if ! printf '%s\n' "$plain" | diff -u "$here/symbols.txt" -; then
  echo "$library does not export what tests/abi/symbols.txt lists" >&2
  exit 1
fi
if printf '%s\n' "$exported" | grep -v '@@FOREBAY_0$'; then
  echo "symbols without the version FOREBAY_0" >&2
  exit 1
fi
# Why again, though the list is exact: these two must never get onto it.
if printf '%s\n' "$plain" | grep -E '^(uv_|uv__|H5)'; then
  echo "symbols of libuv or HDF5 are visible" >&2
  exit 1
fi
readelf -d "$library" | grep -q 'SONAME.*\[libforebay\.so\.[0-9]*\]' || { echo "no SONAME" >&2; exit 1; }
if readelf -d "$library" | grep NEEDED | grep libuv; then
  echo "the shared library needs libuv at run time; it must carry its own" >&2
  exit 1
fi
echo "exports as recorded"
