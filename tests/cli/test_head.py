"""`forebay head`: values as text."""

import json
import os
import struct

import cli_case


class Head(cli_case.CliCase):
    def test_prints_names_and_ten_rows(self):
        self.load(self.file("a.txt", "".join(f"{i} {i}.5\n" for i in range(30))))
        lines = self.succeeds("head", self.out).splitlines()
        self.assertEqual(lines, ["a\tb"] + [f"{i}\t{i}.5" for i in range(10)])
        self.assertEqual(len(self.succeeds("head", self.out, "-n", 3).splitlines()), 4)
        self.assertEqual(self.succeeds("head", self.out, "-n", 0), "a\tb\n")

    def test_floats_are_the_shortest_text_that_reads_back(self):
        texts = ["0.1", "94.4444", "47.619", "1e-45", "3.4028235e+38", "-0", "16777216", "0.3333333"]
        self.load(self.file("a.txt", "\n".join(texts)), dtype="x:f4")
        for text, (shown,) in zip(texts, self.rows()):
            self.assertEqual(struct.pack("f", float(shown)), struct.pack("f", float(text)))
            self.assertLessEqual(len(shown), len(text))
        doubles = ["0.1", "5e-324", "1.7976931348623157e+308", "0.30000000000000004", "123456.789"]
        self.load(self.file("b.txt", "\n".join(doubles)), "--force", dtype="x:f8")
        self.assertEqual([float(row[0]) for row in self.rows()], [float(text) for text in doubles])
        self.assertEqual([row[0] for row in self.rows()], doubles)

    def test_integers_at_their_ends_and_both_byte_orders(self):
        line = "-128 255 -32768 -9223372036854775808 18446744073709551615\n"
        for order in ("<", ">"):
            dtype = f"a:i1,b:u1,c:{order}i2,d:{order}i8,e:{order}u8"
            self.load(self.file("a.txt", line), "--force", dtype=dtype)
            self.assertEqual(self.rows(), [line.split()])

    def test_strings_are_escaped_and_lose_their_padding(self):
        self.load(self.file("a.txt", b"a\\b,\xff\x01,\xc3\xa4\n"), "--delimiter", ",", dtype="a:S6,b:S6,c:S6")
        self.assertEqual(self.rows(), [["a\\\\b", "\\xff\\x01", "ä"]])

    def test_booleans_and_dates(self):
        line = "1 1999-12-31 2024-02-29T23:59:58 1969-12-31T23:59:59.999\n"
        self.load(self.file("a.txt", line), dtype="a:?,b:M8[D],c:M8[s],d:M8[ms]")
        self.assertEqual(
            self.rows(), [["true", "1999-12-31", "2024-02-29T23:59:58", "1969-12-31T23:59:59.999"]]
        )

    def test_sub_arrays_are_nested_by_dimension(self):
        self.load(self.file("a.txt", "7 1 2 3 4 5 6\n"), dtype="n:i4,t:f4[2,3]")
        self.assertEqual(self.rows(), [["7", "[[1,2,3],[4,5,6]]"]])

    def test_table_of_a_bare_type(self):
        self.load(self.file("a.txt", "1 2\n3 4\n"), dtype="f4[2]")
        self.assertEqual(self.succeeds("head", self.out), "value\n[1,2]\n[3,4]\n")

    def test_json_is_an_object_a_row(self):
        self.load(self.file("a.txt", 'x"y 1 2 0.5\n'), dtype="k:S4,t:i4[2],v:f8")
        lines = self.succeeds("head", self.out, "--json").splitlines()
        self.assertEqual([json.loads(line) for line in lines], [{"k": 'x"y', "t": [1, 2], "v": 0.5}])

    def test_only_table_needs_no_name_and_wrong_name_lists_the_tables(self):
        self.load(self.file("a.txt", "1 2\n"), "--table", "mine")
        self.assertEqual(self.succeeds("head", self.out), "a\tb\n1\t2\n")
        self.load(self.file("a.txt", "1 2\n"), "--table", "yours", "--append")
        self.fails(1, "head", self.out, says=["--table", "mine", "yours"])
        self.fails(1, "head", self.out, "--table", "hers", says=["hers", "mine", "yours"])

    def test_closed_pipe_ends_it_quietly(self):
        self.load(self.file("a.txt", "".join(f"{i} 0\n" for i in range(100000))))
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = self.run_command("head", self.out, "-n", 10**6, stdout=write_end)
        os.close(write_end)
        self.assertEqual(done.stderr, b"")

    def test_full_standard_output_is_a_failure(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        self.load(self.file("a.txt", "1 2\n"))
        with open("/dev/full", "wb") as full:
            self.fails(3, "head", self.out, stdout=full, says=["standard output"])


if __name__ == "__main__":
    cli_case.main()
