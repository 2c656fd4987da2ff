#!/usr/bin/env python3
"""Loaders written in Python: functions that read the files in the child processes."""

import os
import pathlib
import signal
import struct
import subprocess
import sys

import support
from support import np

import forebay

FRAME = np.dtype([("channel", "<i4"), ("value", "<f8")])


def load(*arguments, **options):
    """With one child: each is a Python that has to start."""
    return forebay.load(*arguments, children=1, **options)


def put_frames(path, first, count):
    path.write_bytes(np.array([(i, i * 0.5) for i in range(first, first + count)], FRAME).tobytes())
    return path


@forebay.loader
def frames(source):
    """Yields arrays of odd lengths, so that blocks and arrays do not agree."""
    with source.open() as file:
        while data := file.read(FRAME.itemsize * 37):
            yield np.frombuffer(data, FRAME)


@forebay.loader
def talks(source):
    source.log("a clock was set back", "warning")
    yield np.fromfile(source.open(), FRAME)


@forebay.loader
def frames_in_place(source):
    """Reads straight into the shared memory, and goes on where a child that died has been."""
    with source.open() as file:
        offset = source.begin
        file.seek(offset)
        for block in source.blocks():
            count = file.readinto(memoryview(block.rows).cast("B")) // FRAME.itemsize
            if count == 0:
                return
            offset += count * FRAME.itemsize
            block.publish(count, offset)


@forebay.loader
def scaled(source):
    rows = np.zeros(10, source.dtype)
    rows["channel"] = source.index
    rows["value"] = source.config["factor"] * source.size
    yield rows


@forebay.loader
def numbers(source):
    yield np.arange(1000, dtype="i4")


@forebay.loader
def dies_once(source):
    marker = pathlib.Path(source.config)
    for first in range(0, 5000, 100):
        if first == 2500 and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield np.array([(i, 0) for i in range(first, first + 100)], FRAME)


@forebay.loader
def fails(source):
    yield np.zeros(3, FRAME)
    if source.config == "placed":
        raise forebay.BadValueError("frame 3 has no channel", line=4, byte=36, column=1)
    struct.unpack("<i", b"ab")


@forebay.loader
def wrong_type(source):
    yield np.zeros(3, "f4")


