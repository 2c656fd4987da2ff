"""Ctrl-C and its kin: the load ends in order and says what is left."""

import json
import os
import signal
import subprocess

import cli_case


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
