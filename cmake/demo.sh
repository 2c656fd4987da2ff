#!/bin/sh
# demo.sh BUILD: the main job on the sample that ships with the project; two files, two children, one HDF5 table.
set -eu
build=$1
data=tests/data
cd "$(dirname "$0")/.."
out=$build/demo/meth.h5
mkdir -p "$build/demo"

run() {
  echo
  echo "\$ $*"
  "$@"
}

run "$build/bin/forebay" load "$data/imr90_r1.head.txt" "$data/imr90_r2.head.txt.gz" -o "$out" --force \
  --jobs 2 --dtype 'chr:S10,pos:i4,pct:f4,c:i4,t:i4'
run "$build/bin/forebay" head "$out"
run "$build/bin/forebay" info "$out"
run "$build/bin/forebay" verify "$out"
run h5dump -H "$out"
echo
echo "The table is in $out: 40,000 rows of two samples, readable with any HDF5 tool."
