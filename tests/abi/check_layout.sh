#!/bin/sh
# check_layout.sh PROGRAM: what the program prints must be layout.txt (64-bit targets; a struct may only grow at its end).
set -eu
"$1" | diff -u "$(dirname "$0")/layout.txt" - && echo "layout as recorded"
