"""`forebay verify` and `forebay info`: what the journal is to a file, in words and in JSON."""

import json
import shutil
import signal
import subprocess

import cli_case


class Verify(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        self.journal = self.folder / "out.h5-journal"

    def make(self):
        self.load(self.file("a.txt", "".join(f"{i} 0.5\n" for i in range(1000))))

    def leave_open(self):
        """A file with some commits in its journal, as a writer that was killed leaves it."""
        source = self.file("long.txt", "1 0.5\n" * 2_000_000)
        command = [cli_case.COMMAND, "load", source, "-o", self.out, "--dtype", "a:i4,b:f8", "--quiet"]
        command += ["--commit-every", "1000rows", "--chunk-rows", "1000", "--split", "16K", "--jobs", "1"]
        with subprocess.Popen([str(part) for part in command], stderr=subprocess.DEVNULL) as writer:
            while not self.journal.exists():
                self.assertIsNone(writer.poll())
            found = {"waiting_commits": 0}
            while found["waiting_commits"] < 3:
                self.assertIsNone(writer.poll())
                found = self.info()["journal"]
            writer.send_signal(signal.SIGSTOP)
            found = self.info()["journal"]
            writer.kill()
        self.assertEqual((found["state"], found["writer"]), ("live", writer.pid))

    def look(self):
        done = self.run_command("verify", self.out, "--json")
        if not done.stdout:
            return done.returncode, {}
        found = json.loads(done.stdout)
        self.assertEqual(found["ok"], done.returncode == 0)
        self.assertEqual(bool(found["error"]), done.returncode != 0)
        return done.returncode, found.get("journal", {})

    def state(self):
        code, journal = self.look()
        return code, journal["state"]

    def test_a_closed_file_has_no_journal(self):
        self.make()
        self.assertEqual(self.state(), (0, "none"))
        self.assertIn("journal: none", self.succeeds("verify", self.out))
        info = self.info()
        self.assertEqual(info["journal"]["state"], "none")
        self.assertEqual(sum(info["space"].values()), info["bytes"])
        self.assertIn("left behind", self.succeeds("info", self.out))

    def test_the_journal_of_a_writer_that_died_waits_and_is_applied(self):
        self.leave_open()
        code, journal = self.look()
        self.assertEqual((code, journal["state"], journal["writer"]), (0, "waiting", 0))
        self.assertGreaterEqual(journal["waiting_commits"], 3)
        self.assertGreaterEqual(journal["commit"], journal["waiting_commits"])
        self.assertEqual(journal["bytes"], self.journal.stat().st_size)
        self.assertIn("wait to be applied", self.succeeds("verify", self.out))
        self.assertIn("wait to be applied", self.succeeds("info", self.out))
        before = self.journal.read_bytes()
        # Looking changes nothing.
        self.assertEqual(before, self.journal.read_bytes())
        self.succeeds("recover", self.out)
        self.assertEqual(self.state(), (0, "none"))

    def test_a_journal_that_cannot_be_used_is_told_from_one_that_is_missing(self):
        self.leave_open()
        kept = self.journal.read_bytes()
        self.journal.write_bytes(b"x" * 9000)
        self.assertEqual(self.state(), (5, "damaged"))
        self.assertIn("journal: damaged", self.run_command("verify", self.out).stdout.decode())
        self.journal.unlink()
        self.assertEqual(self.state(), (5, "missing"))
        self.assertIn("journal: missing", self.run_command("verify", self.out).stdout.decode())
        self.journal.write_bytes(kept)
        self.assertEqual(self.state(), (0, "waiting"))

    def test_a_journal_beside_a_closed_file_has_nothing_for_it_or_is_a_conflict(self):
        self.leave_open()
        kept = self.journal.read_bytes()
        self.succeeds("recover", self.out)
        self.journal.write_bytes(kept)
        self.assertEqual(self.state()[1], "conflict")
        other = self.folder / "other.h5"
        shutil.move(self.out, other)
        self.make()
        self.journal.write_bytes(kept)
        self.assertEqual(self.state(), (0, "left"))

    def test_what_is_no_file_of_tables_is_an_error_in_json_too(self):
        self.file("out.h5", "text\n" * 1000)
        code, journal = self.look()
        self.assertEqual((code, journal), (5, {}))
        self.fails(2, "verify", self.folder / "none.h5")


if __name__ == "__main__":
    cli_case.main()
