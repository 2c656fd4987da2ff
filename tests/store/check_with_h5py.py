"""Rows that forebay stores are the rows that h5py and h5dump read, and the other way round.

usage: check_with_h5py.py STORE_TOOL   (exit code 77: h5py is not installed)
"""
import os
import shutil
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)

TOOL = sys.argv[1]
SEED = 20240611
SCALARS = ["S1", "S7", "?", "i1", "u1"] + [
    order + kind for order in "<>"
    for kind in ("i2", "i4", "i8", "u2", "u4", "u8", "f4", "f8", "M8[ns]", "M8[D]")]


def random_rows(dtype, rows, rng):
    """Any bytes, but for booleans, which are 0 or 1."""
    data = np.frombuffer(rng.bytes(rows * dtype.itemsize), dtype=np.uint8).copy()
    data = data.view(dtype).reshape(-1) if dtype.fields else data
    if dtype.fields:
        for name, (field, _) in ((n, dtype.fields[n]) for n in dtype.names):
            if field.base == np.dtype("?"):
                data[name] = data[name].view(np.uint8) & 1
    elif dtype.base == np.dtype("?"):
        data &= 1
    return data.tobytes()


def run(*arguments):
    done = subprocess.run([TOOL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.stderr.decode()}")
    return done.stdout


def descr(dtype):
    return ",".join(
        f"{name}:{text(field)}" for name, (field, _) in ((n, dtype.fields[n]) for n in dtype.names))


def text(dtype):
    if dtype.fields:
        return descr(dtype)
    shape = "[" + ",".join(map(str, dtype.shape)) + "]" if dtype.shape else ""
    return dtype.base.str.lstrip("|").replace("b1", "?") + shape


def check_write(folder, dtype, rows, chunk, runs, step, rng):
    path = os.path.join(folder, "t.h5")
    raw = os.path.join(folder, "raw")
    if os.path.exists(path):
        os.remove(path)
    whole = b""
    for share in runs:
        part = random_rows(dtype, share, rng)
        with open(raw, "wb") as out:
            out.write(part)
        run("append", path, "run1/data", text(dtype), str(chunk), raw, str(step))
        whole += part
    rows = sum(runs)
    case = f"{text(dtype)} runs {runs} chunk {chunk} step {step}"
    with h5py.File(path, "r") as file:
        dataset = file["run1/data"]
        assert dataset.shape == (rows,) + dtype.shape, (case, dataset.shape)
        assert dataset.dtype == dtype.base, (case, dataset.dtype)
        assert dataset[...].tobytes() == whole, case
        assert dataset.maxshape[0] is None, case
        assert dataset.attrs["answer"] == 42.5, case
        note = dataset.attrs["note"]
        note = note.decode() if isinstance(note, bytes) else note
        assert note == "\u00e4 text", (case, note)
    assert run("dump", path, "run1/data") == whole, case
    return path


def check_plain(path):
    """A closed file is an ordinary one: flags clear, no free space lost track of, h5dump reads it."""
    with open(path, "rb") as file:
        head = file.read(48)
        file.seek(0, 2)
        size = file.tell()
    assert head[8] == 3, "superblock version"
    assert head[11] == 0, "consistency flags"
    assert int.from_bytes(head[28:36], "little") == size, "end of file"
    for tool in (["h5dump", "-H", path], ["h5ls", "-r", path], ["h5stat", path]):
        if shutil.which(tool[0]):
            done = subprocess.run(tool, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            assert done.returncode == 0, (tool, done.stderr)


def check_foreign(folder):
    """Files that h5py made: other layouts, filters, padding, strings."""
    path = os.path.join(folder, "foreign.h5")
    padded = np.dtype({"names": ["a", "b"], "formats": ["u1", "<f8"], "offsets": [0, 8]})
    tables = {
        "contiguous": np.arange(1000, dtype="<i4"),
        "big": np.arange(12, dtype=">f8").reshape(3, 4),
        "flags": np.array([True, False, True]),
        "times": np.array([1, 2], dtype="<M8[us]").astype(h5py.opaque_dtype(np.dtype("<M8[us]"))),
        "record": np.array([(b"ab", 1.5)], dtype=[("s", "S4"), ("x", "<f4")]),
        "padded": np.array([(1, 2.0), (3, 4.0)], dtype=padded),
    }
    with h5py.File(path, "w") as file:
        for name, rows in tables.items():
            file[name] = rows
        file.create_dataset("gzip", data=tables["contiguous"], chunks=(64,), compression="gzip",
                            shuffle=True)
    tables["gzip"] = tables["contiguous"]
    before = open(path, "rb").read()
    for name, rows in tables.items():
        packed = rows
        if name == "padded":
            packed = rows.astype([("a", "u1"), ("b", "<f8")])
        assert run("dump", path, name) == packed.tobytes(), name
    raw = os.path.join(folder, "raw")
    open(raw, "wb").close()
    done = subprocess.run([TOOL, "append", path, "gzip", "<i4", "0", raw, "1"],
                          stderr=subprocess.PIPE)
    assert done.returncode == 1 and b"forebay did not make" in done.stderr, done.stderr
    assert open(path, "rb").read() == before, "a refused file was changed"


def main():
    rng = np.random.RandomState(SEED)
    folder = tempfile.mkdtemp()
    try:
        for scalar in SCALARS:
            check_write(folder, np.dtype(scalar), 0, 8, [21, 3, 8], 5, rng)
        for shape in ((3,), (2, 3, 4)):
            path = check_write(folder, np.dtype((">f4", shape)), 0, 4, [6, 7], 13, rng)
        check_plain(path)
        record = np.dtype([(f"f{i}", s) for i, s in enumerate(SCALARS)] + [("t", "<f4", (2, 3))])
        for chunk in (1, 7, 64):
            for step in (1, 7, 50, 1000):
                path = check_write(folder, record, 0, chunk, [100, 33, 0, 59], step, rng)
        check_plain(path)
        sample = np.dtype([("chr", "S10"), ("pos", "<i4"), ("pct", "<f4"), ("c", "<i4"), ("t", "<i4")])
        path = check_write(folder, sample, 0, 1000, [100000, 1], 12345, rng)
        check_plain(path)
        check_foreign(folder)
    except AssertionError:
        print("seed", SEED)
        raise
    finally:
        shutil.rmtree(folder)


main()
