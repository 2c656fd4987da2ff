#!/usr/bin/env python3
"""The real methylation table, loaded by the command in many ways, equals numpy's loadtxt bit for bit.

The full files are used when shared/data stands beside the project, else the cut in tests/data. Exit 77: numpy or h5py is missing.
"""
import gzip
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError:
    print("numpy or h5py is missing")
    sys.exit(77)

COMMAND = os.environ["FOREBAY_COMMAND"]
DATA = pathlib.Path(os.environ["FOREBAY_TEST_DATA"])
SHARED = DATA.parent.parent.parent / "shared" / "data"
DTYPE = "chr:S10,pos:i4,pct:f4,c:i4,t:i4"
NUMPY = np.dtype([("chr", "S10"), ("pos", "<i4"), ("pct", "<f4"), ("c", "<i4"), ("t", "<i4")])
FULL_ROWS = [473966, 475572]


def inputs():
    full = [SHARED / f"imr90_r{i}.chr22.txt.gz" for i in (1, 2)]
    if all(path.exists() for path in full):
        return full, True
    return [DATA / "imr90_r1.head.txt", DATA / "imr90_r2.head.txt.gz"], False


def unpack(path, folder):
    plain = folder / path.name.removesuffix(".gz")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as source:
        plain.write_bytes(source.read())
    return plain


def load(output, paths, *options):
    subprocess.run([COMMAND, "load", *map(str, paths), "-o", str(output), "--dtype", DTYPE, *options], check=True)


def rows(path):
    with h5py.File(path, "r") as file:
        return file["data"][:]


def check(name, output, expected):
    got = rows(output)
    assert got.dtype == NUMPY, (name, got.dtype)
    assert got.tobytes() == expected.tobytes(), f"{name}: rows differ"
    output.unlink()
    print(f"{name}: {len(got)} rows equal", flush=True)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        packed, is_full = inputs()
        plain = [unpack(path, folder) for path in packed]
        parts = [np.loadtxt(path, dtype=NUMPY) for path in plain]
        if is_full:
            assert [len(part) for part in parts] == FULL_ROWS
        expected = np.concatenate(parts)
        output = folder / "out.h5"
        for jobs in (1, 2, 5):
            load(output, packed, "--jobs", str(jobs))
            check(f"packed, {jobs} jobs", output, expected)
            for split in ("10K" if not is_full else "100K", "1M", "64M"):
                load(output, plain, "--jobs", str(jobs), "--split", split)
                check(f"plain, {jobs} jobs, splits of {split}", output, expected)
        load(output, plain[:1], "--chunk-rows", "30011")
        load(output, packed[1:], "--append")
        check("two runs, a partial chunk between them", output, expected)
        load(output, plain, "--delimiter", "tab", "--memory", "16M")
        check("tab as the delimiter, 16 MiB", output, expected)


main()
