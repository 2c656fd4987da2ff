#!/usr/bin/env python3
"""Arrays and loaders in forks, under multiprocessing, and at the end of the interpreter."""

import gc
import multiprocessing
import os
import select

import support
from support import DTYPE, SAMPLE

import forebay

PATH = str(SAMPLE[0])


def total(path):
    return sum(int(rows["pos"].astype("i8").sum()) for rows in forebay.load(path, DTYPE, children=1))


def sum_of(rows):
    return int(rows["pos"].astype("i8").sum())


class Multiprocessing(support.Case):
    def test_every_start_method_loads_in_its_processes(self):
        expected = total(PATH)
        for method in ("spawn", "forkserver", "fork"):
            with self.subTest(method):
                with multiprocessing.get_context(method).Pool(2) as pool:
                    self.assertEqual(pool.map(total, [PATH] * 4), [expected] * 4)

    def test_arrays_are_sent_as_copies(self):
        rows = next(forebay.load(PATH, DTYPE))
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            self.assertEqual(pool.apply(sum_of, (rows,)), sum_of(rows))


class Fork(support.Case):
    def in_fork(self, body):
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if body() else 1)
            finally:
                os._exit(2)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_array_in_a_fork_is_readable_and_not_given_back_there(self):
        loader = forebay.load(PATH, DTYPE, batch_rows=5000)
        rows = next(loader)
        expected = sum_of(rows)
        loader.close()
        # Why closed: a release would then give the memory itself back, which both processes share.
        held = [rows]

        def body():
            same = sum_of(held[0]) == expected
            held.clear()
            gc.collect()
            return same

        del rows
        self.in_fork(body)
        self.assertEqual(sum_of(held[0]), expected)

    def test_loader_in_a_fork_says_whose_it_is_and_goes_on_in_its_own(self):
        holder = [forebay.load(PATH, DTYPE, batch_rows=1000)]
        next(holder[0])

        def body():
            try:
                next(holder[0])
            except forebay.StateError as failure:
                refused = "forked" in str(failure)
            holder.clear()
            gc.collect()
            return refused and total(PATH) > 0

        self.in_fork(body)
        self.assertEqual(sum(len(rows) for rows in holder[0]), 19000)

    def test_capsules_in_a_fork_are_left_alone(self):
        loader = forebay.load(PATH, DTYPE, layout="columns")
        array = loader.take()
        capsules = [array.__arrow_c_array__()]

        def body():
            capsules.clear()
            gc.collect()
            return forebay._arrow.reap() is None

        self.in_fork(body)
        self.assertEqual(array["pos"][0], 14430632)


class End(support.Case):
    def test_nothing_is_said_when_the_interpreter_ends(self):
        ends = {
            "arrays kept": "rows = [r for r in forebay.load(path, dtype)]",
            "loader not finished": "loader = forebay.load(path, dtype, batch_rows=100); rows = next(loader)",
            "columns and capsules kept": "a = forebay.load(path, dtype, layout='columns').take(); c = a.__arrow_c_array__()",
            "in a cycle": "a = [next(forebay.load(path, dtype))]; a.append(a)",
            "in a module": "import builtins; builtins.kept = next(forebay.load(path, dtype))",
            "exit in a loop": "loader = forebay.load(path, dtype, batch_rows=100)\nfor rows in loader: sys.exit(0)",
            "read at exit": "import atexit; rows = next(forebay.load(path, dtype)); "
            "atexit.register(lambda: rows['pos'].sum())",
            "in a thread": "import threading; t = threading.Thread(target=lambda: list(forebay.load(path, dtype))); "
            "t.start(); t.join()",
            "stored": "s = forebay.open('a.h5', 'w'); s.load(path, dtype); s.close()",
        }
        for name, code in ends.items():
            with self.subTest(name):
                self.assert_runs(f"import sys, forebay; path, dtype = sys.argv[1:]; {code}", PATH, DTYPE)

    def test_children_end_with_the_interpreter(self):
        printed = self.assert_runs(
            "import sys, forebay; loader = forebay.load(sys.argv[1:2], sys.argv[2], batch_rows=100, "
            "memory_bytes=1 << 20); rows = next(loader); print(*loader.child_pids())",
            PATH,
            DTYPE,
        )
        pids = [int(pid) for pid in printed.split()]
        self.assertTrue(pids)
        self.assertEqual([pid for pid in pids if is_running(pid)], [])


def is_running(pid):
    """Whether the process is there, given the time that the end of an orphan takes."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        return not select.select([descriptor], [], [], 20)[0]
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    support.main()
