#!/usr/bin/env python3
"""Arrays of numpy as sources: what the command stores from .npy, .npz and raw files equals the array, byte for byte.

Exit 77: numpy or h5py is missing.
"""
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

try:
    import h5py
    import numpy as np
except ImportError:
    print("numpy or h5py is missing")
    sys.exit(77)

COMMAND = os.environ["FOREBAY_COMMAND"]
RECORD = np.dtype([("chr", "S10"), ("pos", "<i4"), ("ok", "?"), ("t", "<f4", (3, 2)), ("u", "<u8")])
RECORD_TEXT = "chr:S10,pos:i4,ok:?,t:f4[3,2],u:u8"
BIG_RECORD = np.dtype([("chr", "S10"), ("pos", ">i4"), ("ok", "?"), ("t", ">f4", (3, 2)), ("u", ">u8")])


def records(count):
    generator = np.random.default_rng(count + 1)
    rows = np.zeros(count, RECORD)
    rows["chr"] = [b"chr%d" % i for i in generator.integers(0, 23, count)]
    rows["pos"] = generator.integers(-(2**31), 2**31, count)
    rows["ok"] = generator.integers(0, 2, count)
    rows["t"] = generator.standard_normal((count, 3, 2))
    rows["u"] = generator.integers(0, 2**63, count)
    return rows


def run(folder, paths, dtype, *options):
    output = folder / "out.h5"
    command = [COMMAND, "load", *map(str, paths), "-o", str(output), "--force", "--quiet", "--dtype", dtype]
    return subprocess.run([*command, *map(str, options)], capture_output=True, text=True, timeout=100), output


def loads(folder, paths, dtype, expected, *options):
    done, output = run(folder, paths, dtype, *options)
    assert done.returncode == 0, (paths, options, done.stderr)
    with h5py.File(output, "r") as file:
        got = file["data"][:]
    assert got.shape == expected.shape, (paths, options, got.shape, expected.shape)
    assert got.dtype == expected.dtype, (paths, got.dtype)
    assert got.tobytes() == expected.tobytes(), (paths, options)


def refuses(folder, path, dtype, code, says, *options, rows=None):
    done, output = run(folder, [path], dtype, *options)
    assert done.returncode == code, (path, done.returncode, done.stderr)
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("forebay: "), done.stderr
    for part in [str(path), *says]:
        assert part in done.stderr, (part, done.stderr)
    if rows is None:
        assert not output.exists(), path
        return
    with h5py.File(output, "r") as file:
        assert file["data"][:].tobytes() == rows.tobytes(), path


def save(path, array, version=None):
    with open(path, "wb") as file:
        np.lib.format.write_array(file, array, version=version)
    return path


def test_every_way_of_loading_gives_the_same_rows(folder):
    rows = records(100_003)
    other = records(777)
    name = folder / "a.npy"
    np.save(name, rows)
    np.save(folder / "b.npy", other)
    np.savez(folder / "stored.npz", only=rows)
    np.savez_compressed(folder / "packed.npz", only=rows)
    rows.tofile(folder / "a.raw")
    both = np.concatenate([rows, other])
    for jobs in (1, 2, 5):
        for split in ("16", "100K", "4M"):
            loads(folder, [name, folder / "b.npy"], RECORD_TEXT, both, "--jobs", jobs, "--split", split)
        loads(folder, [folder / "b.npy", name], RECORD_TEXT, np.concatenate([other, rows]), "--jobs", jobs)
        loads(folder, [folder / "a.raw"], RECORD_TEXT, rows, "--jobs", jobs, "--format", "raw", "--split", "300K")
        for packed in ("stored.npz", "packed.npz"):
            loads(folder, [folder / packed], RECORD_TEXT, rows, "--jobs", jobs)
            loads(folder, [folder / packed, name], RECORD_TEXT, np.concatenate([rows, rows]), "--jobs", jobs)
    loads(folder, [name], RECORD_TEXT, rows, "--chunk-rows", "333")
    for count in (1, 500, 100_003, 200_000):
        for path in (name, folder / "packed.npz"):
            loads(folder, [path], RECORD_TEXT, rows[:count], "--max-rows", count)


