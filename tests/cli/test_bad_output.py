"""Outputs that cannot be written, and files that cannot be read back."""

import shutil
import subprocess
import unittest

import cli_case


def can_mount():
    """Whether this user may mount a small file system of its own, out of everyone's sight."""
    command = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


class BadOutput(cli_case.CliCase):
    def load_arguments(self, *options):
        source = self.file("a.txt", "1 2\n")
        return ("load", source, "-o", self.out, "--dtype", "a:i4,b:f8", *options)

    def test_existing_output_names_both_options(self):
        self.succeeds(*self.load_arguments())
        before = self.out.read_bytes()
        self.fails(3, *self.load_arguments(), says=[self.out, "--append", "--force"])
        self.assertEqual(self.out.read_bytes(), before)

    def test_output_that_is_not_hdf5_is_not_appended_to(self):
        self.out.write_text("dear diary\n" * 100)
        self.fails(3, *self.load_arguments("--append"), says=[self.out])
        self.assertEqual(self.out.read_text(), "dear diary\n" * 100)

    def test_hdf5_file_of_another_maker_is_not_appended_to(self):
        try:
            import h5py
        except ImportError:
            self.skipTest("h5py is not installed")
        with h5py.File(self.out, "w") as file:
            file["data"] = [1, 2, 3]
        before = self.out.read_bytes()
        self.fails(3, *self.load_arguments("--append"), says=[self.out])
        self.assertEqual(self.out.read_bytes(), before)

    def test_table_of_another_dtype_is_not_appended_to(self):
        self.succeeds(*self.load_arguments())
        source = self.file("b.txt", "1 2\n")
        arguments = ("load", source, "-o", self.out, "--append", "--dtype", "a:i4,b:f4")
        self.fails(3, *arguments, says=["data"])
        self.assertEqual(self.rows(), [["1", "2"]])

    def test_output_in_a_folder_that_is_missing(self):
        self.out = self.folder / "nowhere" / "out.h5"
        self.fails(3, *self.load_arguments(), says=[self.out])

    def test_output_that_is_a_directory(self):
        self.out.mkdir()
        for option in ("--append", "--force"):
            self.fails(3, *self.load_arguments(option), says=[self.out])
        self.assertTrue(self.out.is_dir())

    @unittest.skipUnless(can_mount(), "no right to mount a small file system")
    def test_full_disk_is_named_and_nothing_is_left(self):
        source = self.file("big.txt", "".join(f"{i} 0.5\n" for i in range(300000)))
        script = (
            'mount -t tmpfs -o size=1m none /mnt; "$1" load "$2" -o /mnt/out.h5 '
            '--dtype a:i8,b:f8 --quiet; code=$?; ls /mnt; exit "$code"'
        )
        command = ["unshare", "-rm", "sh", "-c", script, "sh", cli_case.COMMAND, str(source)]
        done = subprocess.run(command, capture_output=True, check=False, timeout=100)
        error = done.stderr.decode()
        self.assertEqual((done.returncode, error.count("\n")), (3, 1), error)
        self.assertIn("/mnt/out.h5", error)
        self.assertIn("space", error.lower())
        self.assertEqual(done.stdout, b"")

    def test_reading_commands_name_a_missing_file(self):
        for command in ("info", "head", "verify"):
            self.fails(2, command, self.folder / "none.h5", says=["none.h5"])

    def test_reading_commands_name_a_file_that_is_not_hdf5(self):
        path = self.file("text.h5", "no hdf5 at all\n" * 200)
        for command in ("info", "head", "verify"):
            self.fails(5, command, path, says=[path])

    def test_verify_notices_a_file_cut_short(self):
        source = self.file("a.txt", "".join(f"{i} 0.5\n" for i in range(100000)))
        self.succeeds("load", source, "-o", self.out, "--dtype", "a:i4,b:f8")
        cut = self.folder / "cut.h5"
        shutil.copy(self.out, cut)
        with open(cut, "r+b") as file:
            file.truncate(cut.stat().st_size // 2)
        self.fails(5, "verify", cut, says=[cut])


if __name__ == "__main__":
    cli_case.main()