class Functions(support.Case):
    def setUp(self):
        super().setUp()
        self.files = [put_frames(self.folder / f"{i}.bin", i * 10_000, 5000 + i) for i in range(3)]
        self.expected = np.concatenate([np.frombuffer(path.read_bytes(), FRAME) for path in self.files])

    def check(self, function, children=1):
        loader = forebay.load(self.files, FRAME, loader=function, batch_rows=1000, children=children)
        rows = [rows.copy() for rows in loader]
        self.assertEqual(np.concatenate(rows).tobytes(), self.expected.tobytes())
        self.assertEqual({len(part) for part in rows}, {1000, 1, 2})

    def test_rows_that_are_yielded_arrive_in_order(self):
        self.check(frames, children=2)

    def test_rows_can_be_read_straight_into_shared_memory(self):
        self.check(frames_in_place)

    def test_function_is_found_by_name(self):
        (self.folder / "instrument.py").write_text(
            "import numpy as np\ndef load(source):\n    yield np.fromfile(source.open(), source.dtype)\n"
        )
        sys.path.insert(0, str(self.folder))
        self.addCleanup(sys.path.remove, str(self.folder))
        self.check("instrument:load")
        self.check("instrument")
        import instrument

        self.check(instrument)
        self.check(instrument.load)

    def test_columns_are_filled(self):
        arrays = list(load(self.files, FRAME, loader=frames, layout="columns", batch_rows=4096))
        got = np.concatenate([array["value"] for array in arrays])
        self.assertTrue(np.array_equal(got, self.expected["value"]))
        self.assertTrue(all(support.is_shared(array["value"]) for array in arrays))

    def test_bare_types_are_filled(self):
        for layout in ("rows", "columns"):
            got = [
                np.array(rows if layout == "rows" else rows.numpy())
                for rows in load(self.files[0], "i4", loader=numbers, layout=layout)
            ]
            self.assertEqual(np.concatenate(got).tolist(), list(range(1000)))

    def test_config_and_file_are_known_to_the_function(self):
        rows = np.concatenate(list(load(self.files, FRAME, loader=scaled, config={"factor": 0.25})))
        self.assertEqual(rows["channel"][::10].tolist(), [0, 1, 2])
        self.assertEqual(rows["value"][::10].tolist(), [path.stat().st_size * 0.25 for path in self.files])

    def test_notes_reach_whoever_loads(self):
        loader = load(self.files, FRAME, loader=talks)
        self.assertEqual(sum(map(len, loader)), len(self.expected))
        notes = loader.notes()
        self.assertEqual([(n.level, n.text, n.source) for n in notes], [("warning", "a clock was set back", i) for i in range(3)])
        self.assertTrue(all(n.pid != os.getpid() and n.lost == 0 for n in notes))
        self.assertEqual(loader.notes(), [])

    def test_limit_of_rows_ends_the_function(self):
        for function in (frames, frames_in_place):
            rows = list(load(self.files, FRAME, loader=function, max_rows=123))
            self.assertEqual([len(part) for part in rows], [123] * 3)

    def test_child_that_dies_is_replaced_and_no_row_comes_twice(self):
        loader = load(self.files[0], FRAME, loader=dies_once, config=str(self.folder / "died"), batch_rows=1000)
        rows = np.concatenate([rows.copy() for rows in loader])
        self.assertEqual(rows["channel"].tolist(), list(range(5000)))
        self.assertTrue((self.folder / "died").exists())
        self.assertEqual(loader.progress().child_restarts, 1)

    def test_exception_becomes_the_failure_of_the_file(self):
        loader = load(self.files[:2], FRAME, loader=fails)
        self.assertEqual(len(next(loader)), 3)
        with self.assertRaisesRegex(forebay.Error, "struct.error|error: unpack requires") as caught:
            next(loader)
        self.assertEqual((caught.exception.path, caught.exception.source), (str(self.files[0]), 0))
        self.assertEqual(len(next(loader)), 3)

    def test_exception_can_name_the_place(self):
        loader = load(self.files[0], FRAME, loader=fails, config="placed")
        next(loader)
        with self.assertRaises(forebay.BadValueError) as caught:
            next(loader)
        failure = caught.exception
        self.assertEqual((failure.line, failure.byte, failure.column), (4, 36, 1))
        self.assertIn("frame 3 has no channel", str(failure))

    def test_rows_of_another_dtype_are_a_failure(self):
        with self.assertRaisesRegex(forebay.Error, "float32"):
            list(load(self.files[0], FRAME, loader=wrong_type))

    def test_function_feeds_a_store_as_text_does(self):
        with forebay.open("a.h5") as store:
            self.assertEqual(
                store.load(self.files, FRAME, loader=frames, table="frames", children=1).rows, len(self.expected)
            )
            self.assertEqual(store["frames"][:].tobytes(), self.expected.tobytes())
            self.assertEqual(
                store.load(self.files, FRAME, loader=frames, table="frames", children=1, resume=True).rows, 0
            )
            text = self.write("frames.txt", "7 0.5\n8 1.5\n")
            self.assertEqual(store.load(text, FRAME, table="frames").rows, 2)
            self.assertEqual(store["frames"][len(self.expected) :].tolist(), [(7, 0.5), (8, 1.5)])

    def test_function_that_a_child_cannot_find_is_refused(self):
        def inner(source):
            yield

        with self.assertRaisesRegex(ValueError, "top level"):
            load(self.files, FRAME, loader=inner)
        with self.assertRaisesRegex(forebay.Error, "no_such_module"):
            list(load(self.files[0], FRAME, loader="no_such_module:f"))

    def test_script_need_not_be_importable(self):
        (self.folder / "my script.py").write_text(
            "import numpy as np, forebay\n"
            "@forebay.loader\n"
            "def read(source):\n"
            "    yield np.fromfile(source.open(), source.dtype)\n"
            "if __name__ == '__main__':\n"
            f"    print(sum(len(rows) for rows in forebay.load('0.bin', {FRAME.descr!r}, loader=read)))\n"
        )
        done = subprocess.run([sys.executable, "my script.py"], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "5000\n")


if __name__ == "__main__":
    support.main()
