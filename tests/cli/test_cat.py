"""forebay cat: the rows of a table as text, csv and npy, whole or in part, to a pipe or a file."""

import ast
import csv
import io
import os
import pty
import struct
import subprocess

import cli_case


class Cat(cli_case.CliCase):
    def table_of(self, text, dtype, *options):
        self.succeeds("load", self.file("a.txt", text), "-o", self.out, "--dtype", dtype, "--quiet", *options)

    def cat(self, *arguments):
        done = self.run_command("cat", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout

    def test_text_reads_back_to_the_same_bits(self):
        rows = [f"{i / 7!r} {i * 1e300 if i % 2 else -i * 1e-310!r}\n" for i in range(2000)]
        self.table_of("".join(rows), "a:f8,b:f8")
        lines = self.cat(self.out).decode().splitlines()
        self.assertEqual(lines[0], "a\tb")
        self.assertEqual(len(lines), 2001)
        for line, row in zip(lines[1:], rows):
            self.assertEqual(
                [struct.pack("d", float(value)) for value in line.split("\t")],
                [struct.pack("d", float(value)) for value in row.split()],
            )

    def test_rows_choose_a_part(self):
        self.table_of("".join(f"{i}\n" for i in range(100)), "a:i4")
        for wanted, rows in (("3:5", ["3", "4"]), (":2", ["0", "1"]), ("98:", ["98", "99"]), ("7:7", []), ("500:", [])):
            self.assertEqual(self.cat(self.out, "--rows", wanted).decode().split()[1:], rows)
        for wrong in ("5", "5:3", "-1:2", "a:b"):
            self.fails(1, "cat", self.out, "--rows", wrong, says=["--rows"])

    def test_csv_is_what_csv_readers_expect(self):
        self.table_of('"a,b"|1\n"say ""x"""|2\n"two\nlines"|3\n', "s:S12,n:i4", "--delimiter", "|")
        text = self.cat(self.out, "--format", "csv").decode()
        self.assertEqual(
            list(csv.reader(io.StringIO(text, newline=""))),
            [["s", "n"], ["a,b", "1"], ['say "x"', "2"], ["two\nlines", "3"]],
        )

    def npy(self, data):
        self.assertEqual(data[:8], b"\x93NUMPY\x01\x00")
        length = struct.unpack("<H", data[8:10])[0]
        self.assertEqual((10 + length) % 64, 0)
        return ast.literal_eval(data[10 : 10 + length].decode()), data[10 + length :]

    def test_npy_holds_the_packed_rows(self):
        self.table_of("ab 1 0.5\nc -2 1e9\n", "s:S3,n:i4,x:f8")
        header, body = self.npy(self.cat(self.out, "--format", "npy"))
        self.assertEqual(header["descr"], [("s", "|S3"), ("n", "<i4"), ("x", "<f8")])
        self.assertEqual((header["shape"], header["fortran_order"]), ((2,), False))
        self.assertEqual(body, struct.pack("<3sid", b"ab", 1, 0.5) + struct.pack("<3sid", b"c", -2, 1e9))

    def test_npy_of_a_bare_dtype_has_its_shape(self):
        self.table_of("1 2 3 4\n5 6 7 8\n9 10 11 12\n", "i4[2,2]")
        header, body = self.npy(self.cat(self.out, "--format", "npy", "--rows", "1:"))
        self.assertEqual((header["descr"], header["shape"]), ("<i4", (2, 2, 2)))
        self.assertEqual(struct.unpack("<8i", body), tuple(range(5, 13)))

    def test_table_behind_a_colon(self):
        self.table_of("1\n", "a:i4", "--table", "x")
        self.succeeds("load", self.file("b.txt", "2\n"), "-o", self.out, "--append", "--table", "run/y", "--dtype", "a:i4", "--quiet")
        self.assertEqual(self.cat(f"{self.out}:run/y"), b"a\n2\n")
        self.assertEqual(self.cat(f"{self.out}:x"), b"a\n1\n")
        self.fails(1, "cat", self.out, says=["x", "run/y"])
        self.fails(1, "cat", f"{self.out}:z", says=["no table 'z'"])
        self.fails(2, "cat", self.folder / "nowhere.h5")

    def test_output_file(self):
        self.table_of("1\n", "a:i4")
        out = self.folder / "out.txt"
        self.succeeds("cat", self.out, "-o", out)
        self.assertEqual(out.read_text(), "a\n1\n")
        self.fails(3, "cat", self.out, "-o", out, says=["--force"])
        self.succeeds("cat", self.out, "-o", out, "--format", "csv", "--force")
        self.fails(3, "cat", self.out, "-o", self.folder / "no" / "x", says=["No such file"])
        self.fails(1, "cat", self.out, "-o", self.out, "--force", says=["both input and output"])
        self.succeeds("verify", self.out)

    def test_full_disk_is_told(self):
        self.table_of("1\n" * 50000, "a:i4")
        with open("/dev/full", "wb") as full:
            self.fails(3, "cat", self.out, stdout=full, says=["No space"])

    def test_npy_is_not_written_to_a_terminal(self):
        self.table_of("1\n", "a:i4")
        parent, child = pty.openpty()
        done = subprocess.run(
            [cli_case.COMMAND, "cat", str(self.out), "--format", "npy"], stdout=child, stderr=subprocess.PIPE, check=False, timeout=60
        )
        os.close(child)
        os.close(parent)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"terminal", done.stderr)


if __name__ == "__main__":
    cli_case.main()
