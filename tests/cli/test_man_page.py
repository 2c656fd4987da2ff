"""The man page tells of every option and every exit code."""

import re
import shutil
import subprocess

import cli_case

PAGE = cli_case.SOURCE / "docs" / "forebay.1"


class ManPage(cli_case.CliCase):
    def test_every_option_is_in_the_man_page(self):
        page = PAGE.read_text().replace("\\-", "-")
        for command in ([], ["load"], ["info"], ["head"], ["verify"], ["rejects"], ["recover"], ["sniff"], ["cat"], ["repack"]):
            text = self.succeeds(*command, "--help")
            options = re.findall(r"^  (?:-\w, )?(--[a-z0-9-]+)", text, re.MULTILINE)
            self.assertTrue(options)
            for option in options:
                with self.subTest(command=command, option=option):
                    self.assertRegex(page, re.escape(option) + r"(?![a-z0-9-])")

    def test_every_option_in_the_man_page_exists(self):
        helps = "".join(
            self.succeeds(*command, "--help")
            for command in ([], ["load"], ["info"], ["head"], ["verify"], ["rejects"], ["recover"], ["sniff"], ["cat"], ["repack"])
        )
        for option in set(re.findall(r"--[a-z][a-z0-9-]+", PAGE.read_text().replace("\\-", "-"))):
            self.assertIn(option, helps)

    def test_every_exit_code_is_in_the_man_page(self):
        header = (cli_case.SOURCE / "bindings" / "cli" / "exit_codes.hpp").read_text()
        page = PAGE.read_text()
        codes = re.findall(r"kExit\w+ = (\d+),", header)
        self.assertGreater(len(codes), 5)
        for code in codes:
            if code != "128":
                self.assertIn(f"\n.B {code}\n", page)

    def test_page_is_well_formed(self):
        if shutil.which("groff") is None:
            self.skipTest("groff is not installed")
        command = ["groff", "-man", "-Tascii", "-ww", "-z", str(PAGE)]
        done = subprocess.run(command, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))


if __name__ == "__main__":
    cli_case.main()
