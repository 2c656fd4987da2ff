#!/usr/bin/env python3
"""Files become numpy arrays that are the shared memory."""

import contextlib
import gzip
import hashlib
import io
import os
import pickle
import signal
import sys
import threading
import types
import unittest
import unittest.mock

import support
from support import DTYPE, NUMPY, SAMPLE, needs, np

import forebay


def inputs():
    full = [support.SHARED / f"imr90_r{i}.chr22.txt.gz" for i in (1, 2)]
    return full if all(path.exists() for path in full) else SAMPLE


def numpy_rows(path):
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        return np.loadtxt(io.BytesIO(file.read()), dtype=NUMPY)


def digest(rows):
    return hashlib.sha256(np.ascontiguousarray(rows).tobytes()).hexdigest()


class RealRows(unittest.TestCase):
    def test_methylation_rows_hash_equal_to_those_of_numpy(self):
        for path in inputs():
            got = np.concatenate(list(forebay.load(path, DTYPE)))
            self.assertEqual(got.dtype, NUMPY)
            self.assertEqual(digest(got), digest(numpy_rows(path)), path)

    def test_columns_hold_the_same_values(self):
        expected = numpy_rows(SAMPLE[0])
        arrays = list(forebay.load(SAMPLE[0], DTYPE, layout="columns", batch_rows=4096))
        self.assertGreater(len(arrays), 1)
        for name in NUMPY.names:
            self.assertTrue(np.array_equal(np.concatenate([array[name] for array in arrays]), expected[name]))


class Arrays(support.Case):
    def test_array_is_the_shared_memory(self):
        private = np.zeros(3)
        self.assertFalse(support.is_shared(private))
        for layout in ("rows", "columns"):
            for array in forebay.load(SAMPLE, DTYPE, layout=layout, batch_rows=5000):
                fields = [array[name] for name in NUMPY.names]
                self.assertTrue(all(support.is_shared(field) for field in fields))
                self.assertEqual([field.dtype for field in fields], [NUMPY[name] for name in NUMPY.names])

    def test_arrays_tell_where_they_came_from(self):
        loader = forebay.load(SAMPLE, DTYPE, batch_rows=8000)
        seen = [(forebay.array_of(rows).source, forebay.array_of(rows).first_row, len(rows)) for rows in loader]
        self.assertEqual(seen, [(s, f, n) for s in (0, 1) for f, n in ((0, 8000), (8000, 8000), (16000, 4000))])
        self.assertEqual(loader.paths, [str(path) for path in SAMPLE])

    def test_array_is_valid_after_the_loader_is_gone(self):
        with forebay.load(SAMPLE, DTYPE, batch_rows=5000) as loader:
            part = next(loader)["pos"][10:20]
            copy = part.copy()
        del loader
        self.assertTrue(support.is_shared(part))
        self.assertTrue(np.array_equal(part, copy))
        self.assertIsNotNone(forebay.array_of(part))

    def test_block_comes_back_when_the_last_view_goes(self):
        loader = forebay.load(SAMPLE, DTYPE, batch_rows=5000)
        rows = next(loader)
        view = rows["pct"][::2]
        del rows
        self.assertGreaterEqual(loader.memory()["blocks_lent"], 1)
        list_of_others = [len(rows) for rows in loader]
        self.assertEqual(len(list_of_others), 7)
        self.assertEqual(loader.memory()["blocks_lent"], 1)
        del view
        self.assertEqual(loader.memory()["blocks_lent"], 0)

    def test_array_can_be_changed_and_shortened_in_place(self):
        rows = next(forebay.load(SAMPLE, DTYPE))
        keep = rows[rows["c"] > 10]
        rows[: len(keep)] = keep
        array = forebay.array_of(rows)
        array.set_rows(len(keep))
        self.assertEqual(array.rows, len(keep))
        self.assertTrue(np.array_equal(array.numpy(), keep))

    def test_buffer_protocol_shows_the_same_bytes(self):
        rows = next(forebay.load(SAMPLE, DTYPE))
        view = memoryview(rows)
        self.assertEqual((view.itemsize, len(view), view.readonly), (26, len(rows), False))
        self.assertEqual(np.frombuffer(memoryview(rows["pos"].copy()), "i4")[0], rows["pos"][0])

    def test_whole_files_are_one_array_each(self):
        empty = self.write("empty.txt", "# no rows\n")
        arrays = forebay.read([SAMPLE[0], empty, SAMPLE[1]], DTYPE, comments="#")
        self.assertEqual(arrays[1].dtype, NUMPY)
        self.assertEqual([len(rows) for rows in arrays], [20000, 0, 20000])
        self.assertTrue(support.is_shared(arrays[0]))
        self.assertEqual(len(forebay.read(str(SAMPLE[0]), DTYPE)), 20000)

    def test_bare_and_nested_types_have_their_shape(self):
        self.write("m.txt", "1 2 3 4 5 6\n7 8 9 10 11 12\n")
        cube = forebay.read("m.txt", np.dtype(("<f8", (2, 3))))
        self.assertEqual((cube.shape, cube.dtype, cube[1, 1, 2]), ((2, 2, 3), np.dtype("f8"), 12))
        nested = forebay.read("m.txt", "a:i4,t:f4[5]")
        self.assertEqual(nested["t"].shape, (2, 5))
        flat = self.write("n.txt", "1\n2\n3\n")
        self.assertEqual(forebay.read(flat, "f8").tolist(), [1, 2, 3])

    def test_column_of_a_nested_field_has_its_strides(self):
        self.write("m.txt", "1 2 3 4 5\n7 8 9 10 11\n")
        for layout in ("rows", "columns"):
            array = forebay.load("m.txt", "a:i1,t:f4[2,2]", layout=layout).take()
            self.assertEqual(array["t"].tolist(), [[[2, 3], [4, 5]], [[8, 9], [10, 11]]])

    def test_rows_of_the_other_layout_say_so(self):
        array = forebay.load(SAMPLE, DTYPE, layout="columns").take()
        with self.assertRaisesRegex(TypeError, "layout='rows'"):
            np.asarray(array)

    def test_pickled_array_is_a_plain_copy(self):
        rows = next(forebay.load(SAMPLE, DTYPE))
        copy = pickle.loads(pickle.dumps(rows))
        self.assertTrue(np.array_equal(copy, rows))
        self.assertFalse(support.is_shared(copy))


