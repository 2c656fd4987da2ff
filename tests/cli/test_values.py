"""Options about how the text of a column becomes a value."""

import cli_case


class Values(cli_case.CliCase):
    def test_every_option_reaches_the_reader(self):
        source = self.file("a.txt", "1.234,5;0x1F;ja;caf\xe9\n12,5%;NA;nein;toolong\n".encode("latin-1"))
        text = self.load(
            source, "--delimiter", ";", "--na", "NA,-", "--fill", "b:-1", "--decimal", ",", "--thousands", ".",
            "--true", "ja", "--false", "nein", "--percent", "fraction", "--hex", "--encoding", "latin-1",
            "--overlong", "truncate", dtype="a:f8,b:i4,c:?,s:S5",
        )
        self.assertIn("; 1 string cut to fit\n", text)
        self.assertEqual(self.rows(), [["1234.5", "31", "true", "café"], ["0.125", "-1", "false", "toolo"]])

    def test_the_summary_counts_cut_strings_by_source(self):
        files = [self.file("a.txt", "abc\nxyz\n"), self.file("b.txt", "x\n")]
        summary = self.load_json(*files, "--overlong", "truncate", dtype="s:S2")
        self.assertEqual([source["fields_truncated"] for source in summary["sources"]], [2, 0])

    def test_wrong_values_are_refused_before_anything_is_done(self):
        source = self.file("a.txt", "1\n")
        for option, value in (
            ("--percent", "half"),
            ("--encoding", "koi8"),
            ("--overlong", "cut"),
            ("--decimal", "ab"),
            ("--decimal", "5"),
            ("--thousands", "."),
            ("--na", "a,,b"),
            ("--fill", "x:1"),
            ("--true", "0"),
        ):
            with self.subTest(option=option, value=value):
                self.fails(1, "load", source, "-o", self.out, "--dtype", "i4", option, value, says=[option[2:]])
                self.assertFalse(self.out.exists())

    def test_a_missing_integer_without_a_fill_says_what_to_do(self):
        source = self.file("a.txt", "1\nNA\n")
        self.fails(2, "load", source, "-o", self.out, "--dtype", "i4", "--na", "NA", "--quiet", says=[":2:1:", "fill"])

    def test_fill_is_what_on_error_null_fills_with(self):
        source = self.file("a.txt", "NA,toolong\nx,ab\n")
        arguments = ("--delimiter", ",", "--na", "NA", "--fill", "a:-1", "--overlong", "truncate", "--on-error", "null")
        text = self.load(source, *arguments, dtype="a:i4,s:S3")
        self.assertEqual(self.rows(), [["-1", "too"], ["-1", "ab"]])
        self.assertIn("1 string cut to fit\n", text)
        self.assertIn("0 rows passed over, 1 value filled\n", text)


if __name__ == "__main__":
    cli_case.main()
