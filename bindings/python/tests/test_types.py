#!/usr/bin/env python3
"""The type hints hold, and say of what is public what it takes and gives. Exit 77: mypy is missing."""

import subprocess
import sys

import support

PROGRAM = """
import forebay

with forebay.load("x.txt", dtype="a:i4") as loader:
    array = loader.take()
    assert array is not None
    reveal_type(array.numpy())
reveal_type(forebay.open("x.h5", "w"))
reveal_type(forebay.sniff("x.txt").dtype_text)
"""
WRONG = 'import forebay\n\nforebay.open("x.h5", mode=5)\n'


class Types(support.Case):
    def mypy(self, *arguments):
        command = [sys.executable, "-m", "mypy", "--cache-dir", str(self.folder / "cache"), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_package_has_no_type_error_and_users_see_its_types(self):
        done = self.mypy(support.PACKAGE / "forebay", self.write("program.py", PROGRAM))
        self.assertEqual(done.returncode, 0, done.stdout)
        revealed = [line.split("type is ")[1] for line in done.stdout.splitlines() if "Revealed type" in line]
        self.assertEqual(len(revealed), 3, done.stdout)
        for text, part in zip(revealed, ("ndarray", "Store", "str")):
            self.assertIn(part, text)
        wrong = self.mypy(self.write("wrong.py", WRONG))
        self.assertIn("wrong.py:3: error", wrong.stdout)


if __name__ == "__main__":
    if support.module("mypy") is None:
        print("mypy is missing")
        sys.exit(77)
    support.main()
