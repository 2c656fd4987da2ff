"""Wrong usage: exit code 1, one line that says what to do, and nothing done."""

import cli_case


class Usage(cli_case.CliCase):
    def test_version_names_the_program(self):
        self.assertRegex(self.succeeds("--version"), r"^forebay \d+\.\d+\.\d+\n$")

    def test_help_of_every_command_has_an_example(self):
        for command in ("load", "info", "head", "verify", "recover", "sniff", "cat", "repack"):
            text = self.succeeds(command, "--help")
            self.assertIn("Example", text)
            self.assertIn("  forebay " + command, text)
            self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_main_help_lists_the_commands(self):
        text = self.succeeds("--help")
        for command in ("load", "info", "head", "verify", "recover", "sniff", "cat", "repack"):
            self.assertIn("\n  " + command, text)

    def test_no_command(self):
        self.fails(1, says=["no command", "--help"])

    def test_unknown_command_lists_the_known(self):
        self.fails(1, "laod", "x", says=["'laod'", "load", "verify"])

    def test_unknown_option(self):
        source = self.file("a.txt", "1 2\n")
        arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:i4", "--nonsense")
        self.fails(1, *arguments, says=["--nonsense", "forebay load --help"])
        self.assertFalse(self.out.exists())

    def test_missing_options_are_named(self):
        source = self.file("a.txt", "1 2\n")
        self.fails(1, "load", says=["FILE"])
        self.fails(1, "load", source, "--dtype", "i4", says=["--output"])

    def test_wrong_values_of_options(self):
        source = self.file("a.txt", "1 2\n")
        for option, value in (
            ("--memory", "12x"),
            ("--memory", "0"),
            ("--split", "-1M"),
            ("--jobs", "0"),
            ("--jobs", "many"),
            ("--max-rows", "0"),
            ("--chunk-rows", "-4"),
            ("--layout", "diagonal"),
            ("--delimiter", "ab"),
            ("--quote", "''"),
        ):
            with self.subTest(option=option, value=value):
                arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:i4")
                self.fails(1, *arguments, option, value, says=[option])
                self.assertFalse(self.out.exists())

    def test_append_and_force_exclude_each_other(self):
        source = self.file("a.txt", "1 2\n")
        arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:i4", "--append", "--force")
        self.fails(1, *arguments, says=["--append", "--force"])

    def test_per_source_and_table_exclude_each_other(self):
        source = self.file("a.txt", "1 2\n")
        arguments = ("load", source, "-o", self.out, "--dtype", "i4", "--per-source", "--table", "t")
        self.fails(1, *arguments, says=["--table", "--per-source"])

    def test_wrong_dtype_names_its_position(self):
        source = self.file("a.txt", "1 2\n")
        error = self.fails(1, "load", source, "-o", self.out, "--dtype", "a:i4,b:q9")
        self.assertRegex(error, r"\b[6-9]\b")
        self.assertFalse(self.out.exists())

    def test_too_little_memory_says_how_much_is_needed(self):
        source = self.file("a.txt", "1 2\n")
        arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:i4", "--memory", "1M")
        self.fails(1, *arguments, says=["--memory is 1 MiB"])
        self.assertFalse(self.out.exists())

    def test_output_that_is_an_input_is_refused(self):
        source = self.file("a.txt", "1 2\n")
        arguments = ("load", source, "-o", source, "--dtype", "a:i4,b:i4", "--force")
        self.fails(1, *arguments, says=[source, "both input and output"])
        self.assertEqual(source.read_text(), "1 2\n")

    def test_loader_program_that_is_missing(self):
        source = self.file("a.txt", "1 2\n")
        arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:i4")
        self.fails(4, *arguments, "--loader", "/nowhere/loader", says=["/nowhere/loader"])
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    cli_case.main()
