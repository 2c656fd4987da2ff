#!/usr/bin/env python3
"""Tables with filters, written by store_tool: stock HDF5 reads them, finds nothing to differ from a file it wrote itself, and
both refuse a chunk with a flipped bit, naming table and row. Where the package hdf5plugin is there, or HDF5_PLUGIN_PATH, also zstd,
lz4 and blosc are read by those plugins."""
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np

TOOL = sys.argv[1]
ROW = np.dtype([("chr", "S6"), ("pos", "<i4"), ("x", "<f8")])
CASES = [{}, {"compression": "gzip", "compression_opts": 4}, {"compression": "gzip", "compression_opts": 9, "shuffle": True},
         {"fletcher32": True}, {"compression": "gzip", "compression_opts": 1, "shuffle": True, "fletcher32": True}]


def rows_of(count, random):
    rows = np.zeros(count, ROW)
    rows["chr"] = [b"chr%d" % (i // 1000 % 22) for i in range(count)]
    rows["pos"] = np.arange(count)
    rows["x"] = random.random_sample(count) if random else 0.5
    return rows


def write(folder, path, rows, case, chunk):
    raw = os.path.join(folder, "raw")
    rows.tofile(raw)
    filters = f"{case.get('compression_opts', 0)},{int(case.get('shuffle', False))},{int(case.get('fletcher32', False))}"
    done = subprocess.run([TOOL, "append", path, "data", "chr:S6,pos:i4,x:f8", str(chunk), raw, "777", filters],
                          stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr


def check_case(folder, number, case, rows):
    path = os.path.join(folder, f"ours{number}.h5")
    half = len(rows) // 2 + 13
    write(folder, path, rows[:half], case, 500)
    write(folder, path, rows[half:], case, 500)  # goes on in a last chunk that was stored unfiltered
    twin = os.path.join(folder, f"stock{number}.h5")
    with h5py.File(twin, "w") as file:
        file.create_dataset("data", data=rows, chunks=(500,), maxshape=(None,), **case)
        file["data"].attrs["answer"] = 42.5
        file["data"].attrs.create("note", "\u00e4 text".encode(), dtype=h5py.string_dtype("utf-8", 7))
    with h5py.File(path, "r") as file:
        data = file["data"]
        assert (data[:] == rows).all(), case
        assert data.compression == case.get("compression") and data.shuffle == case.get("shuffle", False)
        assert data.fletcher32 == case.get("fletcher32", False)
        if case.get("compression"):
            assert data.id.get_storage_size() < rows.nbytes, "nothing was saved"
    done = subprocess.run(["h5diff", path, twin, "/data"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, (case, done.stdout, done.stderr)
    done = subprocess.run(["h5dump", "-d", "/data", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0 and done.stdout.count(b"chr") >= len(rows), (case, done.stderr)
    return path


def check_plugins(folder, random):
    try:
        import hdf5plugin  # noqa: F401 - which is enough
    except ImportError:
        if "HDF5_PLUGIN_PATH" not in os.environ:
            print("no plugins for zstd, lz4 and blosc: tests/store/test_registered_filters.cpp has its own")
            return
    for number, filters in enumerate(("0,0,0,3,0", "0,1,1,19,0", "0,0,0,0,1", "0,1,1,0,1", "0,0,0,0,0,5", "0,0,1,0,0,9")):
        for noise in (None, random):
            rows = rows_of(2345, noise)
            path, raw = os.path.join(folder, f"plugin{number}{noise is None}.h5"), os.path.join(folder, "raw")
            rows.tofile(raw)
            subprocess.run([TOOL, "append", path, "data", "chr:S6,pos:i4,x:f8", "500", raw, "777", filters], check=True)
            with h5py.File(path, "r") as file:
                assert (file["data"][:] == rows).all(), filters


def check_rot(path):
    """Row 1000 is the first of the third chunk."""
    with h5py.File(path, "r") as file:
        chunk = file["data"].id.get_chunk_info(2)
    with open(path, "r+b") as file:
        file.seek(chunk.byte_offset + chunk.size // 2)
        byte = file.read(1)[0] ^ 0x10
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte]))
    for command in ("verify", "dump"):
        arguments = [TOOL, command, path] + (["data"] if command == "dump" else [])
        done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 1, f"{command} took a flipped bit"
        assert b"row 1000 of table 'data'" in done.stderr, done.stderr


def main():
    random = np.random.RandomState(3)
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(CASES):
            check_case(folder, number, case, rows_of(2345, None))
        for number, case in enumerate(CASES):
            path = check_case(folder, number + 10, case, rows_of(2000, random))
            if case.get("fletcher32"):
                check_rot(path)
        check_plugins(folder, random)
        noise = np.frombuffer(random.bytes(1234 * ROW.itemsize), ROW)  # which does not become smaller
        path = os.path.join(folder, "noise.h5")
        write(folder, path, noise, CASES[4], 100)
        with h5py.File(path, "r") as file:
            assert file["data"][:].tobytes() == noise.tobytes()


if __name__ == "__main__":
    main()
