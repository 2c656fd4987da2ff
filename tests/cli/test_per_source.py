"""--per-source: a table for each file."""

import cli_case


class PerSource(cli_case.CliCase):
    def test_tables_are_named_after_files_and_duplicates_get_a_number(self):
        (self.folder / "x").mkdir()
        sources = [
            self.file("rep1.chr22.txt.gz", "1 1\n2 2\n"),
            self.file("rep1.chr22.csv", "3 3\n"),
            self.file("x/rep1.chr22.txt", "4 4\n"),
            self.file("plain", "5 5\n"),
            self.file(".hidden", "6 6\n"),
        ]
        summary = self.load_json(*sources, "--per-source", "--jobs", 2)
        names = ["rep1.chr22", "rep1.chr22_2", "rep1.chr22_3", "plain", ".hidden"]
        self.assertEqual([source["table"] for source in summary["sources"]], names)
        self.assertEqual([table["rows"] for table in summary["tables"]], [2, 1, 1, 1, 1])
        self.assertEqual(self.rows("rep1.chr22"), [["1", "1"], ["2", "2"]])
        self.assertEqual(self.rows("rep1.chr22_3"), [["4", "4"]])

    def test_appending_goes_to_the_tables_of_the_same_names(self):
        first = self.file("a.txt", "".join(f"{i} 0\n" for i in range(5)))
        second = self.file("b.txt", "".join(f"{i} 0\n" for i in range(7)))
        for _ in range(2):
            self.load(first, second, "--append", "--again", "--per-source", "--chunk-rows", 3)
        self.assertEqual([int(row[0]) for row in self.rows("a")], list(range(5)) * 2)
        self.assertEqual([int(row[0]) for row in self.rows("b")], list(range(7)) * 2)

    def test_bad_file_among_good_ones_marks_only_its_own_table(self):
        good = self.file("good.txt", "1 1\n2 2\n")
        bad = self.file("bad.txt", "1 1\nx 2\n")
        other = self.file("other.txt", "3 3\n")
        arguments = ("load", good, bad, other, "-o", self.out, "--dtype", "a:i4,b:f8", "--per-source")
        self.fails(2, *arguments, says=[f"{bad}:2:1:"])
        self.assertEqual(self.rows("bad"), [["1", "1"]])
        self.assertEqual(self.rows("other"), [["3", "3"]])
        self.assertEqual(self.table("bad")["attributes"], {"forebay_incomplete": str(bad)})
        self.assertEqual(self.table("good")["attributes"], {})

    def test_many_rows_in_many_arrays(self):
        lines = "".join(f"{i} 0.25\n" for i in range(30000))
        sources = [self.file("a.txt", lines), self.file("b.txt.gz", lines)]
        self.load(*sources, "--per-source", "--chunk-rows", 1000, "--split", "20K", "--jobs", 2)
        for name in ("a", "b"):
            self.assertEqual([int(row[0]) for row in self.rows(name)], list(range(30000)))


if __name__ == "__main__":
    cli_case.main()
