"""The progress bar, through a pseudo terminal."""

import re

import cli_case
from terminal import TerminalRun, screen_of


class ProgressBar(cli_case.CliCase):
    def arguments(self, *options):
        sources = [cli_case.SAMPLE_PLAIN, cli_case.SAMPLE_GZIP]
        return ("load", *sources, "-o", self.out, "--dtype", cli_case.SAMPLE_DTYPE, *options)

    def hanging_loader(self):
        """A loader program that never reports: the load stands still while it is looked at."""
        path = self.file("hang.sh", "#!/bin/sh\nexec sleep 600\n")
        path.chmod(0o755)
        return ("--loader", path)

    def stop(self, run):
        run.process.terminate()
        self.assertEqual(run.finish()[0], 143)

    def test_bar_is_drawn_and_taken_away(self):
        run = TerminalRun(*self.arguments())
        code, output = run.finish()
        self.assertEqual(code, 0)
        self.assertRegex(run.text, r"\d+ % \[[=> ]+\]  .* of .*")
        self.assertEqual(screen_of(run.text), [""])
        self.assertIn("40,000 rows", output)

    def test_bar_shows_each_child(self):
        run = TerminalRun(*self.arguments("--jobs", 2, *self.hanging_loader()))
        run.read_until(r"(?s)child \d+ .*child \d+ .*rows")
        self.stop(run)
        self.assertRegex(run.text, r"0 % \[> +\]")
        self.assertRegex(run.text, r"/s")

    def test_lines_fit_the_terminal(self):
        for width in (20, 40, 60, 200):
            with self.subTest(width=width):
                run = TerminalRun(*self.arguments(*self.hanging_loader()), width=width, height=4)
                run.read_until(r"(?s)%.*%.*%")
                self.stop(run)
                for drawing in run.text.split("\x1b[J")[:-1]:
                    lines = re.sub(r"\x1b\[\d*[A-Z]", "", drawing).split("\n")
                    self.assertLessEqual(len(lines), 2)
                    for line in lines:
                        self.assertLess(len(line.strip("\r")), width)

    def test_failure_stands_on_a_clean_line(self):
        bad = self.file("bad.txt", "1 2\nx 3\n")
        run = TerminalRun("load", bad, "-o", self.out, "--dtype", "a:i4,b:i4")
        code, _ = run.finish()
        self.assertEqual(code, 2)
        screen = screen_of(run.text)
        self.assertTrue(screen[0].startswith(f"forebay: {bad}:2:1:"), screen)
        self.assertEqual(screen[1:], [""])

    def test_quiet_draws_nothing(self):
        run = TerminalRun(*self.arguments("--quiet"))
        self.assertEqual(run.finish(), (0, ""))
        self.assertEqual(run.text, "")

    def test_dumb_terminal_gets_nothing(self):
        run = TerminalRun(*self.arguments(), term="dumb")
        self.assertEqual(run.finish()[0], 0)
        self.assertEqual(run.text, "")


if __name__ == "__main__":
    cli_case.main()
