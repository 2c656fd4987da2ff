"""Child processes that fail: exit code 4, the source named, the others loaded."""

import pathlib

import cli_case

REAL = pathlib.Path(cli_case.COMMAND).parent / "forebay-loader"


class Children(cli_case.CliCase):
    def loader(self, script):
        path = self.file("loader.sh", "#!/bin/sh\n" + script)
        path.chmod(0o755)
        return ("--loader", path)

    def test_child_that_always_exits_fails_its_source(self):
        source = self.file("a.txt", "1 2\n")
        arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:f8", "--jobs", 1)
        self.fails(4, *arguments, *self.loader("exit 3\n"), says=[source])
        self.assertFalse(self.out.exists())

    def test_child_that_dies_once_is_replaced_and_counted(self):
        source = self.file("a.txt", "1 2\n3 4\n")
        lock = self.folder / "lock"
        script = f"mkdir '{lock}' 2>/dev/null && exit 3\nexec '{REAL}' \"$@\"\n"
        summary = self.load_json(source, "--jobs", 1, *self.loader(script))
        self.assertEqual((summary["rows"], summary["child_restarts"]), (2, 1))

    def test_program_that_cannot_be_run_fails_its_source(self):
        source = self.file("a.txt", "1 2\n")
        path = self.file("loader", b"\x7fELF but not really")
        path.chmod(0o755)
        arguments = ("load", source, "-o", self.out, "--dtype", "a:i4,b:f8", "--loader", path)
        self.fails(4, *arguments, says=[source])
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    cli_case.main()
