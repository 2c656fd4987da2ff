"""`forebay load --deflate --zstd --lz4 --blosc --shuffle --fletcher32`: chunks in HDF5's own and in registered filters."""

import cli_case

ROWS = "".join(f"{i} 0.5\n" for i in range(5000))


class Filters(cli_case.CliCase):
    def stored(self, *arguments):
        self.load(self.file("a.txt", ROWS), "--force", "--chunk-rows", 1000, *arguments)
        self.assertIn("5,000 rows", self.succeeds("verify", self.out))
        table = self.table("data")
        return table["stored_bytes"], table["filters"]

    def test_compressed_chunks_are_smaller_and_hold_the_same_rows(self):
        plain, none = self.stored()
        self.assertEqual((plain, none), (60_000, []))
        rows = self.rows()
        fast, filters = self.stored("--deflate", 1)
        self.assertLess(fast, plain / 2)
        self.assertEqual(filters, ["deflate 1"])
        small, filters = self.stored("--deflate", 9, "--shuffle", "--fletcher32")
        self.assertLess(small, fast)
        self.assertEqual(filters, ["shuffle", "deflate 9", "fletcher32"])
        self.assertEqual(self.rows(), rows)
        self.assertIn("filters shuffle, deflate 9, fletcher32", self.succeeds("info", self.out))

    def test_the_columns_layout_takes_them_too(self):
        plain, _ = self.stored("--layout", "columns")
        small, filters = self.stored("--layout", "columns", "--deflate", 4, "--shuffle")
        self.assertLess(small, plain / 2)
        self.assertEqual(filters, ["shuffle", "deflate 4"])

    def test_a_checksum_finds_bytes_that_were_changed_on_the_disk(self):
        self.stored("--fletcher32")
        data = bytearray(self.out.read_bytes())
        # The third chunk begins with row 2000.
        at = data.index((2000).to_bytes(4, "little") + bytes(6) + b"\xe0\x3f")
        data[at + 600] ^= 1
        self.out.write_bytes(data)
        self.fails(5, "verify", self.out, says=["data", "2000"])

    def test_zstd_and_lz4_hold_the_same_rows_without_a_plugin(self):
        plain, _ = self.stored()
        rows = self.rows_of_cat()
        for arguments, name in ((("--zstd", 3), "zstd 3"), (("--lz4",), "lz4")):
            small, filters = self.stored(*arguments, "--shuffle", "--fletcher32")
            self.assertLess(small, plain / 2)
            self.assertEqual(filters, ["shuffle", name, "fletcher32"])
            self.assertEqual(self.rows_of_cat(), rows)
            self.assertEqual(self.succeeds("cat", self.out, "--rows", "1234:1236"), "a\tb\n1234\t0.5\n1235\t0.5\n")
            self.assertIn(name + ", fletcher32 (h5py reads it with the package hdf5plugin)", self.succeeds("info", self.out))

    def test_blosc_shuffles_by_itself(self):
        plain, _ = self.stored()
        rows = self.rows_of_cat()
        for layout in ("rows", "columns"):
            small, filters = self.stored("--blosc", 5, "--fletcher32", "--layout", layout)
            self.assertLess(small, plain / 2)
            self.assertEqual(filters, ["blosc 5", "fletcher32"])
            self.assertEqual(self.rows_of_cat(), rows)
            self.assertIn("filters blosc 5, fletcher32 (h5py reads it with the package hdf5plugin)", self.succeeds("info", self.out))

    def rows_of_cat(self):
        return self.succeeds("cat", self.out)

    def test_an_old_table_keeps_its_filters(self):
        self.stored("--deflate", 4)
        self.load(self.file("b.txt", ROWS), "--append")
        table = self.table("data")
        self.assertEqual((table["rows"], table["filters"]), (10_000, ["deflate 4"]))

    def test_wrong_values_are_refused(self):
        load = ("load", self.file("a.txt", ROWS), "-o", self.out, "--dtype", "a:i4,b:f8")
        for level in ("0", "10", "best"):
            self.fails(1, *load, "--deflate", level, says=["--deflate", "1 to 9"])
        for level in ("0", "23"):
            self.fails(1, *load, "--zstd", level, says=["--zstd", "1 to 22"])
        self.fails(1, *load, "--blosc", 10, says=["--blosc", "1 to 9"])
        self.fails(1, *load, "--blosc", 3, "--shuffle", says=["--blosc", "--shuffle"])
        self.fails(1, *load, "--zstd", 3, "--lz4", says=["--zstd", "--lz4"])
        for other in (("--lz4",), ("--zstd", 3), ("--deflate", 3)):
            self.fails(1, *load, "--blosc", 3, *other, says=["--blosc", other[0]])
        self.fails(1, *load, "--deflate", 3, "--zstd", 3, says=["--zstd", "--deflate"])
        self.fails(1, *load, "--shuffle", says=["--shuffle", "--deflate"])
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    cli_case.main()
