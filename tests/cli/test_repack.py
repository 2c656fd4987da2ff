"""`forebay repack`: the same tables in less space, and loads that go on afterwards."""

import os
import shutil
import stat
import subprocess
import unittest

import cli_case

PYTHON = "/usr/bin/python3"  # the one that the distribution's h5py belongs to


def rows_text(first, rows):
    return "".join(f"{i} {i / 2}\n" for i in range(first, first + rows))


class Repack(cli_case.CliCase):
    def make(self, *arguments):
        """Many commits of partial chunks, which are compressed when they are full."""
        self.load(
            self.file("a.txt", rows_text(0, 60_000)), "--commit-every", "700rows", "--chunk-rows", 5000,
            "--deflate", 4, "--shuffle", "--split", "16K", "--jobs", 1, *arguments
        )

    def facts(self, path=None):
        info = self.info(path)
        for table in info["tables"]:
            table.pop("sources")
        return info["tables"]

    def test_a_file_gets_smaller_and_keeps_its_tables(self):
        self.make()
        self.load(self.file("b.txt", rows_text(7, 3000)), "--append", "--table", "run/columns", "--layout", "columns")
        before, rows = self.info(), self.rows()
        self.assertGreater(before["space"]["left_bytes"], 12 * 50_000)  # a raw chunk before each whole one
        os.chmod(self.out, 0o640)
        text = self.succeeds("repack", self.out)
        self.assertIn("2 tables, 63,000 rows", text)
        after = self.info()
        self.assertLess(after["bytes"], before["bytes"] - 12 * 50_000)
        self.assertEqual(after["bytes"], self.out.stat().st_size)
        self.assertEqual(after["tables"], before["tables"])
        self.assertEqual(self.rows(), rows)
        self.assertEqual(stat.S_IMODE(self.out.stat().st_mode), 0o640)
        self.succeeds("verify", self.out)
        # Again there is nothing to gain.
        self.succeeds("repack", self.out)
        self.assertEqual(self.info()["bytes"], after["bytes"])
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.txt", "b.txt", "out.h5"])

    def test_a_load_goes_on_exactly_once_after_it(self):
        source = self.file("a.txt", rows_text(0, 5000))
        bad = self.file("bad.txt", rows_text(0, 10) + "x y\n")
        load = ("--append", "--on-error", "skip", "--chunk-rows", 1000)
        self.load(source, *load, "--max-rows", 3000)
        self.succeeds("repack", self.out)
        self.load(source, bad, *load)
        undisturbed = self.folder / "other.h5"
        self.succeeds("load", source, bad, "-o", undisturbed, *load, "--dtype", "a:i4,b:f8", "--quiet")
        self.assertEqual(len(self.rows()), 5010)
        self.assertEqual(self.rows(), self.rows(path=undisturbed))
        self.succeeds("repack", self.out)
        self.assertIn("nothing to do", self.load(source, bad, *load))
        self.assertIn("bad.txt", self.succeeds("rejects", self.out))

    def test_beside_the_old_file_which_stays_as_it_is(self):
        self.make()
        before, packed = self.out.read_bytes(), self.folder / "packed.h5"
        self.succeeds("repack", self.out, "-o", packed)
        self.assertEqual(self.out.read_bytes(), before)
        self.assertEqual(self.facts(packed), self.facts())
        self.assertEqual(self.rows(path=packed), self.rows())
        self.fails(3, "repack", self.out, "-o", packed, says=["--force"])
        self.succeeds("repack", self.out, "-o", packed, "--force")
        self.fails(2, "repack", self.out, "-o", self.out, "--force", says=["is the file itself"])
        self.fails(1, "repack", self.out, "--force", says=["--output"])

    def test_what_cannot_be_packed_is_named(self):
        self.fails(2, "repack", self.folder / "none.h5", says=["none.h5"])
        self.fails(5, "repack", self.file("text.h5", "no hdf5\n" * 100), says=["text.h5"])
        os.symlink("out.h5", self.folder / "link.h5")
        self.make()
        self.succeeds("repack", self.folder / "link.h5")
        self.assertTrue((self.folder / "link.h5").is_symlink() and not self.out.is_symlink())
        data = bytearray(self.out.read_bytes())
        at = data.rindex(b"\x78\x5e") if b"\x78\x5e" in data else data.rindex(b"\x78\x01")
        data[at : at + 40] = bytes(40)
        self.out.write_bytes(data)
        self.fails(5, "repack", self.out, says=["data"])
        self.assertEqual(self.out.read_bytes(), data)

    def h5py(self, script):
        done = subprocess.run([PYTHON, "-c", script, str(self.out)], capture_output=True, check=False, timeout=100)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
        return done.stdout.decode()

    @unittest.skipUnless(shutil.which(PYTHON) and not subprocess.call([PYTHON, "-c", "import h5py"]), "no h5py")
    def test_what_other_programs_put_into_the_file_stays(self):
        self.make()
        self.h5py(PUT)
        before = self.h5py(LIST)
        self.assertIn("extra/one", before)
        self.succeeds("repack", self.out)
        self.assertEqual(self.h5py(LIST), before)
        self.succeeds("repack", self.out)
        self.assertEqual(self.h5py(LIST), before)
        self.load(self.file("b.txt", rows_text(0, 100)), "--append")
        # Addresses change, so that references would lead nowhere.
        self.h5py("import h5py, sys; f = h5py.File(sys.argv[1], 'r+'); f['ref'] = f['extra/z'].ref")
        data = self.out.read_bytes()
        self.fails(4, "repack", self.out, says=["'ref'", "h5repack"])
        self.assertEqual(self.out.read_bytes(), data)


