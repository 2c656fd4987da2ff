"""What the shells complete is what --help lists: every command, and every option of each."""

import os
import pathlib
import re
import shutil
import subprocess

import cli_case

FOLDER = cli_case.SOURCE / "bindings" / "cli" / "completion"
COMMAND_FOLDER = str(pathlib.Path(cli_case.COMMAND).parent)


class Completion(cli_case.CliCase):
    def commands(self):
        found = re.search(r"\nCommands:\n((?:  .*\n)+)", self.succeeds("--help")).group(1)
        return re.findall(r"^  (\S+)", found, re.MULTILINE)

    def options(self, *command):
        text = self.succeeds(*command, "--help")
        lines = re.findall(r"^  (?:(-\w), )?(--[a-z0-9-]+)", text, re.MULTILINE)
        return sorted(word for line in lines for word in line if word)

    def run_shell(self, shell, script):
        path = COMMAND_FOLDER + os.pathsep + os.environ["PATH"]
        done = subprocess.run(
            [*shell, script], capture_output=True, check=False, timeout=60, cwd=self.folder, env={**os.environ, "PATH": path}
        )
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
        return done.stdout.decode().split()

    def bash(self, *words):
        script = f"source {FOLDER}/forebay.bash; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
        return sorted(self.run_shell(["bash", "-c"], script + '_forebay; printf "%s\\n" "${COMPREPLY[@]}"'))

    def test_bash_completes_commands_and_options(self):
        commands = self.commands()
        self.assertGreater(len(commands), 5)
        self.assertEqual(self.bash("forebay", "''"), sorted(commands))
        self.assertEqual(self.bash("forebay", "sni"), ["sniff"])
        self.assertEqual(self.bash("forebay", "-"), self.options())
        for command in commands:
            self.assertEqual(self.bash("forebay", command, "-"), self.options(command))
        self.assertEqual(self.bash("forebay", "load", "--per-s"), ["--per-source"])

    def test_bash_completes_files(self):
        self.file("rep1.txt", "1\n")
        self.assertEqual(self.bash("forebay", "load", "rep"), ["rep1.txt"])

    def test_zsh_completes_the_same(self):
        if shutil.which("zsh") is None:
            self.skipTest("zsh is not installed")
        # The part before the last line: the functions, with a compadd and a _files that print.
        text = (FOLDER / "_forebay").read_text().rsplit("\n_forebay ", 1)[0]
        stubs = 'compadd() { shift; print -l -- "$@" }; _files() { print FILES }; '

        def zsh(*words):
            values = " ".join(words)
            return self.run_shell(
                ["zsh", "-fc"], f"{text}\n{stubs} words=({values}); CURRENT={len(words)}; PREFIX={words[-1]}; _forebay"
            )

        self.assertEqual(sorted(zsh("forebay", "''")), sorted(self.commands()))
        for command in self.commands():
            self.assertEqual(sorted(zsh("forebay", command, "-")), self.options(command))
        self.assertEqual(zsh("forebay", "load", "x"), ["FILES"])


if __name__ == "__main__":
    cli_case.main()
