#!/usr/bin/env python3
"""`forebay load --layout columns` stores, column by column, the bytes that the rows layout stores, whatever the number of
children and the splits; h5py reads the columns by name. Exit 77: numpy or h5py is missing.
"""
import json
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
SAMPLE = [DATA / "imr90_r1.head.txt", DATA / "imr90_r2.head.txt.gz"]
DTYPE = "chr:S10,pos:i4,pct:f4,c:i4,t:i4"


def run(*arguments):
    done = subprocess.run([COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, (arguments, done.stderr.decode())
    return done.stdout.decode()


def load(inputs, out, dtype, *options):
    run("load", *inputs, "-o", out, "--dtype", dtype, "--quiet", *options)
    return out


def columns_of(group):
    assert isinstance(group, h5py.Group), group
    assert group.attrs["forebay_layout"] == b"columns", dict(group.attrs)
    return {name: group[name] for name in (link.decode() for link in group.attrs["column-order"])}


def check_same(rows_path, columns_path, case):
    with h5py.File(rows_path, "r") as rows_file, h5py.File(columns_path, "r") as columns_file:
        rows = rows_file["data"][...]
        columns = columns_of(columns_file["data"])
        assert tuple(columns) == rows.dtype.names, (case, tuple(columns))
        for name, column in columns.items():
            values = column[...]
            assert column.ndim == 1 and column.maxshape == (None,), (case, name)
            assert values.dtype == rows[name].dtype.base, (case, name, values.dtype)
            assert values.tobytes() == rows[name].tobytes(), (case, name)
    everything = ("-n", len(rows))
    assert run("head", columns_path, *everything) == run("head", rows_path, *everything), case
    assert f"{len(rows):,} rows" in run("verify", columns_path), case


def check_sample(folder):
    rows = load(SAMPLE, folder / "rows.h5", DTYPE)
    for jobs in (1, 2, 5):
        for options in ((), ("--split", "7K"), ("--chunk-rows", 777, "--split", "30K")):
            case = ("sample", jobs, options)
            out = load(SAMPLE, folder / "columns.h5", DTYPE, "--layout", "columns", "--jobs", jobs, "--force", *options)
            check_same(rows, out, case)
    load(SAMPLE, rows, DTYPE, "--append")
    # The file's layout counts, not what a later run asks for.
    load(SAMPLE, out, DTYPE, "--append", "--jobs", 2)
    check_same(rows, out, "appended")
    table = json.loads(run("info", out, "--json"))["tables"]
    assert [entry["name"] for entry in table] == ["data"] and table[0]["layout"] == "columns", table
    assert "layout  columns" in run("info", out)


def check_every_type(folder):
    dtype = "s:S3,b:?,i:>i2,u:u8,f:>f8,when:M8[ms],part:f4[2,3],last:i1"
    text = folder / "types.txt"
    lines = []
    for i in range(3000):
        part = " ".join(f"{i / 8 + j}" for j in range(6))
        lines.append(f"x{i % 90} {i % 2} {i - 1500} {i * 10**12} {i * 0.37} 2024-01-01T00:00:{i % 60:02} {part} {i % 100}\n")
    text.write_text("".join(lines))
    rows = load([text], folder / "types_rows.h5", dtype, "--chunk-rows", 500)
    columns = load([text], folder / "types_columns.h5", dtype, "--chunk-rows", 500, "--layout", "columns")
    check_same(rows, columns, "types")
    with h5py.File(columns, "r") as file:
        assert file["data/part"][...].shape == (3000, 2, 3)


def check_per_source(folder):
    out = load(SAMPLE[:1], folder / "per.h5", DTYPE, "--per-source", "--layout", "columns", "--chunk-rows", 1000)
    with h5py.File(out, "r") as file:
        (name,) = [key for key in file if not key.startswith(".")]
        assert len(columns_of(file[name])["pos"]) == 20000


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_sample(folder)
        check_every_type(folder)
        check_per_source(folder)


main()
