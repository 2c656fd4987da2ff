#!/usr/bin/env python3
"""kill -9 of a writer with children, at random moments and at every named place of its work with the file: what it
had acknowledged is there, all tables are at one commit, and it goes on from there.

usage: kill_writer.py WRITER KILLS [SEED]"""
import os
import pathlib
import random
import subprocess
import sys
import tempfile

INPUT_ROWS = 500
PER_LIFE = 3  # inputs that one writer loads, if it is let
INPUTS = 60  # then a new file is begun

try:
    import h5py
except ImportError:
    h5py = None


def make_inputs(folder):
    for number in range(INPUTS + PER_LIFE):
        first = number * INPUT_ROWS
        lines = (f"{row}\t{row * row}\n" for row in range(first, first + INPUT_ROWS))
        (folder / str(number)).write_text("".join(lines))


class Life:
    """The writer once: what it said, and whether it was killed."""

    def __init__(self, writer, path, inputs, last, doom=None, after=None):
        environment = dict(os.environ)
        environment.pop("FOREBAY_TEST_KILL", None)
        if doom:
            environment["FOREBAY_TEST_KILL"] = doom
        else:
            environment["FOREBAY_TEST_PLACES"] = "1"
        process = subprocess.Popen(
            [writer, path, inputs, str(last)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if after is not None:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.kill()
        output, self.errors = process.communicate(timeout=60)
        self.killed = process.returncode == -9
        self.good = process.returncode == 0
        self.opened = self.acknowledged = None
        self.places = {}
        for line in output.splitlines():
            word, number, *place = line.split(" ", 2)
            if word == "opened":
                self.opened = self.acknowledged = int(number)
            elif word == "committed":
                self.acknowledged = int(number)
            else:
                self.places[place[0]] = int(number)


def find_places(writer, folder, inputs):
    """All places, with how often each is reached: in the making of a file, in opening one that was closed, and one that was not."""
    path = folder / "places.h5"
    counts = {}
    for last, doom in ((3, None), (6, None), (9, "1 commit sync journal after"), (9, None)):
        life = Life(writer, path, inputs, last, doom)
        assert life.killed if doom else life.good, life.errors
        for place, count in life.places.items():
            counts[place] = max(count, counts.get(place, 0))
    return counts


def check_with_h5py(path, rows):
    with h5py.File(path, "r") as file:
        if rows == 0:
            return
        data = file["data"]
        assert data.shape == (rows,) and file["run/files"].shape == (rows // INPUT_ROWS,), (data.shape, rows)
        assert (data["n"] == range(rows)).all() and (data["square"] == data["n"].astype("f8") ** 2).all()


def main(writer, kills, seed):
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        inputs = folder / "inputs"
        inputs.mkdir()
        make_inputs(inputs)
        counts = find_places(writer, folder, inputs)
        places = sorted(counts)
        died = {}
        acknowledged = done = lives = blind = 0
        path = folder / "x.h5"
        while done < kills:
            lives += 1
            assert lives < 20 * kills, "most lives end before they are killed"
            if acknowledged >= INPUTS * INPUT_ROWS or (acknowledged and chance.random() < 0.08):
                path.unlink()
                (folder / "x.h5-journal").unlink(missing_ok=True)
                acknowledged = 0
            if chance.random() < 0.2:
                place, doom, after = "any", None, chance.random() * 0.06
            else:
                # Places that were met least come first.
                place = min(chance.sample(places, 4), key=lambda one: died.get(one, 0))
                doom, after = f"{chance.randint(1, max(1, min(counts[place], 12)))} {place}", None
            life = Life(writer, path, inputs, acknowledged // INPUT_ROWS + PER_LIFE, doom, after)
            what = f"seed {seed}, life {lives}, killed at {doom or after}: "
            assert life.killed or life.good, what + life.errors
            if life.opened is not None:
                assert life.opened >= acknowledged, what + f"{acknowledged} rows were acknowledged, {life.opened} are there"
                acknowledged = life.acknowledged
            if life.killed:
                done += 1
                died[place] = died.get(place, 0) + 1
                blind += place == "any"
            if done % 10 == 0 and path.exists():
                told = subprocess.run([writer, "--recover", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                assert told.returncode == 0, what + told.stderr
                rows = int(told.stdout.split()[1])
                assert rows >= acknowledged and not (folder / "x.h5-journal").exists(), what + told.stdout
                acknowledged = rows
                if h5py:
                    check_with_h5py(path, rows)
        named = len(died) - ("any" in died)
        print(f"{done} kills of {lives} lives, {blind} at random moments, the others at {named} of {len(places)} named places, seed {seed}")
        assert named >= 40, sorted(set(places) - set(died))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
