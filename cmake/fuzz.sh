#!/bin/sh
# fuzz.sh BUILD SECONDS [TARGET]...: runs each fuzz target under libFuzzer for SECONDS, two at a time, on its corpus and on what
# earlier runs found (BUILD/corpus). Crashing inputs stay in BUILD/crashes; one that was mended joins tests/fuzz/corpus.
set -eu
build=$1
seconds=$2
shift 2
here=$(cd "$(dirname "$0")/.." && pwd)
[ $# -gt 0 ] || set -- text wire config dtype framing chunk shared_array journal
mkdir -p "$build/crashes"

run_one() {
  target=$1
  mkdir -p "$build/corpus/$target"
  log="$build/fuzz_$target.log"
  # Why these options: inputs as long as a few records, and a hang is a fault too.
  if "$build/tests/fuzz_$target" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
    -artifact_prefix="$build/crashes/$target-" "$build/corpus/$target" "$here/tests/fuzz/corpus/$target" >"$log" 2>&1; then
    echo "fuzz: $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, no fault"
  else
    echo "fuzz: $target: a fault; see $log and $build/crashes" >&2
    tail -n 40 "$log" >&2
    return 1
  fi
}

failed=0
while [ $# -gt 0 ]; do
  run_one "$1" &
  first=$!
  second=
  if [ $# -gt 1 ]; then
    run_one "$2" &
    second=$!
    shift
  fi
  shift
  wait "$first" || failed=1
  [ -z "$second" ] || wait "$second" || failed=1
done
exit $failed
