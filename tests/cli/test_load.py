"""Loads that go well: what is stored, what is said."""

import bz2
import gzip
import lzma

import cli_case
from cli_case import SAMPLE_DTYPE, SAMPLE_GZIP, SAMPLE_PLAIN, SAMPLE_ROWS


class Load(cli_case.CliCase):
    def test_two_sample_files_make_one_table_in_their_order(self):
        text = self.load(SAMPLE_PLAIN, SAMPLE_GZIP, "--jobs", 2, dtype=SAMPLE_DTYPE)
        self.assertEqual(text.count("\n"), 1)
        self.assertIn("40,000 rows from 2 files", text)
        expected = SAMPLE_PLAIN.read_text() + gzip.decompress(SAMPLE_GZIP.read_bytes()).decode()
        lines = [line.split("\t") for line in expected.splitlines()]
        rows = self.rows()
        self.assertEqual(len(rows), 2 * SAMPLE_ROWS)
        for row, line in zip(rows, lines):
            self.assertEqual((row[0], row[1], row[3], row[4]), (line[0], line[1], line[3], line[4]))
            self.assertEqual(float(row[2]), float(line[2]))

    def test_bzip2_and_xz_are_known_by_their_first_bytes(self):
        data = SAMPLE_PLAIN.read_bytes()
        self.load(SAMPLE_PLAIN, dtype=SAMPLE_DTYPE)
        plain = self.succeeds("head", self.out, "-n", 10**6)
        for name, compressed in (("a.txt", bz2.compress(data)), ("b.gzip", lzma.compress(data))):
            with self.subTest(name=name):
                self.load(self.file(name, compressed), "--force", dtype=SAMPLE_DTYPE)
                self.assertEqual(self.succeeds("head", self.out, "-n", 10**6), plain)

    def test_number_of_jobs_and_split_size_change_nothing(self):
        results = []
        for jobs, split in ((1, "4M"), (2, "64K"), (5, "10K")):
            self.load(SAMPLE_PLAIN, SAMPLE_GZIP, "--jobs", jobs, "--split", split, "--force", dtype=SAMPLE_DTYPE)
            results.append(self.succeeds("head", self.out, "-n", 10**6))
        self.assertEqual(results[0], results[1])
        self.assertEqual(results[0], results[2])

    def test_json_summary_has_everything(self):
        source = self.file("a.txt", "1 2.5\n3 4.5\n")
        summary = self.load_json(source, "--jobs", 1)
        self.assertEqual(summary["output"], str(self.out))
        self.assertEqual((summary["rows"], summary["stored"], summary["error"]), (2, True, ""))
        self.assertEqual(summary["bytes_read"], source.stat().st_size)
        self.assertEqual(summary["bytes_written"], self.out.stat().st_size)
        self.assertEqual(summary["children"], 1)
        self.assertEqual(summary["child_restarts"], 0)
        self.assertGreater(summary["arena_high_water"], 0)
        self.assertGreater(summary["seconds"], 0)
        # Fewer rows than a chunk has go through the table's partial one.
        self.assertEqual((summary["rows_copied"], summary["bytes_copied"]), (2, 2 * 12))
        self.assertIn("bytes_per_second", summary)
        expected = {"path": str(source), "table": "data", "rows": 2, "fields_truncated": 0}
        expected.update(status="FOREBAY_OK", message="")
        expected.update(rejects=0, rows_skipped=0)
        self.assertEqual(summary["sources"], [expected])
        table = {"name": "data", "rows_added": 2, "rows": 2, "incomplete": False}
        self.assertEqual(summary["tables"], [table])

    def test_names_that_are_not_utf8_survive_in_json(self):
        import os

        source = os.fsdecode(os.fsencode(self.folder) + b"/caf\xe9 \"x\".txt")
        with open(source, "w") as text:
            text.write("1 2\n")
        summary = self.load_json(source)
        self.assertEqual(summary["sources"][0]["path"], source)

    def test_piped_is_quiet_and_quiet_is_silent(self):
        source = self.file("a.txt", "1 2.5\n")
        text = self.load(source)
        self.assertEqual(text.count("\n"), 1)
        self.assertNotIn("\x1b", text)
        self.assertEqual(self.load(source, "--force", "--quiet"), "")

    def test_append_twice_keeps_order_across_a_partial_chunk(self):
        first = self.file("a.txt", "".join(f"{i} 0.5\n" for i in range(10)))
        second = self.file("b.txt", "".join(f"{i} 0.5\n" for i in range(10, 25)))
        self.load(first, "--append", "--chunk-rows", 4)
        self.load(second, "--append")
        summary = self.load_json(first, "--append", "--again")
        self.assertEqual((summary["rows"], summary["tables"][0]["rows"]), (10, 35))
        numbers = [int(row[0]) for row in self.rows()]
        self.assertEqual(numbers, list(range(25)) + list(range(10)))
        self.assertEqual(self.table("data")["chunk_rows"], 4)

    def test_force_replaces_the_file(self):
        self.load(self.file("a.txt", "1 2.5\n"))
        self.load(self.file("b.txt", "7 8.5\n"), "--force", "--table", "other")
        self.assertEqual([table["name"] for table in self.info()["tables"]], ["other"])
        self.assertEqual(self.rows("other"), [["7", "8.5"]])

    def test_append_adds_another_table_to_a_file(self):
        self.load(self.file("a.txt", "1 2.5\n"))
        self.load(self.file("b.txt", "x 9\n"), "--append", "--table", "run2/marks", dtype="k:S4,n:u1")
        self.assertEqual(self.rows("data"), [["1", "2.5"]])
        self.assertEqual(self.rows("run2/marks"), [["x", "9"]])

    def test_max_rows_counts_for_each_file(self):
        lines = "".join(f"{i} 0\n" for i in range(100))
        sources = [self.file("a.txt", lines), self.file("b.txt.gz", lines)]
        summary = self.load_json(*sources, "--max-rows", 3)
        self.assertEqual([source["rows"] for source in summary["sources"]], [3, 3])
        self.assertEqual([int(row[0]) for row in self.rows()], [0, 1, 2, 0, 1, 2])

    def test_columns_by_name_and_by_number(self):
        source = self.file("a.csv", "id,when,price,note\n1,2024-05-06,2.5,x\n2,2024-05-07,3.5,y\n")
        common = (source, "--delimiter", ",", "--header")
        self.load(*common, "--columns", "price,id", dtype="price:f4,id:i8")
        self.assertEqual(self.rows(), [["2.5", "1"], ["3.5", "2"]])
        self.load(*common, "--columns", "4,2", "--force", dtype="note:S4,when:M8[D]")
        self.assertEqual(self.rows(), [["x", "2024-05-06"], ["y", "2024-05-07"]])

    def test_comments_skipped_rows_quotes_and_named_delimiters(self):
        source = self.file("a.txt", 'made by hand\nname\tn\n# no row\n"a\tb"\t1\nc\t2\n')
        arguments = ("--delimiter", "tab", "--comment", "#", "--header", "--skip-rows", 1)
        self.load(source, *arguments, dtype="name:S8,n:i4")
        self.assertEqual(self.rows(), [["a\\tb", "1"], ["c", "2"]])
        raw = self.file("b.txt", '"a";1\n')
        self.load(raw, "--force", "--delimiter", "semicolon", "--quote", "off", dtype="name:S8,n:i4")
        self.assertEqual(self.rows(), [['"a"', "1"]])

    def test_small_memory_is_enough_for_many_rows(self):
        arguments = ("--memory", "2M", "--chunk-rows", 1000, "--batch", 1000, "--split", "64K")
        summary = self.load_json(SAMPLE_PLAIN, SAMPLE_GZIP, *arguments, "--jobs", 2, dtype=SAMPLE_DTYPE)
        self.assertEqual(summary["rows"], 2 * SAMPLE_ROWS)
        self.assertLessEqual(summary["arena_high_water"], 2 << 20)

    def test_verify_says_that_the_file_is_whole(self):
        self.load(SAMPLE_PLAIN, dtype=SAMPLE_DTYPE)
        self.assertIn("ok, 1 table, 20,000 rows", self.succeeds("verify", self.out))


if __name__ == "__main__":
    cli_case.main()
