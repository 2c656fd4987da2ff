"""What the tests of the binding share. $FOREBAY_LIBRARY is the built library; the package is taken from ../src."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
PACKAGE = HERE.parent / "src"
DATA = ROOT / "tests" / "data"
SHARED = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(PACKAGE))
# Processes that a test starts find the package as this one does.
os.environ["PYTHONPATH"] = os.pathsep.join([str(PACKAGE), str(HERE)])

try:
    import numpy as np
except ImportError:
    print("numpy is missing")
    sys.exit(77)

DTYPE = "chr:S10,pos:i4,pct:f4,c:i4,t:i4"
NUMPY = np.dtype([("chr", "S10"), ("pos", "<i4"), ("pct", "<f4"), ("c", "<i4"), ("t", "<i4")])
SAMPLE = [DATA / "imr90_r1.head.txt", DATA / "imr90_r2.head.txt.gz"]


def module(name):
    """An optional package, or None."""
    try:
        return __import__(name)
    except ImportError:
        return None


def needs(*names):
    missing = [name for name in names if module(name) is None]
    return unittest.skipIf(missing, f"{', '.join(missing)} is not installed")


def mappings(kind="memfd:"):
    """Address ranges of the shared memory that this process has mapped."""
    lines = pathlib.Path("/proc/self/maps").read_text().splitlines()
    ends = (line.split()[0].split("-") for line in lines if kind in line)
    return [(int(first, 16), int(last, 16)) for first, last in ends]


def is_shared(values):
    """Whether all of a numpy array lies in one mapping of shared memory."""
    low, high = np.lib.array_utils.byte_bounds(values) if hasattr(np.lib, "array_utils") else np.byte_bounds(values)
    return any(first <= low and high <= last for first, last in mappings())


def descriptors():
    return sorted(os.listdir("/proc/self/fd"))


def children():
    """Process ids of the children of this process."""
    found = []
    for task in pathlib.Path("/proc/self/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return found


def run(code, *arguments, **options):
    """Runs Python code in an interpreter of its own, where every warning is an error; its outcome."""
    command = [sys.executable, "-W", "error", "-X", "dev", "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, **options)


class Case(unittest.TestCase):
    """A test in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="forebay-python-")
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        self.folder = pathlib.Path(folder.name)
        os.chdir(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def rows_file(self, name, first, rows):
        """Rows "chr22 <first>", "chr22 <first + 1>" and so on, of dtype chr:S10,pos:i4."""
        return self.write(name, "".join(f"chr22\t{first + i}\n" for i in range(rows)))

    def assert_runs(self, code, *arguments, **options):
        done = run(code, *arguments, **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout


def constants(header):
    text = (ROOT / "include" / "forebay" / header).read_text()
    return {name: int(value) for name, value in re.findall(r"\b(FOREBAY_\w+) = (-?\d+)", text)}


def main():
    unittest.main(module="__main__", argv=[sys.argv[0], *sys.argv[1:]], verbosity=1)