class Failures(support.Case):
    def test_bad_cell_is_an_exception_with_its_place(self):
        bad = self.write("bad.txt", "chr1\t1\nchr1\tx2\n")
        with self.assertRaises(forebay.BadValueError) as caught:
            list(forebay.load(bad, "chr:S10,pos:i4"))
        failure = caught.exception
        self.assertIsInstance(failure, ValueError)
        self.assertEqual((failure.path, failure.line, failure.column, failure.byte), (str(bad), 2, 2, 12))
        self.assertEqual((failure.code, failure.name, failure.source), (-42, "FOREBAY_E_VALUE", 0))
        self.assertIn("x2", str(failure))
        again = pickle.loads(pickle.dumps(failure))
        self.assertEqual(
            (type(again), str(again), again.line, again.name), (type(failure), str(failure), 2, failure.name)
        )

    def test_next_file_follows_after_a_failure(self):
        good = self.rows_file("good.txt", 5, 10)
        loader = forebay.load(["missing.txt", good], "chr:S10,pos:i4")
        with self.assertRaises(FileNotFoundError) as caught:
            next(loader)
        self.assertEqual((caught.exception.errno, caught.exception.filename), (2, "missing.txt"))
        self.assertEqual(next(loader)["pos"].tolist(), list(range(5, 15)))
        self.assertRaises(StopIteration, next, loader)
        with self.assertRaises(forebay.NotFoundError):
            loader.source_rows(0)
        self.assertEqual(loader.source_rows(1), 10)

    def test_bad_rows_are_listed(self):
        bad = self.write("bad.txt", "1\nx\n3\n")
        loader = forebay.load(bad, "pos:i4", on_bad_lines="skip")
        self.assertEqual(next(loader)["pos"].tolist(), [1, 3])
        self.assertRaises(StopIteration, next, loader)
        (reject,) = loader.rejects()
        self.assertEqual((reject.path, reject.line, reject.column, reject.text), (str(bad), 2, 1, "x"))
        self.assertEqual((loader.reject_count(), loader.reject_count(0)), (1, 1))

    def test_child_that_is_killed_is_survived(self):
        expected = np.concatenate([rows.copy() for rows in forebay.load(SAMPLE, DTYPE, batch_rows=1000)])
        loader = forebay.load(SAMPLE, DTYPE, batch_rows=1000, split_bytes=50_000, children=2, memory_bytes=1 << 20)
        got = [next(loader).copy()]
        pids = loader.child_pids()
        self.assertTrue(pids)
        os.kill(pids[0], signal.SIGKILL)
        got += [rows.copy() for rows in loader]
        self.assertEqual(digest(np.concatenate(got)), digest(expected))
        self.assertGreaterEqual(loader.progress().child_restarts, 1)

    def test_keeping_every_array_ends_with_what_to_do(self):
        loader = forebay.load([SAMPLE[0]] * 40, DTYPE, batch_rows=5000, memory_bytes=2 << 20)
        kept = []
        with self.assertRaises(forebay.FullError) as caught:
            for rows in loader:
                kept.append(rows)
        self.assertIsInstance(caught.exception, MemoryError)
        self.assertIn("memory_bytes", str(caught.exception))
        self.assertIn("2.0 MiB", str(caught.exception).replace("2 MiB", "2.0 MiB"))
        count = len(kept)
        del rows
        kept.clear()
        count += sum(1 for _ in loader)
        self.assertEqual(count, 160)

    def test_arrays_in_cycles_are_collected_once_the_quota_is_used(self):
        loader = forebay.load([SAMPLE[0]] * 40, DTYPE, batch_rows=5000, memory_bytes=2 << 20)
        count = 0
        for rows in loader:
            knot = [rows]
            knot.append(knot)
            count += 1
        self.assertEqual(count, 160)

    def test_closed_loader_says_so(self):
        loader = forebay.load(SAMPLE, DTYPE)
        loader.close()
        loader.close()
        with self.assertRaisesRegex(forebay.StateError, "was closed"):
            next(loader)

    def test_cancelled_loader_says_so(self):
        loader = forebay.load(SAMPLE, DTYPE)
        loader.cancel()
        self.assertRaises(forebay.CancelledError, next, loader)

    def test_waiting_is_interrupted_by_signals(self):
        os.mkfifo("pipe")
        writer = os.open("pipe", os.O_RDWR)
        self.addCleanup(os.close, writer)

        def interrupt(*_):
            raise KeyboardInterrupt

        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, interrupt))
        loader = forebay.Loader("pos:i4")
        with open(os.open("pipe", os.O_RDONLY), "rb") as reader:
            loader.add_open(reader)
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            self.assertRaises(KeyboardInterrupt, next, loader)
        loader.close()

    def test_time_that_is_over_is_an_error(self):
        os.mkfifo("pipe")
        writer = os.open("pipe", os.O_RDWR)
        self.addCleanup(os.close, writer)
        with forebay.Loader("pos:i4") as loader:
            loader.add_open(writer, "pipe")
            self.assertRaises(TimeoutError, loader.take, 0.05)


