#!/usr/bin/env python3
"""kill -9 of `forebay load --append --commit-every` at random moments, and the same command again until it is done: the
rows are those of an undisturbed load.

Arguments: rounds (more are made where no load was killed while it wrote), and the seed of the moments (default: from the clock; printed).
"""
import gzip
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

COMMAND = os.environ["FOREBAY_COMMAND"]
MOST_RUNS = 60


def write_inputs(folder):
    rng = random.Random(1)
    paths = []
    for number, name in enumerate(["one.txt", "two.txt.gz", "three.txt", "four.txt"]):
        rows = [200_000, 60_000, 7, 120_000][number]
        text = "".join(f"chr{i % 22} {i}\t{rng.random():.4f} {number} 1\n" for i in range(rows))
        data = f"# file {number}\n{text}# end\n".encode()
        path = folder / name
        path.write_bytes(gzip.compress(data, 1) if name.endswith(".gz") else data)
        paths.append(str(path))
    return paths


def command(paths, out):
    return [COMMAND, "load", *paths, "-o", str(out), "--append", "--comment", "#", "--commit-every", "20000rows",
            "--chunk-rows", "4000", "--split", "200K", "--jobs", "2", "--quiet", "--dtype", "chr:S10,pos:i4,pct:f4,c:i4,t:i4"]


def rows_of(path):
    with h5py.File(path, "r") as file:
        return file["data"][:]


def run_until_done(arguments, folder, seconds, rng):
    """Kills of one load; the number of them, and whether a journal was seen."""
    kills, journal = 0, False
    for _ in range(MOST_RUNS):
        with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
            try:
                # A load that is killed ever sooner would never end: each moment is drawn anew.
                process.wait(rng.uniform(0.01, 1.3) * seconds)
            except subprocess.TimeoutExpired:
                journal = journal or any("journal" in path.name for path in folder.iterdir())
                process.kill()
                kills += 1
                continue
            error = process.stderr.read()
        assert process.returncode == 0, f"after {kills} kills: {error}"
        return kills, journal
    raise AssertionError("the load did not come to its end")


def main():
    rounds = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print(f"seed {seed}")
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        paths = write_inputs(folder)
        start = time.monotonic()
        subprocess.run(command(paths, folder / "undisturbed.h5"), check=True)
        seconds = time.monotonic() - start
        expected = rows_of(folder / "undisturbed.h5")
        kills = journals = 0
        number = 0
        while number < rounds or (not (kills and journals) and number < 10 * rounds):
            number += 1
            work = folder / str(number)
            work.mkdir()
            killed, journal = run_until_done(command(paths, work / "out.h5"), work, seconds, rng)
            kills += killed
            journals += journal
            rows = rows_of(work / "out.h5")
            assert numpy.array_equal(rows, expected), f"seed {seed}, round {number}: {len(rows)} rows"
        assert kills and journals, f"seed {seed}: nothing was killed while it wrote"
        print(f"{number} loads, {kills} kills: all rows there, each once")


main()
