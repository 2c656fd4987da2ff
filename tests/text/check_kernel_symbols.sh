#!/bin/sh
# Checks that the kernels' object files define no symbol that the linker would merge with one of other files, as it might then
# keep the copy with instructions that the machine lacks: check_kernel_symbols.sh 'OBJECT;...'
set -e
status=0
[ -n "$1" ]
for object in $(echo "$1" | tr ';' ' '); do
  merged=$(nm -C --defined-only "$object" | grep -E '^[0-9a-f]* [WVuw] ' | grep -v 'DW.ref') || continue
  echo "$object defines:"
  echo "$merged"
  status=1
done
exit $status
