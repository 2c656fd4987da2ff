#!/bin/sh
# run_example.sh PROGRAM DATA: runs a program of docs/examples/ in a folder of its own and compares what it prints.
set -eu
program=$1
data=$2
work=$(mktemp -d /tmp/forebay-example-XXXXXX)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
case $(basename "$program") in
  example_load_files) set -- meth.h5 "$data/imr90_r1.head.txt" "$data/imr90_r2.head.txt.gz"; want="40000 rows" ;;
  example_readme) set -- "$data/imr90_r1.head.txt" "$data/imr90_r2.head.txt.gz"; want="40000 rows" ;;
  example_csv_columns)
    printf 'name,id,price\n"a, b",1,0.5\n"c\nd",2,1e3\n' >prices.csv
    set -- prices.h5 prices.csv; want="2 rows" ;;
  example_bad_rows)
    printf '1,0.5\nx,2\n3,1,9\n4,?\n' >prices.csv
    set -- prices.h5 prices.csv; want="3 rows, 3 rejects" ;;
  example_sniff_file)
    printf 'id;when;x\n1;2024-01-01;1,5\n2;2024-01-02;NA\n' >x.csv
    set -- x.csv; want="2 rows" ;;
  example_filter_rows) set -- deep.h5 "$data/imr90_r1.head.txt"; want="$(
    awk '$4 + $5 >= 10' "$data/imr90_r1.head.txt" | wc -l) of 20000 rows have 10 reads or more" ;;
  example_fill_arrays) set -- ramp.h5; want="5000 rows" ;;
  example_event_loop) set -- "$data/imr90_r2.head.txt.gz"; want="20000 rows" ;;
  example_instrument_load)
    python3 - <<'FILES'
import struct
for name, magic, records in ("a.ins", b"INSTRUM1", 2500), ("b.ins", b"INSTRUM1", 1500), ("bad.ins", b"INSTRUM9", 5):
    with open(name, "wb") as file:
        file.write(magic + struct.pack("=Q", records))
        for i in range(records):
            file.write(struct.pack("=dfHH", i / 100, 0.5, i % 16, 0))
FILES
    child=$(dirname "$program")/example_instrument_child
    if "$program" "$child" a.ins bad.ins >out.txt 2>err.txt; then echo "a bad magic was taken"; exit 1; fi
    grep -q 'bad.ins: byte 0: does not begin with INSTRUM1' err.txt || { cat err.txt; exit 1; }
    if "$child" 2>err.txt; then echo "a child ran without a loader"; exit 1; fi
    grep -q 'was not started as a child' err.txt || { cat err.txt; exit 1; }
    set -- "$child" a.ins b.ins; want="4000 rows, sum of levels 2000.0" ;;
  *) echo "unknown example $program"; exit 1 ;;
esac
got=$("$program" "$@" | tail -n 1)
[ "$got" = "$want" ] || { echo "$program printed '$got', not '$want'"; exit 1; }
echo "$got"
