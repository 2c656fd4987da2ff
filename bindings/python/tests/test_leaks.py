#!/usr/bin/env python3
"""Loads in a loop leave nothing: no descriptor, no block, no process. $FOREBAY_LOADS says how many."""

import gc
import os

import support
from support import np

import forebay
from forebay import _arrow

LOADS = int(os.environ.get("FOREBAY_LOADS", "200"))
ROW = "chr:S10,pos:i4"


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Leaks(support.Case):
    def state(self):
        gc.collect()
        _arrow.reap()
        return support.descriptors(), support.children(), len(support.mappings())

    def one_load(self, number):
        """A load of each kind of end, one after the other."""
        kind = number % 5
        if kind == 0:
            self.assertEqual(sum(len(rows) for rows in forebay.load(self.good, ROW, children=1)), 50)
        elif kind == 1:  # not finished
            next(forebay.load([self.good] * 3, ROW, children=1, batch_rows=10))
        elif kind == 2:  # failed
            with self.assertRaises(forebay.BadValueError):
                list(forebay.load(self.bad, ROW, children=1))
        elif kind == 3:  # refused at once
            with self.assertRaises(forebay.ArgumentError):
                forebay.load(self.good, ROW, memory_bytes=1)
        else:  # columns that a consumer has taken, and capsules that nobody did
            array = forebay.load(self.good, ROW, layout="columns", children=1).take()
            array.__arrow_c_array__()
            if hasattr(np, "from_dlpack"):  # since numpy 1.22
                self.assertEqual(len(np.from_dlpack(array.column("pos"))), 50)

    def test_loads_in_a_loop_leak_nothing(self):
        self.good = self.rows_file("good.txt", 0, 50)
        self.bad = self.write("bad.txt", "chr1 x\n")
        for number in range(20):
            self.one_load(number)
        before, resident = self.state(), resident_bytes()
        for number in range(LOADS):
            self.one_load(number)
        self.assertEqual(self.state(), before)
        self.assertLess(resident_bytes() - resident, 16 << 20)


if __name__ == "__main__":
    support.main()
