#!/bin/sh
# run_share_examples.sh FOLDER DATA [PYTHON SHARE.PY LIBRARY]: the examples that share arrays: C to C; with a PYTHON, C to Python
# and Python to Python. They print the rows and the sum that awk finds.
set -eu
programs=$1 data=$2
work=$(mktemp -d /tmp/forebay-share-XXXXXX)
trap 'rm -rf "$work"' EXIT INT TERM
cp "$data/imr90_r1.head.txt" "$work/one.txt"
gzip -dc "$data/imr90_r2.head.txt.gz" >"$work/two.txt"
want=$(cat "$work/one.txt" "$work/two.txt" | awk '{ n++; s += $2 } END { printf "%d rows, sum of pos %.0f", n, s }')

# expect WHAT GOT WANTED
expect() {
  [ "$2" = "$3" ] || { echo "$1 printed '$2', not '$3'"; exit 1; }
}

# exchange RECEIVER...: the sender gives both files to a receiver, once that says that it listens.
exchange() {
  mkfifo "$work/out"
  "$@" "$work/socket" >"$work/out" &
  exec 3<"$work/out"
  read -r line <&3 || true
  expect "$1" "$line" listening
  "$programs/example_share_sender" "$work/socket" "$work/one.txt" "$work/two.txt"
  read -r line <&3 || true
  expect "$1" "$line" "$want"
  wait $!
  rm "$work/out"
}

if [ $# -eq 2 ]; then
  exchange "$programs/example_share_receiver"
else
  export FOREBAY_LIBRARY="$5" PYTHONDONTWRITEBYTECODE=1
  exchange "$3" "$4" listen
  expect share.py "$("$3" "$4" start)" "10 rows, sum of pos 45"
fi
echo "$want"
