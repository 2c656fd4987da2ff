"""What the tests of the command share: a folder of its own for each test, runs, and their checks."""

import gzip
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

COMMAND = os.environ["FOREBAY_COMMAND"]
SOURCE = pathlib.Path(os.environ["FOREBAY_SOURCE"])
DATA = SOURCE / "tests" / "data"

SAMPLE_DTYPE = "chr:S10,pos:i4,pct:f4,c:i4,t:i4"
SAMPLE_PLAIN = DATA / "imr90_r1.head.txt"
SAMPLE_GZIP = DATA / "imr90_r2.head.txt.gz"
SAMPLE_ROWS = 20000


class CliCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="forebay-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "out.h5"

    def file(self, name, content):
        """Writes a file into the test's folder and returns its path."""
        path = self.folder / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def run_command(self, *arguments, **options):
        return subprocess.run(
            [COMMAND, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            timeout=100,
            **options,
        )

    def succeeds(self, *arguments, **options):
        """Standard output of a run that must end with 0 and say nothing on standard error."""
        done = self.run_command(*arguments, **options)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), arguments)
        return done.stdout.decode()

    def fails(self, code, *arguments, says=(), **options):
        """A run that must end with `code` and one line on standard error, which is returned."""
        done = self.run_command(*arguments, **options)
        error = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, error)
        self.assertEqual(error.count("\n"), 1, error)
        self.assertTrue(error.startswith("forebay: ") and error.endswith("\n"), error)
        for part in says:
            self.assertIn(str(part), error)
        return error

    def load(self, *arguments, dtype="a:i4,b:f8"):
        return self.succeeds("load", *arguments, "-o", self.out, "--dtype", dtype)

    def load_json(self, *arguments, dtype="a:i4,b:f8", code=0):
        done = self.run_command("load", *arguments, "-o", self.out, "--dtype", dtype, "--json")
        self.assertEqual(done.returncode, code, done.stderr.decode())
        summary = json.loads(done.stdout)
        self.assertEqual(summary["exit_code"], code)
        return summary

    def info(self, path=None):
        return json.loads(self.succeeds("info", path or self.out, "--json"))

    def table(self, name, path=None):
        return next(table for table in self.info(path)["tables"] if table["name"] == name)

    def rows(self, table="data", path=None):
        """All rows of a table as lists of texts."""
        text = self.succeeds("head", path or self.out, "--table", table, "-n", 10**9)
        return [line.split("\t") for line in text.splitlines()[1:]]


def main():
    unittest.main(verbosity=2)
