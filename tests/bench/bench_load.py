#!/usr/bin/env python3
"""bench_load.py COMMAND SAMPLE FOLDER: the main job in full: a big file under --memory 128M, its rate and its peak of memory.

The big file is the sample repeated; FOREBAY_BENCH_MB sets its size (default 1024). Memory is the sum over parent and children of
the proportional set size, looked at as often as /proc can be read.
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "suite"))

import measure  # noqa: E402

LIMIT_MIB = 128
DTYPE = "chr:S10,pos:i4,pct:f4,c:i4,t:i4"


def make_input(sample, path, megabytes):
    text = pathlib.Path(sample).read_bytes()
    count = max(1, megabytes * 1000 * 1000 // len(text))
    if not path.exists() or path.stat().st_size != count * len(text):
        with open(path, "wb") as out:
            for _ in range(count):
                out.write(text)
    return count * len(text), count * text.count(b"\n")


def load(command, inputs, output, *options):
    arguments = [command, "load", *inputs, "-o", output, "--force", "--json", "--dtype", DTYPE, *options]
    done = measure.run(arguments)
    if done is None:
        sys.exit("bench_load: the load failed")
    return done


def main(command, sample, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    big = folder / "big.txt"
    output = folder / "big.h5"
    size, rows = make_input(sample, big, int(os.environ.get("FOREBAY_BENCH_MB", "1024")))
    print(f"input: {size / 1e6:.0f} MB, {rows:,} rows; to a synced file, --memory {LIMIT_MIB}M, {os.cpu_count()} processors")
    worst = 0
    for jobs in (1, 2, 5):
        done = load(command, [big], output, "--jobs", jobs, "--memory", f"{LIMIT_MIB}M")
        if done.rows != rows:
            sys.exit(f"bench_load: {done.rows} rows, not {rows}")
        worst = max(worst, done.peak_mib)
        print(f"--jobs {jobs}: {done.seconds:6.2f} s {size / 1e6 / done.seconds:7.0f} MB/s, "
              f"peak {done.peak_mib:5.0f} MiB (PSS of all processes)")
    for path in (big, output):
        path.unlink()
    return 0 if worst <= LIMIT_MIB + 64 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
