#!/bin/sh
# check_child_program.sh PROGRAM: the child links neither libuv nor HDF5, and contains neither.
set -eu
linked=$(ldd "$1")
printf '%s\n' "$linked"
if printf '%s\n' "$linked" | grep -Ei 'libuv|hdf5|libforebay'; then
  echo "$1 links what a child must not" >&2
  exit 1
fi
if nm --defined-only "$1" | grep -E ' [TtDdBb] (uv_|uv__|H5[A-Z])'; then
  echo "$1 contains libuv or HDF5" >&2
  exit 1
fi
