#!/usr/bin/env python3
"""live_stock_reader.py FILE SEED: stock h5py with swmr=True beside live_writer. Opens the file again and again, each time with
a deadline that ends the process, and checks what it sees by the rules of live_rows.h. Ends when its standard input does;
prints one JSON line with counts."""
import json
import os
import random
import select
import signal
import sys
import time

import h5py
import numpy as np

DEADLINE = 5.0  # of an open with all its checks; SIGALRM's default action ends the process
TABLES = ["plain/a", "plain/b", "packed/a", "packed/b"]
APPENDS = 8
COMMITS = np.arange(1, 2_000_001, dtype=np.uint64)
TOTALS = [np.concatenate([[0], np.cumsum(1 + (COMMITS * 7 + t * 5) % 37)]) for t in range(len(TABLES))]


def check_of(rows, salt):
    n = (rows["n"] * np.uint64(2654435761)).astype(np.uint32)
    return n ^ (rows["commit"] * np.uint32(40503)) ^ np.uint32((salt * 977) & 0xFFFFFFFF)


def check_rows(rows, first, salt, name):
    assert (rows["n"] == np.arange(first, first + len(rows), dtype=np.uint64)).all(), f"{name}: rows out of order"
    assert (rows["check"] == check_of(rows, salt)).all(), f"{name}: torn rows"


class Reader:
    def __init__(self, path, seed):
        self.path = path
        self.random = random.Random(seed)
        self.commit = 0  # the newest seen of each kind
        self.seen = [0] * len(TABLES)
        self.opens = self.missing = self.plain_refused = self.plain_opened = self.tables = 0
        self.longest = 0.0

    def check_table(self, file, number):
        dataset = file[TABLES[number]]
        total = dataset.shape[0]
        if total == 0:
            assert self.seen[number] == 0, "rows went away"
            return
        first = self.random.choice([max(0, total - 200), self.random.randrange(total)])
        rows = dataset[first:min(total, first + 200)]
        check_rows(rows, first, number, TABLES[number])
        last = int(dataset[total - 1]["commit"])
        assert int(TOTALS[number][last]) == total, f"{TABLES[number]}: {total} rows are no whole commit"
        assert last >= self.seen[number], f"{TABLES[number]}: commit {last} after {self.seen[number]}"
        self.seen[number] = last

    def check_new(self, file):
        groups = [name for name in file if name.startswith("new")]
        for group in self.random.sample(groups, min(2, len(groups))):
            names = list(file[group])
            for name in self.random.sample(names, min(4, len(names))) + names[-1:]:
                made = int(name[1:])
                step = 1 + made % 5
                rows = file[group][name][:]
                assert len(rows) % step == 0 and 0 < len(rows) <= step * APPENDS, f"{name}: {len(rows)} rows"
                check_rows(rows, 0, 1000 + made, name)
                self.tables += 1

    def look(self):
        started = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, DEADLINE)
        try:
            file = h5py.File(self.path, "r", swmr=True)
        except FileNotFoundError:
            self.missing += 1
            return
        finally:
            self.longest = max(self.longest, time.monotonic() - started)
        with file:
            if "plain" not in file or "packed" not in file:
                assert self.seen == [0] * len(TABLES), "tables went away"
            else:
                for number, name in enumerate(TABLES):
                    if name in file:
                        self.check_table(file, number)
                    else:
                        assert self.seen[number] == 0, "a table went away"
            self.check_new(file)
        self.opens += 1
        signal.setitimer(signal.ITIMER_REAL, 0)

    def look_plain(self):
        """A plain open is refused, or the file is closed and whole."""
        try:
            with h5py.File(self.path, "r") as file:
                for number, name in enumerate(TABLES):
                    if name in file:
                        self.check_table(file, number)
            self.plain_opened += 1
        except OSError:
            self.plain_refused += 1

    def run(self):
        error = ""
        try:
            while not select.select([sys.stdin], [], [], 0)[0]:
                self.look()
        except Exception as fault:  # pylint: disable=broad-except
            error = f"{type(fault).__name__}: {fault}"
        print(json.dumps({"opens": self.opens, "missing": self.missing, "tables": self.tables, "error": error,
                          "longest_ms": round(self.longest * 1000, 1), "commit": min(self.seen)}), flush=True)
        return 1 if error else 0


os.environ.pop("HDF5_USE_FILE_LOCKING", None)
if __name__ == "__main__":
    sys.exit(Reader(sys.argv[1], int(sys.argv[2])).run())