PUT = """
import h5py, numpy as np, sys
with h5py.File(sys.argv[1], "r+") as f:
    extra = f.create_group("extra", track_order=True)
    extra.attrs["texts"] = ["a", "bcd"]
    extra.attrs["numbers"] = np.arange(3)
    z = extra.create_dataset("z", (100, 100), chunks=(10, 10), compression="gzip", data=np.arange(10000.).reshape(100, 100))
    z.attrs["unit"] = "K"
    extra["b_other_name"] = z
    extra["a_soft"] = h5py.SoftLink("/data")
    extra["outside"] = h5py.ExternalLink("elsewhere.h5", "/x")
    extra["itself"] = extra
    f["of_root"] = z
    f["number"] = 3.5
    f["flat"] = np.arange(1000)
    f["type"] = np.dtype([("q", "i4")])
    for name in ("one", "two"):
        extra.create_dataset(name, (3,), dtype=f["type"])
    many = f.create_group("many")
    for i in range(50):
        many[f"d{i}"] = i
    f["data"].attrs["note"] = "of h5py"
    f.attrs["title"] = "T"
"""

LIST = """
import hashlib, h5py, sys
with h5py.File(sys.argv[1], "r") as f:
    def show(name, found):
        kind = [list(found)] if isinstance(found, h5py.Group) else []
        if isinstance(found, h5py.Dataset):
            kind = [found.shape, found.chunks, found.compression, str(found.dtype), hashlib.md5(found[()].tobytes()).hexdigest()]
        print(name, kind, sorted((k, str(v)) for k, v in found.attrs.items()))
    show("/", f)
    f.visititems(lambda name, found: None if name == ".forebay/id" else show(name, found))
    extra = f["extra"]
    link = lambda name: extra.get(name, getlink=True)
    print(f["of_root"] == extra["z"], extra["itself"] == extra, link("a_soft").path, link("outside").filename, link("outside").path)
    print(extra["one"].id.get_type() == extra["two"].id.get_type(), extra["one"].id.get_type().committed())
"""

if __name__ == "__main__":
    cli_case.main()
