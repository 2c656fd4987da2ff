"""Order, batches, standard input and the limits of a load, as the command line gives them."""

import os
import subprocess

import cli_case


def lines(first, count):
    return "".join(f"{i} {i}.5\n" for i in range(first, first + count))


class Order(cli_case.CliCase):
    def load_from_stdin(self, data, *arguments, code=0):
        command = [cli_case.COMMAND, "load", *map(str, arguments), "-o", self.out, "--dtype", "a:i4,b:f8"]
        done = subprocess.run(command, input=data, capture_output=True, timeout=100)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stderr.decode()

    def numbers(self, table="data"):
        return [int(row[0]) for row in self.rows(table)]

    def test_standard_input_is_a_source_among_others(self):
        source = self.file("a.txt", lines(0, 10))
        self.load_from_stdin(lines(10, 5).encode(), source, "-")
        self.assertEqual(self.numbers(), list(range(15)))

    def test_a_file_as_standard_input_gives_its_rows(self):
        source = self.file("a.txt", lines(0, 5000))
        with open(source, "rb") as stream:
            subprocess.run(
                [cli_case.COMMAND, "load", "-", "-o", self.out, "--dtype", "a:i4,b:f8", "--split", "4K"],
                stdin=stream, check=True, capture_output=True, timeout=100)
        self.assertEqual(self.numbers(), list(range(5000)))

    def test_standard_input_has_a_table_of_its_own(self):
        self.load_from_stdin(lines(3, 2).encode(), "-", "--per-source")
        self.assertEqual(self.numbers("stdin"), [3, 4])

    def test_a_fault_in_standard_input_is_named_with_its_place(self):
        error = self.load_from_stdin(b"1 2\n3 x\n", "-", code=2)
        self.assertIn("standard input:2:2: ", error)

    def test_standard_input_can_be_named_once(self):
        error = self.load_from_stdin(b"", "-", "-", code=1)
        self.assertIn("named twice", error)

    def test_order_any_stores_all_rows_and_those_of_a_file_in_order(self):
        sources = [self.file(f"{i}.txt", lines(i * 10000, 3000)) for i in range(5)]
        self.load(*sources, "--order", "any", "--jobs", 3, "--split", "4K", "--chunk-rows", 500)
        found = self.numbers()
        expected = [n for i in range(5) for n in range(i * 10000, i * 10000 + 3000)]
        self.assertEqual(sorted(found), expected)
        for i in range(5):
            own = [n for n in found if n // 10000 == i]
            self.assertEqual(own, sorted(own))

    def test_every_batch_stores_the_same_rows(self):
        sources = [self.file(f"{i}.txt", lines(i * 10000, 3000)) for i in range(2)]
        for batch in ("chunk", "source", 700):
            arguments = ("--batch", batch, "--per-source", "--split", "4K", "--force")
            self.load(*sources, *arguments)
            self.assertEqual(self.numbers("1"), list(range(10000, 13000)), batch)

    def test_a_load_that_takes_too_long_fails_and_names_what_is_missing(self):
        source = self.file("a.txt", lines(0, 10))
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, write_end)
        with os.fdopen(read_end) as stream:
            done = subprocess.run(
                [cli_case.COMMAND, "load", source, "-", "-o", self.out, "--dtype", "a:i4,b:f8", "--timeout", "2"],
                stdin=stream, capture_output=True, timeout=100)
        error = done.stderr.decode()
        self.assertEqual(done.returncode, 4, error)
        self.assertIn("standard input: not read to its end within the 2 s", error)
        self.assertIn("--timeout", error)
        self.assertEqual(self.numbers(), list(range(10)))

    def test_no_retries_means_that_the_first_death_fails_the_file(self):
        source = self.file("a.txt", "1 2\n")
        script = self.file("loader.sh", f"#!/bin/sh\necho x >> '{self.folder}/tries'\nexit 3\n")
        script.chmod(0o755)
        for retries in (0, 2):
            tries = self.folder / "tries"
            tries.unlink(missing_ok=True)
            arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:f8", "--jobs", 1)
            self.fails(4, *arguments, "--loader", script, "--retries", retries)
            self.assertEqual(tries.read_text().count("x"), retries + 1)

    def test_nothing_is_guessed_of_standard_input(self):
        source = self.file("a.txt", "1 2.5\n3 4.5\n")
        arguments = [cli_case.COMMAND, "load", "-o", self.out]
        alone = subprocess.run([*arguments, "-"], input=b"5 6.5\n", capture_output=True, timeout=100)
        self.assertEqual(alone.returncode, 1)
        self.assertIn("give --dtype", alone.stderr.decode())
        both = subprocess.run([*arguments, "-", source], input=b"5 6.5\n", capture_output=True, timeout=100)
        self.assertEqual(both.returncode, 0, both.stderr.decode())
        self.assertIn("a.txt: no --dtype, guessed", both.stderr.decode())

    def test_wrong_values_of_the_options_are_refused(self):
        source = self.file("a.txt", "1 2\n")
        arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:f8")
        for option, value in (("--order", "random"), ("--batch", "0"), ("--batch", "file"),
                              ("--retries", "-1"), ("--timeout", "0"), ("--timeout", "soon")):
            self.fails(1, *arguments, option, value, says=[option])


if __name__ == "__main__":
    cli_case.main()
