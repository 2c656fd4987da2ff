"""`forebay load --append` again: it goes on where a load ended, and loads nothing twice."""

from cli_case import CliCase, main


def text(first, rows):
    return "".join(f"{i} {i * 0.5}\n" for i in range(first, first + rows))


class Resume(CliCase):
    def expected(self, rows):
        return [[str(i), format(i * 0.5, "g")] for i in range(rows)]

    def test_the_same_command_again_has_nothing_to_do(self):
        one = self.file("one.txt", text(0, 300))
        self.load(one, "--append")
        said = self.load(one, "--append")
        self.assertIn("nothing to do", said)
        self.assertEqual(self.rows(), self.expected(300))
        summary = self.load_json(one, "--append")
        self.assertEqual((summary["rows"], summary["stored"]), (0, True))

    def test_only_files_that_are_new_are_loaded(self):
        one, two = self.file("one.txt.gz", text(0, 300)), self.file("two.txt", text(300, 44))
        self.load(one)
        self.assertEqual(self.load_json(one, two, "--append")["rows"], 44)
        self.assertEqual(self.rows(), self.expected(344))

    def test_again_loads_a_file_once_more(self):
        one = self.file("one.txt", text(0, 30))
        self.load(one)
        self.assertEqual(self.load_json(one, "--append", "--again")["rows"], 30)
        self.assertEqual(self.rows(), self.expected(30) * 2)
        self.assertEqual(len(self.table("data")["sources"]), 2)
        self.fails(1, "load", one, "-o", self.out, "--dtype", "a:i4,b:f8", "--again")

    def test_a_changed_file_and_other_options_are_errors(self):
        one = self.file("one.txt", text(0, 300))
        self.load(one)
        arguments = ["load", one, "-o", self.out, "--dtype", "a:i4,b:f8", "--append"]
        self.fails(2, *arguments, "--skip-rows", 1, says=[one, "other options"])
        self.file("one.txt", "9" + text(0, 300)[1:])
        self.fails(2, *arguments, says=[one, "changed"])
        self.assertEqual(self.rows(), self.expected(300))
        self.file("one.txt", text(0, 310))
        self.assertEqual(self.load_json(one, "--append")["rows"], 10)
        self.assertEqual(self.rows(), self.expected(310))

    def test_a_mended_file_goes_on_and_is_no_longer_marked(self):
        one = self.file("one.txt", text(0, 30) + "x 1\n")
        self.load_json(one, code=2)
        self.assertEqual(self.table("data")["sources"][0]["state"], "failed")
        self.assertIn("forebay_incomplete", self.table("data")["attributes"])
        self.file("one.txt", text(0, 40))
        self.assertEqual(self.load_json(one, "--append")["rows"], 10)
        table = self.table("data")
        self.assertEqual((table["sources"][0]["state"], table["attributes"]), ("complete", {}))
        self.assertEqual(self.rows(), self.expected(40))

    def test_tables_of_their_own_go_on_as_well(self):
        one, two = self.file("one.txt", text(0, 300)), self.file("two.txt", text(0, 44))
        self.load(one, "--per-source", "--max-rows", 100, "--commit-every", "10rows")
        self.assertEqual(self.table("one")["sources"][0]["state"], "limited")
        self.assertEqual(self.load_json(one, two, "--per-source", "--append")["rows"], 244)
        self.assertEqual(self.rows("one"), self.expected(300))
        self.assertEqual(self.rows("two"), self.expected(44))
        self.assertEqual(self.load_json(one, two, "--per-source", "--append")["rows"], 0)

    def test_commits_on_the_way_change_nothing_about_the_rows(self):
        one = self.file("one.txt", text(0, 5000))
        for number, every in enumerate(["1000rows", "4K", "1ms", "2s"]):
            self.out = self.folder / f"out{number}.h5"
            self.load(one, "--commit-every", every, "--chunk-rows", 100, "--split", "3K")
            self.assertEqual(self.rows(), self.expected(5000))
        for wrong in ["", "0", "5x", "0rows", "-1ms", "rows", "1.5rows"]:
            self.fails(1, "load", one, "-o", self.folder / "no.h5", "--dtype", "a:i4,b:f8", "--commit-every=" + wrong)

    def test_info_shows_the_sources(self):
        one = self.file("one.txt", text(0, 300))
        self.load(one)
        self.assertIn(f"source  {one}: complete, 300 rows", self.succeeds("info", self.out))
        source = self.table("data")["sources"][0]
        size = one.stat().st_size
        self.assertEqual((source["rows"], source["size"], source["offset"], source["line"]), (300, size, size, 301))


if __name__ == "__main__":
    main()