def test_versions_byte_orders_and_shapes(folder):
    rows = records(5000)
    for version in ((1, 0), (2, 0), (3, 0)):
        loads(folder, [save(folder / "v.npy", rows, version)], RECORD_TEXT, rows)
    loads(folder, [save(folder / "big.npy", rows.astype(BIG_RECORD))], RECORD_TEXT, rows)
    big_text = "chr:S10,pos:>i4,ok:?,t:>f4[3,2],u:>u8"
    loads(folder, [save(folder / "v.npy", rows)], big_text, rows.astype(BIG_RECORD))
    cube = np.random.default_rng(4).standard_normal((70, 5, 11)).astype("<f4")
    loads(folder, [save(folder / "c.npy", cube)], "f4[5,11]", cube, "--jobs", 3, "--batch", 7)
    loads(folder, [save(folder / "c.npy", cube.astype(">f4"))], "f4[5,11]", cube)
    times = np.arange(1000).astype("<M8[s]")
    loads(folder, [save(folder / "m.npy", times)], "M8[s]", times)
    # Of one axis an array lies the same in both orders, whatever the header says.
    flat = save(folder / "f.npy", np.arange(9, dtype="<i8")).read_bytes().replace(b"False", b"True ")
    (folder / "f.npy").write_bytes(flat)
    loads(folder, [folder / "f.npy"], "i8", np.arange(9, dtype="<i8"))
    empty = rows[:0]
    loads(folder, [save(folder / "e.npy", empty), save(folder / "v.npy", rows)], RECORD_TEXT, rows)
    np.savez_compressed(folder / "e.npz", empty)
    loads(folder, [folder / "e.npz", folder / "v.npy"], RECORD_TEXT, rows)


def test_members_are_chosen_by_name(folder):
    a, b = np.arange(10, dtype="<i8"), np.arange(20, 50, dtype="<i8")
    path = folder / "two.npz"
    np.savez(path, a=a, b=b)
    loads(folder, [path], "i8", a, "--member", "a")
    loads(folder, [path], "i8", b, "--member", "b.npy")
    refuses(folder, path, "i8", 2, ["2 arrays: a, b", "choose one with --member"])
    refuses(folder, path, "i8", 2, ["no array c", "a, b"], "--member", "c")


def test_zip64_and_the_records_of_other_writers(folder):
    rows = records(3000)
    content = io.BytesIO()
    np.save(content, rows)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = folder / "z.npz"
        with zipfile.ZipFile(path, "w", method) as file:
            file.comment = b"PK\x05\x06 a comment that looks like an end" * 30
            file.writestr("notes.txt", "no array")
            with file.open("x.npy", "w", force_zip64=True) as member:
                member.write(content.getvalue())
        loads(folder, [path], RECORD_TEXT, rows)
        loads(folder, [path], RECORD_TEXT, rows, "--format", "npz")
        plain = path.read_bytes()
        # The same with a zip64 end record, as a file of more than 65,535 members or 4 GiB has.
        at = plain.rindex(b"PK\x05\x06" + b"\0\0\0\0")
        count, size, offset = np.frombuffer(plain[at + 8 : at + 20], "<u2,<u2,<u4,<u4")[0].tolist()[1:]
        end64 = b"PK\x06\x06" + np.array([44], "<u8").tobytes() + b"\x2d\0\x2d\0" + bytes(8)
        end64 += np.array([count, count, size, offset], "<u8").tobytes()
        locator = b"PK\x06\x07" + bytes(4) + np.array([at], "<u8").tobytes() + b"\x01\0\0\0"
        end = b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + b"\0\0"
        path.write_bytes(plain[:at] + end64 + locator + end)
        with zipfile.ZipFile(path) as file:
            assert file.namelist() == ["notes.txt", "x.npy"]
        loads(folder, [path], RECORD_TEXT, rows)


