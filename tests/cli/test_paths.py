"""Folders, patterns and lists as inputs, and the options for binary files."""

import os
import struct

import cli_case


class Paths(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        self.inputs = self.folder / "in"
        self.inputs.mkdir()
        for number in (10, 2, 1):
            self.file(f"in/chr{number}.txt", f"{number} {number}.5\n")
        self.file("in/.hidden", "not a number\n")

    def firsts(self):
        return [int(row[0]) for row in self.rows()]

    def test_a_folder_a_pattern_and_a_list_are_read_in_natural_order(self):
        listed = self.file("list", "# some\nin/chr10.txt\n\nin/chr[12].txt\n")
        for path, expected in (
            (self.inputs, [1, 2, 10]),
            (f"{self.inputs}/", [1, 2, 10]),
            (self.inputs / "chr*.txt", [1, 2, 10]),
            (f"@{listed}", [10, 1, 2]),
        ):
            with self.subTest(path=path):
                self.load(path, "--force")
                self.assertEqual(self.firsts(), expected)
        self.load(self.inputs / "chr10.txt", self.inputs, "--force")
        self.assertEqual(self.firsts(), [10, 1, 2, 10])

    def test_each_file_of_a_folder_gets_its_table_and_its_line_in_the_summary(self):
        summary = self.load_json(self.inputs, "--per-source")
        names = [f"chr{number}" for number in (1, 2, 10)]
        self.assertEqual([source["table"] for source in summary["sources"]], names)
        self.assertEqual([table["name"] for table in summary["tables"]], names)

    def test_what_stands_for_no_file_fails_by_its_name(self):
        empty = self.folder / "empty"
        empty.mkdir()
        arguments = ["-o", self.out, "--dtype", "a:i4,b:f8"]
        good = self.inputs / "chr1.txt"
        for path in (empty, self.inputs / "chrX*", f"@{self.folder}/none", f"@{self.file('none', '#')}"):
            with self.subTest(path=path):
                self.fails(2, "load", good, path, *arguments, says=[str(path).removeprefix("@")])
                self.assertFalse(self.out.exists())

    def test_the_output_among_the_files_of_a_pattern_is_refused(self):
        self.load(self.inputs)
        arguments = ["-o", self.out, "--force", "--dtype", "a:i4,b:f8"]
        self.fails(1, "load", self.folder / "*.h5", *arguments, says=["both input and output"])

    def test_raw_rows_behind_a_header(self):
        rows = b"".join(struct.pack("<id", i, i * 0.5) for i in range(1000))
        path = self.file("a.raw", b"0123456" + rows)
        self.load(path, "--format", "raw", "--header-bytes", 7)
        self.assertEqual(self.firsts(), list(range(1000)))
        arguments = ["-o", self.out, "--force", "--dtype", "a:i4,b:f8"]
        self.fails(2, "load", path, *arguments, "--format", "raw", says=["inside row 1001"])
        self.fails(1, "load", path, *arguments, "--header-bytes", 7, says=["--header-bytes", "raw"])
        self.fails(1, "load", path, *arguments, "--format", "other", says=["npz or raw"])

    def test_text_that_begins_like_a_binary_file(self):
        path = self.file("a.txt", "PK\x03\x04 1.5\n")
        self.load(path, "--format", "text", dtype="a:S4,b:f8")
        self.assertEqual(len(self.rows()), 1)
        self.fails(2, "load", path, "-o", self.out, "--force", "--dtype", "a:S4,b:f8", says=["zip"])

    @cli_case.unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_folder_that_may_not_be_read(self):
        self.inputs.chmod(0)
        self.addCleanup(self.inputs.chmod, 0o700)
        self.fails(2, "load", self.inputs, "-o", self.out, "--dtype", "a:i4", says=[self.inputs])


cli_case.main()
