"""`forebay recover`: files whose writer was killed, with and without their journal."""

import subprocess
import sys

import cli_case


class Recover(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        self.journal = self.folder / "out.h5-journal"

    def make(self):
        self.load(self.file("a.txt", "".join(f"{i} 0.5\n" for i in range(1000))))

    def flag(self):
        """Marks the file as one that is being written, as its writer does."""
        subprocess.run(
            [sys.executable, "-c", FLAG, str(self.out)], check=True, timeout=100
        )

    def test_a_closed_file_is_left_as_it_is(self):
        self.make()
        before = self.out.read_bytes()
        self.assertIn("nothing to do", self.succeeds("recover", self.out))
        self.assertEqual(self.out.read_bytes(), before)

    def test_a_journal_of_no_commit_goes(self):
        self.make()
        self.journal.write_bytes(b"\0" * 8192)
        self.succeeds("recover", self.out)
        self.assertFalse(self.journal.exists())
        self.succeeds("verify", self.out)

    def test_a_file_without_its_journal_is_refused_and_can_be_accepted(self):
        self.make()
        plain = self.out.read_bytes()
        self.flag()
        for command in ("recover", "verify", "info"):
            self.fails(5, command, self.out, says=["--accept-without-journal", "out.h5-journal"])
        self.assertIn("1,000 rows", self.succeeds("recover", "--accept-without-journal", self.out))
        self.assertEqual(self.out.read_bytes(), plain)

    def test_what_cannot_be_recovered_is_named(self):
        self.fails(2, "recover", self.folder / "none.h5", says=["none.h5"])
        self.fails(5, "recover", self.file("text.h5", "no hdf5\n" * 100), says=["text.h5"])


# The consistency flags of superblock version 3 are in byte 11; lookup3 of the 44 bytes is behind.
FLAG = """
import struct, sys

def lookup3(data):
    mask = 0xFFFFFFFF
    rot = lambda x, k: ((x << k) | (x >> (32 - k))) & mask
    a = b = c = (0xDEADBEEF + len(data)) & mask
    while len(data) > 12:
        a, b, c = [(x + y) & mask for x, y in zip((a, b, c), struct.unpack("<3I", data[:12]))]
        a = (a - c) & mask; a ^= rot(c, 4); c = (c + b) & mask
        b = (b - a) & mask; b ^= rot(a, 6); a = (a + c) & mask
        c = (c - b) & mask; c ^= rot(b, 8); b = (b + a) & mask
        a = (a - c) & mask; a ^= rot(c, 16); c = (c + b) & mask
        b = (b - a) & mask; b ^= rot(a, 19); a = (a + c) & mask
        c = (c - b) & mask; c ^= rot(b, 4); b = (b + a) & mask
        data = data[12:]
    data = data.ljust(12, b"\\0")
    a, b, c = [(x + y) & mask for x, y in zip((a, b, c), struct.unpack("<3I", data))]
    for step, k in enumerate((14, 11, 25, 16, 4, 14, 24)):
        if step % 3 == 0: c ^= b; c = (c - rot(b, k)) & mask
        if step % 3 == 1: a ^= c; a = (a - rot(c, k)) & mask
        if step % 3 == 2: b ^= a; b = (b - rot(a, k)) & mask
    return c

with open(sys.argv[1], "r+b") as file:
    head = bytearray(file.read(44))
    assert struct.pack("<I", lookup3(bytes(head))) == file.read(4)
    head[11] = 5
    file.seek(0)
    file.write(bytes(head) + struct.pack("<I", lookup3(bytes(head))))
"""

if __name__ == "__main__":
    cli_case.main()