def test_what_cannot_be_loaded_is_refused_with_its_cause(folder):
    rows = records(100)
    path = save(folder / "x.npy", rows)
    refuses(folder, path, "a:i4,b:f8", 2, ["chr:S10", "a:i4,b:f8"])
    refuses(folder, path, RECORD_TEXT.replace("pos", "place"), 2, ["pos", "place"])
    refuses(folder, save(folder / "i.npy", np.arange(5, dtype="<i4")), "u4", 2, ["i4", "u4"])
    refuses(folder, save(folder / "f.npy", np.asfortranarray(np.ones((4, 3)))), "f8[3]", 2, ["Fortran"])
    refuses(folder, save(folder / "s.npy", np.array(5)), "i8", 2, ["a single value"])
    refuses(folder, save(folder / "u.npy", np.array(["a", "b"])), "S4", 2, ["dtype of the array"])
    refuses(folder, save(folder / "r.npy", rows.reshape(10, 10)), RECORD_TEXT, 2, ["more than one axis"])
    whole = path.read_bytes()
    (folder / "two.npy").write_bytes(whole + whole)
    refuses(folder, folder / "two.npy", RECORD_TEXT, 2, [f"{len(whole)} bytes behind"])
    (folder / "v9.npy").write_bytes(whole[:6] + b"\x09" + whole[7:])
    refuses(folder, folder / "v9.npy", RECORD_TEXT, 2, ["version 9.0"])
    (folder / "short.npy").write_bytes(whole[:40])
    refuses(folder, folder / "short.npy", RECORD_TEXT, 2, ["cut short"])
    np.savez(folder / "e.npz")
    refuses(folder, folder / "e.npz", RECORD_TEXT, 2, ["holds no array"])


def test_whole_rows_before_a_cut_are_kept(folder):
    rows = records(50_000)
    size = RECORD.itemsize
    whole = save(folder / "x.npy", rows).read_bytes()
    data = len(whole) - rows.nbytes
    for count in (0, 1, 20_000, 49_999):
        (folder / "cut.npy").write_bytes(whole[: data + count * size + size - 1])
        kept = rows[:count] if count else None
        says = [f"row {count + 1} of 50000", "cut short"]
        refuses(folder, folder / "cut.npy", RECORD_TEXT, 2, says, rows=kept)
        (folder / "cut.raw").write_bytes(whole[: data + count * size + 1])
        raw = ["--format", "raw", "--header-bytes", data]
        refuses(folder, folder / "cut.raw", RECORD_TEXT, 2, [f"inside row {count + 1}:"], *raw, rows=kept)
        if count:
            loads(folder, [folder / "cut.npy"], RECORD_TEXT, rows[:count], "--max-rows", count)
    (folder / "short.raw").write_bytes(b"12345")
    refuses(folder, folder / "short.raw", "i4", 2, ["header of 8"], "--format", "raw", "--header-bytes", 8)


def test_damage_in_a_zip_member_is_found(folder):
    rows = records(60_000)
    for name, writer in (("s.npz", np.savez), ("d.npz", np.savez_compressed)):
        path = folder / name
        writer(path, rows)
        whole = path.read_bytes()
        for at in (len(whole) // 3, len(whole) * 2 // 3):
            damaged = bytearray(whole)
            damaged[at] ^= 0x10
            path.write_bytes(damaged)
            done, _ = run(folder, [path], RECORD_TEXT)
            assert done.returncode == 2 and ("checksum" in done.stderr or "damaged" in done.stderr), done.stderr
        path.write_bytes(whole[:-30])
        refuses(folder, path, RECORD_TEXT, 2, ["no directory"])


def test_random_changes_to_headers_end_in_rows_or_one_line(folder):
    generator = np.random.default_rng(11)
    rows = records(40)
    np.savez_compressed(folder / "d.npz", rows)
    np.savez(folder / "s.npz", rows)
    sources = {name: (folder / name).read_bytes() for name in ("d.npz", "s.npz")}
    sources["n.npy"] = save(folder / "n.npy", rows).read_bytes()
    for name, whole in sources.items():
        paths = []
        for i in range(150):
            changed = bytearray(whole)
            frame = 128 if name == "n.npy" else len(whole)
            for _ in range(int(generator.integers(1, 4))):
                at = int(generator.integers(6, frame)) if generator.integers(2) else frame - 1 - int(generator.integers(90))
                changed[at] = int(generator.choice([0, 1, 0x7F, 0xFF, 0x28, 0x27, int(generator.integers(256))]))
            paths.append(folder / f"{i}-{name}")
            paths[-1].write_bytes(changed)
        done, _ = run(folder, paths, RECORD_TEXT, "--format", name[-3:], "--jobs", 2)
        assert done.returncode in (2, 4), (name, done.returncode, done.stderr[:400])
        for line in done.stderr.splitlines():
            assert line.startswith(f"forebay: {folder}/") and "child process" not in line, line


def main():
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            with tempfile.TemporaryDirectory() as folder:
                test(pathlib.Path(folder))
            print(name, flush=True)


main()