class Options(support.Case):
    def test_names_of_numpy_and_pandas_are_understood(self):
        text = "# note\nid;value;ok\n1;1,5;yes\n2;NA;no\n3;2.000,25;yes\n"
        self.write("a.csv", text)
        rows = forebay.read(
            "a.csv",
            "value:f8,ok:?",
            sep=";",
            comments="#",
            header=0,
            usecols=["value", "ok"],
            decimal=",",
            thousands=".",
            na_values=["NA"],
            true_values=["yes"],
            false_values="no",
            max_rows=3,
        )
        self.assertEqual(rows["ok"].tolist(), [True, False, True])
        np.testing.assert_array_equal(rows["value"], [1.5, np.nan, 2000.25])
        by_number = forebay.read("a.csv", "id:i4", delimiter=";", skiprows=2, usecols=0)
        self.assertEqual(by_number["id"].tolist(), [1, 2, 3])
        names = {"separator": ";", "skip_header": 1, "has_header": True, "quote_char": "'", "nullstr": "-", "n_rows": 2}
        as_others = forebay.read("a.csv", "id:i4", usecols=0, **names)
        self.assertEqual(as_others["id"].tolist(), [1, 2])

    def test_fill_is_a_mapping(self):
        self.write("a.txt", "1,,x\n,2.5,\n")
        rows = forebay.read(
            "a.txt", "i:i4,f:f8,s:S3", sep=",", na_values="", filling_values={"i": -9, "f8": 0.5, "S": "a,b"}
        )
        self.assertEqual(rows.tolist(), [(1, 0.5, b"x"), (-9, 2.5, b"a,b")])

    def test_wrong_options_are_refused_by_name(self):
        for options, kind, says in (
            ({"colour": 1}, TypeError, "colour"),
            ({"sep": ",", "delimiter": ";"}, TypeError, "delimiter"),
            ({"sep": "::"}, ValueError, "one character"),
            ({"layout": "diagonal"}, ValueError, "'rows'"),
            ({"children": 1 << 40}, ValueError, "too large"),
            ({"batch_rows": -1}, ValueError, "batch_rows"),
            ({"usecols": [-1]}, ValueError, "negative"),
            ({"header": 2}, ValueError, "header"),
            ({"total_timeout": 0}, ValueError, "total_timeout"),
            ({"quote": "x", "delimiter": "x"}, forebay.ArgumentError, "delimiter"),
        ):
            with self.subTest(options), self.assertRaisesRegex(kind, says):
                forebay.load(SAMPLE, DTYPE, **options)

    def test_dtypes_of_all_forms_are_the_same(self):
        for dtype in (DTYPE, NUMPY, NUMPY.descr):
            self.assertEqual(forebay.numpy_dtype(dtype), NUMPY)
        self.assertEqual(forebay.numpy_dtype("M8[ms]"), np.dtype("M8[ms]"))
        self.assertEqual(forebay.numpy_dtype(float), np.dtype("f8"))
        for bad in ("pos:i3", "U5", object, np.dtype([("a", "i1"), ("b", "i4")], align=True)):
            with self.subTest(bad), self.assertRaises(forebay.DtypeError):
                forebay.numpy_dtype(bad)

    def test_guessed_dtype_loads_the_file(self):
        self.write("a.csv", "name,size\nx,1\ny,22\n")
        guess = forebay.sniff("a.csv")
        self.assertEqual((guess.options["delimiter"], guess.options["header"]), (",", True))
        self.assertEqual(guess.dtype.names, ("name", "size"))
        self.assertEqual(forebay.read("a.csv", guess.dtype_text, **guess.options)["size"].tolist(), [1, 22])
        self.assertEqual(forebay.read("a.csv", sep=",")["size"].tolist(), [1, 22])
        self.assertEqual(forebay.read("*.csv")["size"].tolist(), [1, 22])
        with self.assertRaisesRegex(ValueError, "no files"):
            forebay.load([])
        self.assertRaises(FileNotFoundError, forebay.load, "none*.csv")

    def test_patterns_folders_and_open_files_are_added(self):
        for i in (1, 2, 10):
            self.rows_file(f"chr{i}.txt", i, 1)
        loader = forebay.load("chr*.txt", "chr:S10,pos:i4")
        self.assertEqual([rows["pos"][0] for rows in loader], [1, 2, 10])
        loader = forebay.Loader("chr:S10,pos:i4")
        self.assertEqual(loader.add(self.folder), 3)
        loader.add_file("chr1.txt", max_rows=1)
        with open("chr2.txt", "rb") as file:
            loader.add_open(file)
        self.assertEqual([int(rows["pos"][0]) for rows in loader], [1, 2, 10, 1, 2])
        self.assertEqual(loader.paths[-1], "chr2.txt")

    def test_progress_counts_bytes_and_rows(self):
        loader = forebay.load(SAMPLE, DTYPE, progress=True)
        for _ in loader:
            pass
        progress = loader.progress()
        self.assertEqual((progress.rows_done, progress.sources_done, progress.sources_total), (40000, 2, 2))
        self.assertEqual(progress.bytes_done, sum(path.stat().st_size for path in SAMPLE))

    def test_bar_is_shown_where_tqdm_is_installed(self):
        shown = []

        class Bar:
            def __init__(self, **options):
                self.n, self.total = 0, None

            def update(self, more):
                self.n += more
                shown.append((self.n, self.total))

            def close(self):
                shown.append("closed")

        tqdm = types.ModuleType("tqdm.auto")
        tqdm.tqdm = Bar
        with unittest.mock.patch.dict(sys.modules, {"tqdm": types.ModuleType("tqdm"), "tqdm.auto": tqdm}):
            for _ in forebay.load(SAMPLE, DTYPE, progress=True):
                pass
        size = sum(path.stat().st_size for path in SAMPLE)
        self.assertEqual(shown[-2:], [(size, size), "closed"])

    @needs("tqdm")
    def test_bar_of_tqdm_reaches_its_end(self):
        printed = io.StringIO()
        with contextlib.redirect_stderr(printed):
            for _ in forebay.load(SAMPLE, DTYPE, progress=True):
                pass
        self.assertRegex(printed.getvalue(), r"100%.*\n$")

    def test_order_any_brings_all_rows(self):
        total = sum(len(rows) for rows in forebay.load(SAMPLE * 3, DTYPE, order="any", batch_rows=999))
        self.assertEqual(total, 120_000)


