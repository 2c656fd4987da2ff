"""Files with datasets of other programs, of kinds that forebay has no dtype for."""

import h5py
import numpy as np

import cli_case

# What of the file is a table, with its rows; the others are shown, and can be verified.
TABLES = {"grid": 300, "enumeration": 2}
OTHERS = ("words", "lists", "scalar", "word", "empty", "references", "nested", "virtual")


class Foreign(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        nested = np.zeros(3, dtype=[("a", "i4"), ("b", [("c", "f8"), ("d", "S2")])])
        with h5py.File(self.out, "w") as file:
            file["grid"] = np.arange(1200.0).reshape(300, 4)
            file["enumeration"] = np.array([True, False])
            words = [f"a word of its own length: {'x' * (i % 40)}" for i in range(50_000)]
            file.create_dataset("words", data=words, dtype=h5py.string_dtype(), chunks=(1000,), compression="gzip")
            lists = file.create_dataset("lists", (3,), dtype=h5py.vlen_dtype("i4"))
            lists[1] = np.arange(5, dtype="i4")
            file["scalar"] = 3
            file.create_dataset("word", data="one", dtype=h5py.string_dtype())
            file["empty"] = h5py.Empty("f8")
            file.create_dataset("references", (2,), dtype=h5py.ref_dtype)[0] = file["grid"].ref
            file["nested"] = nested
            layout = h5py.VirtualLayout((4,), dtype="f8")
            layout[:] = h5py.VirtualSource("elsewhere.h5", "x", (4,))
            file.create_virtual_dataset("virtual", layout)
            file["link"] = h5py.SoftLink("/nowhere")
            file["other"] = h5py.ExternalLink("none.h5", "/x")

    def test_info_shows_them_and_says_why(self):
        found = {table["name"]: table for table in self.info()["tables"]}
        self.assertEqual(set(found), {*TABLES, *OTHERS})
        for name, rows in TABLES.items():
            self.assertEqual((found[name]["foreign"], found[name]["rows"]), ("", rows))
        for name in OTHERS:
            self.assertIn(f"'{name}'", found[name]["foreign"])
        text = self.succeeds("info", self.out)
        self.assertIn("a string of variable length", text)
        self.assertIn("of another program", text)

    def test_verify_reads_them(self):
        text = self.succeeds("verify", self.out)
        self.assertIn(f"{sum(TABLES.values())} rows", text)

    def test_verify_notices_what_hdf5_cannot_read(self):
        with h5py.File(self.out, "r") as file:
            chunk = file["words"].id.get_chunk_info(7)
        with open(self.out, "r+b") as file:
            file.seek(chunk.byte_offset + 20)
            file.write(bytes(100))
        error = self.fails(5, "verify", self.out, says=["'words'", "HDF5 says: "])
        self.assertNotIn("says: nothing", error)

    def test_one_of_them_is_no_table_to_read(self):
        self.fails(2, "cat", f"{self.out}:words", says=["variable length", "read it with HDF5"])


if __name__ == "__main__":
    cli_case.main()
