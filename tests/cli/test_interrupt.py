"""Ctrl-C and its kin: the load ends in order and says what is left."""

import json
import os
import pathlib
import signal
import subprocess

import cli_case
from terminal import TerminalRun, screen_of


class Interrupt(cli_case.CliCase):
    def start_hanging_load(self, *options):
        """A load whose child never reports. Returns once that child runs."""
        started = self.folder / "started"
        os.mkfifo(started)
        loader = self.file("hang.sh", f"#!/bin/sh\necho $$ > '{started}'\nexec sleep 600\n")
        loader.chmod(0o755)
        source = self.file("a.txt", "1 2\n")
        arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:f8", "--jobs", 1)
        process = subprocess.Popen(
            [cli_case.COMMAND, *map(str, arguments), "--loader", str(loader), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with open(started) as pipe:
            self.child = int(pipe.read())
        return process

    def ends_with(self, process, code):
        output, error = process.communicate(timeout=100)
        self.assertEqual(process.returncode, code, error)
        self.assertEqual(error.count(b"\n"), 1, error)
        self.assertTrue(error.startswith(b"forebay: interrupted"), error)
        with self.assertRaises(ProcessLookupError):
            os.kill(self.child, 0)
        return output, error.decode()

    def test_signals_end_the_load_and_remove_what_it_created(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number=number):
                process = self.start_hanging_load()
                process.send_signal(number)
                output, error = self.ends_with(process, 128 + number)
                self.assertIn("removed", error)
                self.assertEqual(output, b"")
                self.assertFalse(self.out.exists())
                (self.folder / "started").unlink()

    def test_file_that_was_there_before_is_kept(self):
        self.load(self.file("before.txt", "5 6\n"))
        process = self.start_hanging_load("--append", "--json")
        process.send_signal(signal.SIGINT)
        output, _ = self.ends_with(process, 130)
        summary = json.loads(output)
        self.assertEqual((summary["exit_code"], summary["rows"], summary["stored"]), (130, 0, False))
        self.assertEqual(self.rows(), [["5", "6"]])

    def test_rows_appended_before_stay_and_are_marked(self):
        self.load(self.file("before.txt", "5 6\n"))
        first = self.file("first.txt", "".join(f"{i} 1\n" for i in range(50)))
        second = self.file("second.txt", "1 2\n")
        real = pathlib.Path(cli_case.COMMAND).parent / "forebay-loader"
        # The child started first gets the first source and works; the other one hangs.
        script = (
            "#!/bin/sh\nread -r first rest < /proc/$PPID/task/$PPID/children\n"
            f"[ \"$first\" = $$ ] && exec '{real}' \"$@\"\nexec sleep 600\n"
        )
        loader = self.file("one_works.sh", script)
        loader.chmod(0o755)
        arguments = ("load", first, second, "-o", self.out, "--dtype", "a:i4,b:f8", "--append")
        run = TerminalRun(*arguments, "--jobs", 2, "--loader", loader)
        run.read_until(r"  50 rows")
        run.process.send_signal(signal.SIGINT)
        code, _ = run.finish()
        self.assertEqual(code, 130)
        line = screen_of(run.text)[0]
        self.assertRegex(line, r"^forebay: interrupted; 50 rows .* forebay_incomplete$")
        self.assertEqual(len(self.rows()), 51)
        self.assertEqual(self.table("data")["attributes"], {"forebay_incomplete": str(second)})
        self.succeeds("verify", self.out)

    def test_reader_that_goes_away_costs_no_row(self):
        source = self.file("a.txt", "1 2\n")
        read_end, write_end = os.pipe()
        os.close(read_end)
        arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:f8", "--json")
        done = self.run_command(*arguments, stdout=write_end)
        os.close(write_end)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(self.rows(), [["1", "2"]])


if __name__ == "__main__":
    cli_case.main()