class Threads(support.Case):
    def test_threads_share_one_loader(self):
        loader = forebay.load([SAMPLE[0]] * 8, DTYPE, batch_rows=1000)
        lengths = []

        def work():
            for rows in loader:
                lengths.append(len(rows))

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(sum(lengths), 160_000)

    def test_loaders_of_several_threads_run_side_by_side(self):
        sums = []

        def work():
            sums.append(sum(int(rows["pos"].astype("i8").sum()) for rows in forebay.load(SAMPLE, DTYPE, children=1)))

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(len(sums), 4)
        self.assertEqual(len(set(sums)), 1)

    def test_load_that_waits_is_cancelled_by_another_thread(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        loader = forebay.Loader("pos:i4")
        loader.add_open(reader, "pipe")
        ends = []

        def work():
            try:
                next(loader)
            except forebay.CancelledError as failure:
                ends.append(failure.name)

        worker = threading.Thread(target=work)
        worker.start()
        loader.cancel()
        worker.join()
        self.assertEqual(ends, ["FOREBAY_E_CANCELLED"])

    def test_array_let_go_in_another_thread_comes_home(self):
        loader = forebay.load(SAMPLE, DTYPE, batch_rows=5000)
        held = [next(loader)]
        thread = threading.Thread(target=held.clear)
        thread.start()
        thread.join()
        for _ in loader:
            pass
        del _
        self.assertEqual(loader.memory()["blocks_lent"], 0)


class Filled(support.Case):
    def test_arrays_of_an_arena_are_filled_by_the_program(self):
        arena = forebay.Arena(1 << 20)
        for layout in ("rows", "columns"):
            array = arena.lease("pos:i4,pct:f8", 100, layout)
            self.assertEqual((array.rows, array.layout, array.source), (0, layout, None))
            room = array.numpy(capacity=True) if layout == "rows" else array.columns(capacity=True)
            room["pos"][:3] = 1, 2, 3
            array.set_rows(3)
            self.assertEqual(array["pos"].tolist(), [1, 2, 3])
            self.assertTrue(support.is_shared(array["pos"]))
        del arena
        self.assertEqual(array["pos"].tolist(), [1, 2, 3])

    def test_full_arena_collects_and_then_fails(self):
        arena = forebay.Arena(64 << 10)
        for _ in range(40):
            knot = [arena.lease("i4", 1000)]
            knot.append(knot)
        kept = []
        with self.assertRaises(forebay.FullError):
            while True:
                kept.append(arena.lease("i4", 1000))
        self.assertGreater(len(kept), 3)

    def test_shared_array_is_attached_read_only(self):
        rows = next(forebay.load(SAMPLE, DTYPE))
        descriptor = forebay.array_of(rows).share()
        array = forebay.attach(descriptor, DTYPE)
        with self.assertRaises(forebay.MismatchError):
            forebay.attach(descriptor, "i4")
        os.close(descriptor)
        self.assertTrue(array.read_only)
        values = array.numpy()
        self.assertFalse(values.flags.writeable)
        self.assertTrue(np.array_equal(values, rows))


if __name__ == "__main__":
    support.main()
