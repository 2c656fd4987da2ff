#!/usr/bin/env python3
"""Every Python example of the guide and of the README runs.

The blocks of a page run one after the other in one namespace, in a folder with rep1.txt, rep2.txt and rep2.txt.gz. One that begins with
"# file: NAME" is written there; if it has a main part it is started as a program. One that needs a package which is missing is
passed over, and counted.
"""

import gzip
import os
import re
import subprocess
import sys
import unittest

import support
from support import DATA, SAMPLE, np

PAGES = {"docs/guide/python.md": 15, "docs/guide/from-shared-memory.md": 6, "bindings/python/README.md": 1}
OPTIONAL = {"polars", "pyarrow", "pandas", "h5py"}


def blocks(text):
    return [
        (text[: found.start()].count("\n") + 2, found.group(1))
        for found in re.finditer(r"^```python\n(.*?)^```", text, re.S | re.M)
    ]


def section(text, title):
    return re.search(rf"^## {title}\n(.*?)(?=^## )", text, re.S | re.M).group(1)


class Docs(support.Case):
    def setUp(self):
        super().setUp()
        lines = SAMPLE[0].read_bytes().splitlines(keepends=True)[:3000]
        (self.folder / "rep1.txt").write_bytes(b"".join(lines))
        second = gzip.decompress((DATA / "imr90_r2.head.txt.gz").read_bytes()).splitlines(keepends=True)[:2000]
        (self.folder / "rep2.txt").write_bytes(b"".join(second))
        (self.folder / "rep2.txt.gz").write_bytes(gzip.compress(b"".join(second)))
        sys.path.insert(0, str(self.folder))
        self.addCleanup(sys.path.remove, str(self.folder))

    def run_block(self, code, line, page, names):
        """False: a package is missing."""
        name = re.match(r"# file: (\S+)\n", code)
        if name:
            (self.folder / name.group(1)).write_text(code)
            if "__main__" in code:
                subprocess.run([sys.executable, name.group(1), "rep1.txt", "rep2.txt"], check=True, capture_output=True)
            return True
        if any(support.module(word) is None for word in OPTIONAL if re.search(rf"^import {word}\b", code, re.M)):
            return False
        if "from_dlpack" in code and not hasattr(np, "from_dlpack"):
            return False
        try:
            exec(compile("\n" * (line - 1) + code, page, "exec"), names)
        except Exception as failure:
            raise AssertionError(f"{page}:{line}: {failure!r}\n{code}") from failure
        return True

    def run_page(self, page, text):
        with open(os.devnull, "w", encoding="utf-8") as nothing:
            names = {"__name__": "page", "print": lambda *words: print(*words, file=nothing)}
            return sum(self.run_block(code, line, page, names) for line, code in blocks(text))

    def test_examples_of_the_guide_run(self):
        for page, least in PAGES.items():
            with self.subTest(page):
                self.assertGreaterEqual(self.run_page(page, (support.ROOT / page).read_text()), least)

    @unittest.skipIf(support.module("h5py") is None, "h5py is not installed")
    def test_example_of_the_guide_for_c_reads_what_was_stored(self):
        import forebay

        with forebay.open("meth.h5", "w") as store:
            store.load(["rep1.txt", "rep2.txt.gz"], dtype=support.DTYPE)
        page = "docs/guide/c.md"
        self.assertEqual(self.run_page(page, (support.ROOT / page).read_text()), 1)

    def test_example_of_the_readme_runs(self):
        text = (support.ROOT / "README.md").read_text()
        self.assertEqual(self.run_page("README.md", section(text, "From Python")), 1)

    @unittest.skipIf(support.module("h5py") is None, "h5py is not installed")
    def test_both_programs_of_the_comparison_store_the_same_rows(self):
        import h5py

        page = "docs/guide/from-shared-memory.md"
        self.run_page(page, (support.ROOT / page).read_text())
        with h5py.File("before.h5") as before, h5py.File("after.h5") as after:
            self.assertEqual(np.sort(before["data"][:]).tobytes(), np.sort(after["data"][:]).tobytes())
            self.assertEqual(len(after["data"]), 5000)


if __name__ == "__main__":
    support.main()
