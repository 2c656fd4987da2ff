"""Bad input: one line that names file, line and column, exit code 2, and the rest stored."""

import gzip
import os
import unittest

import cli_case


class BadInput(cli_case.CliCase):
    def load_with_good(self, bad, says, dtype="a:i4,b:f8", good="7 8\n9 10\n", kept=(), options=()):
        """Loads a good, the bad, another good file; the good rows and the bad one's prefix are kept."""
        first = self.file("first.txt", good)
        last = self.file("last.txt", good)
        arguments = ("load", first, bad, last, "-o", self.out, "--dtype", dtype, *options)
        error = self.fails(2, *arguments, says=says)
        around = [line.split() for line in good.splitlines()]
        self.assertEqual(self.rows(), around + [list(row) for row in kept] + around)
        self.assertEqual(self.table("data")["attributes"], {"forebay_incomplete": str(bad)})
        self.succeeds("verify", self.out)
        return error

    def test_missing_file(self):
        missing = self.folder / "missing.txt"
        self.load_with_good(missing, [missing])

    def test_directory(self):
        folder = self.folder / "folder"
        folder.mkdir()
        self.fails(2, "load", folder, "-o", self.out, "--dtype", "a:i4,b:f8", says=[folder, "no file"])

    def test_empty_file(self):
        self.load_with_good(self.file("empty.txt", ""), ["empty.txt", "is empty"])

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_unreadable_file(self):
        secret = self.file("secret.txt", "1 2\n")
        secret.chmod(0)
        self.load_with_good(secret, [secret])

    def test_truncated_gzip(self):
        whole = gzip.compress("".join(f"{i} {i}.5\n" for i in range(100000)).encode())
        cut = self.folder / "cut.txt.gz"
        cut.write_bytes(whole[: len(whole) // 2])
        first = self.file("first.txt", "7 8\n")
        arguments = ("load", cut, first, "-o", self.out, "--dtype", "a:i4,b:f8")
        self.fails(2, *arguments, "--split", "16K", "--chunk-rows", 1000, says=[cut])
        numbers = [int(row[0]) for row in self.rows()]
        self.assertGreater(len(numbers), 1)
        self.assertEqual(numbers, list(range(len(numbers) - 1)) + [7])

    def test_bad_number(self):
        bad = self.file("bad.txt", "1 2\n3 4\n5 6x\n")
        self.load_with_good(bad, [f"{bad}:3:2:", "6x"], kept=[("1", "2"), ("3", "4")])

    def test_too_few_columns(self):
        bad = self.file("bad.txt", "1 2\n\n3\n")
        self.load_with_good(bad, [f"{bad}:3:"], kept=[("1", "2")])

    def test_too_many_columns(self):
        bad = self.file("bad.txt", "1 2\n3 4 5\n")
        self.load_with_good(bad, [f"{bad}:2:"], kept=[("1", "2")])

    def test_string_too_long(self):
        bad = self.file("bad.txt", "ab 1\nabcdef 2\n")
        self.load_with_good(
            bad, [f"{bad}:2:1:", "abcdef"], dtype="k:S4,n:i4", good="xy 3\n", kept=[("ab", "1")]
        )

    def test_integer_out_of_range(self):
        bad = self.file("bad.txt", "1 2\n300 2\n")
        self.load_with_good(bad, [f"{bad}:2:1:", "300"], dtype="a:u1,b:i4", kept=[("1", "2")])

    def test_quote_that_is_never_closed(self):
        bad = self.file("bad.txt", 'a,1\n"b,2\nc,3\n')
        arguments = ("load", bad, "-o", self.out, "--dtype", "k:S4,n:i4", "--delimiter", "comma")
        self.fails(2, *arguments, says=[bad])

    def test_column_name_that_is_not_in_the_header(self):
        bad = self.file("bad.csv", "id,price\n1,2\n")
        arguments = ("load", bad, "-o", self.out, "--dtype", "a:i4", "--delimiter", ",", "--header")
        self.fails(2, *arguments, "--columns", "cost", says=[bad, "cost"])
        self.assertFalse(self.out.exists())

    def test_message_is_the_same_for_any_number_of_children(self):
        lines = [f"{i} {i}" for i in range(20000)]
        lines[15000] = "15000 oops"
        bad = self.file("bad.txt", "\n".join(lines))
        errors = set()
        for jobs in (1, 2, 4):
            arguments = ("load", bad, "-o", self.out, "--dtype", "a:i4,b:f8", "--force")
            options = ("--jobs", jobs, "--split", "10K")
            errors.add(self.fails(2, *arguments, *options, says=[f"{bad}:15001:2:"]))
            self.assertEqual(len(self.rows()), 15000)
        self.assertEqual(len(errors), 1)

    def test_several_bad_files_get_a_line_each(self):
        bad = [self.file(f"bad{i}.txt", "1 1\nx 1\n") for i in range(3)]
        done = self.run_command("load", *bad, "-o", self.out, "--dtype", "a:i4,b:f8")
        lines = done.stderr.decode().splitlines()
        self.assertEqual(done.returncode, 2)
        self.assertEqual([line.split(":")[1].strip() for line in lines], [str(path) for path in bad])
        attributes = self.table("data")["attributes"]
        self.assertEqual(attributes["forebay_incomplete"].splitlines(), [str(path) for path in bad])

    def test_output_that_got_no_row_is_removed(self):
        bad = self.file("bad.txt", "x y\n")
        self.fails(2, "load", bad, "-o", self.out, "--dtype", "a:i4,b:f8", says=[f"{bad}:1:1:"])
        self.assertFalse(self.out.exists())

    def test_old_output_is_left_alone_if_no_input_can_be_read(self):
        self.load(self.file("good.txt", "1 2\n"))
        before = self.out.read_bytes()
        missing = self.folder / "missing.txt"
        arguments = ("load", missing, "-o", self.out, "--dtype", "a:i4,b:f8", "--force")
        self.fails(2, *arguments, says=[missing, "no such file"])
        self.assertEqual(self.out.read_bytes(), before)

    def test_json_tells_of_each_source(self):
        bad = self.file("bad.txt", "1 1\n2 x\n")
        good = self.file("good.txt", "3 3\n")
        missing = self.folder / "missing.txt"
        summary = self.load_json(bad, good, missing, code=2)
        states = [(source["status"], source["rows"]) for source in summary["sources"]]
        expected = [("FOREBAY_E_VALUE", 1), ("FOREBAY_OK", 1), ("FOREBAY_E_NOT_FOUND", 0)]
        self.assertEqual(states, expected)
        self.assertIn(f"{bad}:2:2:", summary["sources"][0]["message"])
        self.assertTrue(summary["tables"][0]["incomplete"])


if __name__ == "__main__":
    cli_case.main()
