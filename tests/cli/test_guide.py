#!/usr/bin/env python3
"""Every shell example of docs/guide/shell.md and README.md runs: the blocks of a page one after the other in one folder, which has
the files that they name."""

import gzip
import io
import os
import pathlib
import re
import shutil
import struct
import subprocess
import unittest
import zipfile

from cli_case import COMMAND, SAMPLE_GZIP, SAMPLE_PLAIN, SOURCE, CliCase

SITES = SAMPLE_PLAIN.read_text().splitlines(keepends=True)
WORDS = "alpha beta gamma delta epsilon zeta eta theta iota tangerine".split()


def npy(shape):
    """An array of float32 zeros as numpy writes it."""
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % (shape,)
    head = head.ljust(128 - 11) + "\n"
    count = 1
    for extent in shape:
        count *= extent
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + bytes(4 * count)


def npz(name, shape):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(f"{name}.npy", npy(shape))
    return out.getvalue()


def commands_of(text):
    """The sh blocks of a page."""
    return re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)


def section(text, title):
    return re.search(rf"^## {title}\n(.*?)(?=^## )", text, re.S | re.M).group(1)


class Guide(CliCase):
    def setUp(self):
        super().setUp()
        tools = self.folder / "tools"
        (self.folder / "reads").mkdir()
        tools.mkdir()
        os.symlink(COMMAND, tools / "forebay")
        sam = "".join(f"read{i}\t0\tchr22\t{i}\t60\n" for i in range(10))
        self.file("tools/samtools", f"#!/bin/sh\ncat <<END\n{sam}END\n").chmod(0o755)
        self.environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "dtype": "chr:S10,pos:i4,pct:f4,c:i4,t:i4"}
        self.make_inputs()

    def make_inputs(self):
        self.file("rep1.txt", "".join(SITES[:3000]))
        shutil.copy(SAMPLE_GZIP, self.folder / "rep2.txt.gz")
        self.file("rep3.txt", "".join(SITES[3000:5000]))
        self.file("big1.txt.gz", "".join(SITES[:500]))
        self.file("table.csv", "id,price\n" + "".join(f"{i},{i}.5\n" for i in range(1000)))
        for name in ("chr2.txt", "chr10.txt"):
            self.file(f"reads/{name}", f"{name[:-4]} 1\n")
        self.file("files.lst", "reads/chr2.txt\nreads/chr10.txt\n")
        self.file("field.npy", npy((2, 721, 1440)))
        self.file("run.npz", npz("t2m", (1, 721, 1440)))
        self.file("scan.dat", bytes(512 + 5 * 40))

    def run_block(self, block, page):
        for name in re.findall(r"-o (\S+\.h5)", block) if "--append" not in block else []:
            (self.folder / name).unlink(missing_ok=True)  # of a block before
        # The parameters of the script: what "$@" stands for.
        command = ["bash", "-e", "-o", "pipefail", "-c", block, "script", "rep1.txt", "rep2.txt.gz"]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, timeout=100, check=False)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), f"{page}\n{block}")

    def test_examples_of_the_guide_run(self):
        page = SOURCE / "docs/guide/shell.md"
        blocks = commands_of(page.read_text())
        self.assertGreaterEqual(len(blocks), 10)
        for block in blocks:
            self.run_block(block, page)

    def test_examples_of_the_readme_run(self):
        blocks = commands_of(section((SOURCE / "README.md").read_text(), "From the shell"))
        self.assertEqual(len(blocks), 1)
        self.run_block(blocks[0], "README.md")

    def test_targets_of_the_readme_are_there(self):
        text = (SOURCE / "README.md").read_text()
        targets = re.findall(r"^make (\S+)", "".join(commands_of(text)), re.M)
        self.assertIn("demo", targets)
        rules = (SOURCE / "Makefile").read_text()
        for target in targets:
            self.assertRegex(rules, rf"(?m)^{target}:")

    def test_dialogues_of_the_guide_are_as_shown(self):
        rows = "".join(f"{i},{WORDS[i % 10]},{'NA' if i % 50 == 9 else i + 0.25}\n" for i in range(1000))
        self.file("table.csv", "id,name,price\n" + rows)
        count = 0
        for page in [SOURCE / "README.md", *sorted((SOURCE / "docs/guide").glob("*.md"))]:
            for command, shown in re.findall(r"^```\n\$ ([^\n]*)\n(.*?)^```", page.read_text(), re.S | re.M):
                done = subprocess.run(
                    ["sh", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, timeout=100, check=True
                )
                self.assertEqual(done.stdout.decode(), shown, str(page))
                count += 1
        self.assertGreaterEqual(count, 1)


if __name__ == "__main__":
    unittest.main()
