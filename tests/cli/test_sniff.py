"""forebay sniff, and load without --dtype: what is guessed loads, what does not fit is told."""

import bz2
import gzip
import json
import shlex
import subprocess

import cli_case

REAL = cli_case.SOURCE.parent / "shared" / "data"


class Sniff(cli_case.CliCase):
    def sniff(self, path, *arguments):
        return json.loads(self.succeeds("sniff", path, *arguments, "--json"))

    def test_sample_is_recognised_plain_and_compressed(self):
        for path in (cli_case.SAMPLE_PLAIN, cli_case.SAMPLE_GZIP):
            guess = self.sniff(path)
            self.assertEqual(guess["columns"], 5)
            self.assertRegex(guess["dtype"], r"^c1:S8,c2:i4,c3:f8,c4:i4,c5:i4$")
            self.assertFalse(guess["header"])
            self.assertGreater(guess["confidence"], 90)

    def test_printed_command_loads_the_file(self):
        path = self.file("a table.csv", "id;na me;x\n1;it's;1,5\n2;b;NA\n3;\"c;d\";2,25\n")
        lines = self.succeeds("sniff", path).splitlines()
        self.assertEqual(lines[0], "id:i4,na_me:S8,x:f8")
        words = shlex.split(lines[1])
        self.assertEqual(words[:2], ["forebay", "load"])
        done = subprocess.run([cli_case.COMMAND, *words[1:], "--quiet"], cwd=self.folder, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        rows = self.rows(path=self.folder / "a table.h5")
        self.assertEqual(rows, [["1", "it's", "1.5"], ["2", "b", "nan"], ["3", "c;d", "2.25"]])

    def test_load_without_dtype_tells_what_it_uses(self):
        path = self.file("a.csv", "id,v\n1,2.5\n2,3.5\n")
        done = self.run_command("load", path, "-o", self.out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("--delimiter comma --header --dtype 'id:i4,v:f8'", done.stderr.decode())
        self.assertEqual(self.rows(), [["1", "2.5"], ["2", "3.5"]])
        done = self.run_command("load", path, "-o", self.out, "--force", "--quiet", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(json.loads(done.stdout)["dtype"], "id:i4,v:f8")

    def test_value_that_does_not_fit_is_an_error_with_the_wider_dtype(self):
        lines = [f"{i},{i % 7}\n" for i in range(40000)]
        lines[25000] = "25000,3.25\n"
        text = "id,v\n" + "".join(lines)
        for name in ("a.csv", "a.csv.gz"):
            path = self.file(name, text)
            # A small sample, so that the odd value is in none.
            guess = self.sniff(path, "--sample", "4K")
            self.assertEqual(guess["dtype"], "id:i4,v:i4")
        # load takes its own sample; a large file is needed to hide a value from it.
        head = "id,v\n" + "".join(f"{i},{i % 7}\n" for i in range(300000))
        path = self.file("b.csv.gz", head + "5,6.5\n" + "7,8\n" * 100)
        done = self.run_command("load", path, "-o", self.out, "--quiet")
        error = done.stderr.decode()
        self.assertEqual(done.returncode, 2, error)
        self.assertIn("6.5", error)
        self.assertIn("guessed from samples", error)
        self.assertIn("--dtype 'id:i4,v:f8'", error)

    def test_wider_values_in_middle_and_tail_are_seen(self):
        rows = [f"{i},{'x' * (i % 3 + 1)}\n" for i in range(400000)]
        rows[-5] = f"3000000000,{'y' * 40}\n"
        path = self.file("a.csv", "id,v\n" + "".join(rows))
        self.assertEqual(self.sniff(path)["dtype"], "id:i8,v:S52")
        # The middle and the tail of a compressed file are not looked at.
        path = self.file("a.csv.gz", "id,v\n" + "".join(rows))
        self.assertEqual(self.sniff(path)["dtype"], "id:i4,v:S4")

    def test_what_is_no_text_is_refused_with_a_reason(self):
        self.fails(2, "sniff", self.file("e.txt", ""), says=["is empty"])
        self.fails(2, "sniff", self.file("b.txt", b"1,2\0\n"), says=["binary, not text"])
        self.fails(2, "sniff", self.file("c.txt.gz", b"a\0b\n"), says=["binary, not text"])
        self.fails(2, "sniff", self.file("u.txt", "1,2\n".encode("utf-16")), says=["UTF-16"])
        self.fails(2, "sniff", self.file("m.txt", "1,2\r3,4\r5,6\r"), says=["carriage return"])
        self.fails(2, "sniff", self.folder / "nowhere", says=["nowhere"])
        self.fails(1, "sniff", self.folder, says=["is a directory"])
        damaged = gzip.compress(b"1,2\n" * 1000)
        self.fails(2, "sniff", self.file("d", damaged[:11]), says=["d:"])
        self.fails(1, "load", self.file("x.csv", "1,2\n"), "-o", self.out, "--columns", "1", says=["dtype"])

    def test_hostile_compressed_input_stays_in_the_child(self):
        damaged = bytearray(bz2.compress(b"1,2\n3,4\n" * 5000))
        for at in range(12, len(damaged), max(1, len(damaged) // 12)):
            path = self.file("h.bz2", bytes(damaged[:at]) + b"\xff" + bytes(damaged[at + 1 :]))
            done = self.run_command("sniff", path)
            self.assertIn(done.returncode, (0, 2), done.stderr)

    def test_child_that_dies_is_an_error(self):
        path = self.file("a.csv", "1,2\n")
        self.fails(4, "sniff", path, "--loader", "/bin/false", says=["child process", "exited with status 1"])
        self.fails(4, "sniff", path, "--loader", "/nowhere/x", says=["/nowhere/x"])

    def test_given_options_are_taken(self):
        path = self.file("a.txt", "a;1,5\nb;2,5\n")
        guess = self.sniff(path, "--delimiter", ",")
        self.assertEqual((guess["delimiter"], guess["dtype"]), (",", "c1:S4,c2:i4"))

    def test_npy_tells_its_own_dtype_and_loads_without_one(self):
        self.load(self.file("a.txt", "1 2.5\n2 3.5\n"), "--quiet", dtype="n:i4,x:f8")
        path = self.folder / "a.npy"
        self.succeeds("cat", self.out, "--format", "npy", "-o", path)
        guess = self.sniff(path)
        self.assertEqual((guess["dtype"], guess["rows_sampled"], guess["confidence"]), ("n:i4,x:f8", 2, 100))
        self.succeeds("load", path, "-o", self.folder / "b.h5", "--quiet")
        self.assertEqual(self.rows(path=self.folder / "b.h5"), [["1", "2.5"], ["2", "3.5"]])
        self.fails(2, "sniff", self.file("b.npy", path.read_bytes()[:40]), says=["b.npy"])
        self.fails(1, "load", path, "-o", self.out, "--format", "raw", says=["--dtype"])

    def test_folder_is_guessed_by_its_first_file_and_columns_are_stored(self):
        (self.folder / "in").mkdir()
        self.file("in/r2.txt", "id v\n1 0.5\n")
        self.file("in/r10.txt", "id v\n2 1.5\n")
        self.succeeds("load", self.folder / "in", "-o", self.out, "--layout", "columns", "--quiet")
        self.assertEqual(self.rows(), [["1", "0.5"], ["2", "1.5"]])
        self.assertEqual(self.table("data")["dtype"], "id:i4,v:f8")

    def test_real_data(self):
        if not REAL.is_dir():
            self.skipTest("no data beside the source")
        for path in sorted(REAL.glob("*.txt.gz")):
            self.assertRegex(self.sniff(path)["dtype"], r"^c1:S8,c2:i4,c3:f8,c4:i4,c5:i4$")


if __name__ == "__main__":
    cli_case.main()
