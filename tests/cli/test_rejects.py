"""Bad rows that are passed over or filled: counted, listed, and the file's own ledger."""

import csv
import io
import json

import cli_case

BAD = "1,2.5\nx,3.5\n3,4.5,9\n4,y\n5,6.5\n"


class Rejects(cli_case.CliCase):
    def load_bad(self, *options, text=BAD, name="bad.csv", code=0):
        path = self.file(name, text)
        return path, self.load_json(path, "--delimiter", ",", *options, code=code)

    def records(self):
        return [json.loads(line) for line in self.succeeds("rejects", self.out, "--json").splitlines()]

    def test_skip_passes_over_bad_rows(self):
        path, summary = self.load_bad("--on-error", "skip")
        self.assertEqual(self.rows(), [["1", "2.5"], ["5", "6.5"]])
        (source,) = summary["sources"]
        self.assertEqual((source["rejects"], source["rows_skipped"]), (3, 3))
        records = self.records()
        self.assertEqual([record["line"] for record in records], [2, 3, 4])
        self.assertEqual([record["column"] for record in records], [1, 3, 2])
        codes = ["FOREBAY_E_VALUE", "FOREBAY_E_COLUMNS", "FOREBAY_E_VALUE"]
        self.assertEqual([record["code"] for record in records], codes)
        self.assertEqual([record["text"] for record in records], ["x,3.5", "3,4.5,9", "4,y"])
        self.assertEqual({record["path"] for record in records}, {str(path)})
        self.succeeds("verify", self.out)

    def test_null_fills_what_cannot_be_read(self):
        _, summary = self.load_bad("--on-error", "null")
        rows = [["1", "2.5"], ["-2147483648", "3.5"], ["4", "nan"], ["5", "6.5"]]
        self.assertEqual(self.rows(), rows)
        (source,) = summary["sources"]
        self.assertEqual((source["rejects"], source["rows_skipped"]), (3, 1))

    def test_fail_is_the_default(self):
        self.load_bad(code=2)
        self.assertEqual(self.rows(), [["1", "2.5"]])
        self.assertEqual(self.records(), [])

    def test_the_budget_fails_the_file_after_the_rows_before(self):
        path = self.file("bad.csv", BAD)
        arguments = ("load", path, "-o", self.out, "--delimiter", ",", "--dtype", "a:i4,b:f8")
        budget = ("--on-error", "null", "--max-errors", 1)
        self.fails(2, *arguments, *budget, says=[f"{path}:3:3:", "more than 1 reject", "--max-errors"])
        self.assertEqual(self.rows(), [["1", "2.5"], ["-2147483648", "3.5"]])
        self.assertEqual([record["line"] for record in self.records()], [2])
        self.assertEqual(self.table("data")["attributes"], {"forebay_incomplete": str(path)})

    def test_the_summary_names_counts_per_file(self):
        good = self.file("good.csv", "1,2\n")
        bad = self.file("bad.csv", BAD)
        text = self.load(good, bad, "--delimiter", ",", "--on-error", "null")
        self.assertIn(f"{bad}: 1 row passed over, 2 values filled\n", text)
        self.assertNotIn(f"{good}:", text)
        self.assertIn(f"`forebay rejects {self.out}` lists them\n", text)

    def test_a_clean_load_says_nothing_of_rejects(self):
        text = self.load(self.file("good.csv", "1,2\n"), "--delimiter", ",", "--on-error", "skip")
        self.assertNotIn("rejects", text)
        self.assertEqual(len(self.succeeds("rejects", self.out).splitlines()), 1)

    def test_table_and_csv(self):
        path, _ = self.load_bad("--on-error", "skip", text='1,2\n"a\tb",2\n')
        head, line = self.succeeds("rejects", self.out).splitlines()
        self.assertEqual(head.split("\t")[:4], ["path", "line", "column", "byte"])
        cells = line.split("\t")
        self.assertEqual(cells[:6], [str(path), "2", "1", "4", "FOREBAY_E_VALUE", "1"])
        self.assertEqual(cells[7], '"a\\tb",2')
        rows = list(csv.reader(io.StringIO(self.succeeds("rejects", self.out, "--csv"))))
        self.assertEqual(rows[1][7], '"a\tb",2')
        self.assertEqual(len(rows[0]), 8)

    def test_rejects_past_the_cap_are_counted(self):
        text = "".join(f"{i},1\nx{i},1\n" for i in range(50))
        self.load_bad("--on-error", "skip", "--keep-rejects", 10, text=text)
        records = self.records()
        self.assertEqual([record["count"] for record in records], [1] * 10 + [40])
        self.assertIsNone(records[-1]["line"])
        self.assertIn("\t\t\t\t\t40\t", self.succeeds("rejects", self.out).splitlines()[-1])

    def test_a_table_for_each_source_keeps_the_rejects_of_all(self):
        one = self.file("one.csv", BAD)
        two = self.file("two.csv.gz", BAD)
        self.load(one, two, "--delimiter", ",", "--on-error", "skip", "--per-source")
        paths = [record["path"] for record in self.records()]
        self.assertEqual(paths, [str(one)] * 3 + [str(two)] * 3)

    def test_a_second_load_adds_to_the_ledger(self):
        self.load_bad("--on-error", "skip")
        self.load_bad("--on-error", "skip", "--append", name="next.csv")
        self.assertEqual(len(self.records()), 6)

    def test_usage(self):
        path = self.file("bad.csv", BAD)
        arguments = ("load", path, "-o", self.out, "--dtype", "a:i4,b:f8")
        self.fails(1, *arguments, "--on-error", "maybe", says=["maybe", "fail, skip or null"])
        self.fails(1, *arguments, "--max-errors", 3, says=["--on-error"])
        self.fails(2, "rejects", self.folder / "none.h5", says=["none.h5"])


if __name__ == "__main__":
    cli_case.main()
