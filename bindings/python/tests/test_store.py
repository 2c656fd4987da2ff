#!/usr/bin/env python3
"""Stores: tables of one HDF5 file, written and read."""

import gc
import os
import signal
import subprocess
import sys
import warnings

import support
from support import DTYPE, NUMPY, SAMPLE, needs, np

import forebay

ROW = "chr:S10,pos:i4"
RECORD = np.dtype([("chr", "S10"), ("pos", "<i4")])


class Upkeep(support.Case):
    def test_commit_goes_on_behind_the_call(self):
        with forebay.open("a.h5") as store:
            table = store.table("data", ROW)
            self.assertTrue(store.commit_poll())
            table.append([(b"chr1", 1)])
            store.commit()
            table.append([(b"chr1", 2)])
            self.assertGreater(store.commit_begin(), 0)
            table.append([(b"chr1", 3)])
            self.assertTrue(store.commit_poll(None))
            store.abandon()
        with forebay.open("a.h5", "r") as store:
            self.assertEqual(store["data"]["pos"].tolist(), [1, 2])

    def test_file_is_looked_at_and_repacked(self):
        with forebay.open("a.h5") as store:
            table = store.table("data", ROW, chunk_rows=100, compression="gzip")
            self.assertEqual((forebay.info("a.h5").journal, forebay.info("a.h5").writer), ("live", os.getpid()))
            for first in range(0, 1000, 30):
                table.append([(b"chr1", i) for i in range(first, min(first + 30, 1000))])
                store.commit()
        before = forebay.info("a.h5")
        self.assertEqual((before.journal, before.writer, before.journal_bytes), ("none", 0, 0))
        self.assertGreater(before.left_bytes, 0)
        done = forebay.repack("a.h5", "b.h5")
        self.assertEqual((done.tables, done.rows, done.bytes_before), (1, 1000, before.file_bytes))
        self.assertLess(done.bytes_after, done.bytes_before)
        with self.assertRaises(forebay.ExistsError):
            forebay.repack("a.h5", "b.h5")
        forebay.repack("a.h5", "b.h5", replace=True)
        forebay.repack("a.h5")
        for path in ("a.h5", "b.h5"):
            with forebay.open(path, "r") as store:
                self.assertEqual(store["data"]["pos"].tolist(), list(range(1000)))


class Writing(support.Case):
    def test_rows_of_all_kinds_are_appended(self):
        with forebay.open("a.h5") as store:
            table = store.table("data", ROW)
            table.append([(b"chr1", 1), (b"chr2", 2)])
            table.append(np.array([(b"chr3", 3)], RECORD))
            table.append(np.array([(b"x", 0), (b"chr4", 4)], RECORD)[::-1][:1])
            table.append(np.array([(b"chr5", 5)], [("chr", "S10"), ("pos", ">i4")]))
            self.assertEqual((len(table), table.dtype), (5, RECORD))
            self.assertEqual(table["pos"].tolist(), [1, 2, 3, 4, 5])
        with forebay.open("a.h5", "r") as store:
            self.assertEqual(store["data"]["chr"].tolist(), [b"chr1", b"chr2", b"chr3", b"chr4", b"chr5"])

    def test_rows_of_another_dtype_are_refused(self):
        with forebay.open("a.h5") as store:
            table = store.table("data", ROW)
            with self.assertRaisesRegex(forebay.MismatchError, "astype"):
                table.append(np.zeros(2, [("chr", "S10"), ("pos", "f8")]))
            with self.assertRaises(TypeError):
                store.table("data", "pos:i4")
            self.assertEqual(len(table), 0)

    def test_arrays_of_a_loader_go_without_a_copy_where_they_fit(self):
        with forebay.open("a.h5") as store:
            table = store.table("data", DTYPE, chunk_rows=5000)
            for rows in forebay.load(SAMPLE, DTYPE, batch_rows=5000):
                table.append(rows)
            self.assertEqual((len(table), table.bytes_copied), (40000, 0))
            table.append(next(forebay.load(SAMPLE, DTYPE, batch_rows=5000))[1:10])
            self.assertEqual(len(table), 40009)
            columns = store.table("columns", DTYPE, layout="columns", chunk_rows=4096)
            for array in forebay.load(SAMPLE[0], DTYPE, layout="columns", batch_rows=4096):
                columns.append(array)
            self.assertEqual(columns.info().layout, "columns")
            self.assertTrue(np.array_equal(columns["pct"], table["pct", :20000]))

    def test_nested_and_bare_types_are_stored(self):
        with forebay.open("a.h5") as store:
            table = store.table("maps", "f4[2,3]")
            table.append(np.arange(12, dtype="f4").reshape(2, 2, 3))
            self.assertEqual(table[1].tolist(), [[6, 7, 8], [9, 10, 11]])
            self.assertEqual(table[:].shape, (2, 2, 3))
            plain = store.table("run/times", "f8")
            plain.append([1, 2.5])
            self.assertEqual(plain[::-1].tolist(), [2.5, 1])

    def test_block_that_fails_leaves_the_last_commit(self):
        with self.assertRaises(ZeroDivisionError), forebay.open("a.h5") as store:
            table = store.table("data", ROW)
            table.append([(b"chr1", 1)])
            store.commit()
            table.append([(b"chr2", 2)])
            raise ZeroDivisionError
        with forebay.open("a.h5", "r") as store:
            self.assertEqual(store["data"]["pos"].tolist(), [1])

    def test_modes_are_those_of_h5py(self):
        with forebay.open("a.h5", "x") as store:
            store.table("data", ROW)
        self.assertRaises(FileExistsError, forebay.open, "a.h5", "x")
        self.assertRaises(FileNotFoundError, forebay.open, "none.h5", "r")
        self.assertRaises(ValueError, forebay.open, "a.h5", "rw")
        with forebay.open("a.h5", "r") as store:
            self.assertRaises(forebay.StateError, store["data"].append, [(b"chr1", 1)])

    def test_compression_is_named_as_in_h5py(self):
        with forebay.open("a.h5") as store:
            store.load(
                SAMPLE,
                DTYPE,
                table_options={"compression": "gzip", "compression_opts": 1, "shuffle": True, "chunk_rows": 8192},
            )
            info = store["data"].info()
            self.assertEqual((info.deflate, info.shuffle), (1, True))
            for compression, level in (("zstd", 5), ("zstd", None), ("lz4", None), ("blosc", 9), ("blosc", None)):
                table = store.table(
                    f"{compression}{level}", ROW, chunk_rows=100, compression=compression, compression_opts=level
                )
                table.append([(b"chr1", i) for i in range(1000)])
                self.assertEqual(table["pos"].tolist(), list(range(1000)))
                self.assertEqual([int(some["pos"][0]) for some in table][0], 0)
                self.assertEqual(
                    (table.info().zstd, table.info().lz4, table.info().blosc),
                    {"zstd": (level or 3, False, 0), "lz4": (0, True, 0), "blosc": (0, False, level or 5)}[compression],
                )
            self.assertRaises(ValueError, store.table, "b", ROW, compression="lz4", compression_opts=3)
            self.assertRaises(forebay.ArgumentError, store.table, "b", ROW, compression="blosc", shuffle=True)
            self.assertRaises(ValueError, store.table, "b", ROW, compression="lzf")
            self.assertRaises(ValueError, store.table, "b", ROW, compression_opts=3)

    def test_store_that_is_forgotten_warns(self):
        store = forebay.open("a.h5")
        store.table("data", ROW).append([(b"chr1", 1)])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del store
            gc.collect()
        self.assertEqual([warning.category for warning in caught], [RuntimeWarning])
        self.assertIn("are lost", str(caught[0].message))
        with forebay.open("a.h5") as again:
            self.assertEqual(list(again), [])

    def test_closed_store_says_so(self):
        store = forebay.open("a.h5")
        table = store.table("data", ROW)
        store.close()
        store.close()
        for body in (lambda: table.append([(b"", 1)]), lambda: len(table), lambda: list(store), store.commit):
            with self.assertRaisesRegex(forebay.StateError, "was closed"):
                body()

    def test_failed_open_leaves_nothing(self):
        self.write("text.h5", "no HDF5")
        before = support.descriptors()
        self.assertRaises(forebay.FormatError, forebay.open, "text.h5")
        self.assertEqual(support.descriptors(), before)


class Mapping(support.Case):
    def test_store_is_a_mapping_of_its_tables(self):
        with forebay.open("a.h5") as store:
            store.table("b", ROW)
            store.table("run/a", ROW)
            self.assertEqual((list(store), len(store), "b" in store, "c" in store), (["b", "run/a"], 2, True, False))
            self.assertIs(store["b"], store["b"])
            self.assertRaises(KeyError, lambda: store["c"])
            self.assertIsNone(store.get("c"))
            self.assertEqual([name for name, table in store.items() if len(table) == 0], ["b", "run/a"])

    def test_slices_are_those_of_a_list(self):
        values = list(range(100, 120))
        with forebay.open("a.h5") as store:
            table = store.table("data", "pos:i4", chunk_rows=7)
            table.append([(value,) for value in values])
            for key in (
                slice(None),
                slice(3, 9),
                slice(-4, None),
                slice(None, None, 3),
                slice(None, None, -1),
                slice(15, 2, -4),
                slice(5, 5),
                slice(50, 60),
                slice(-100, 2),
            ):
                with self.subTest(key):
                    self.assertEqual(table[key]["pos"].tolist(), values[key])
                    self.assertEqual(table["pos", key].tolist(), values[key])
            self.assertEqual((table[3]["pos"], table["pos", -1]), (103, 119))
            self.assertEqual(np.concatenate(list(table))["pos"].tolist(), values)
            self.assertRaises(IndexError, lambda: table[20])
            self.assertRaises(KeyError, lambda: table["x"])
            self.assertRaises(TypeError, lambda: table[1.5])

    def test_attributes_are_texts_and_numbers(self):
        with forebay.open("a.h5") as store:
            attrs = store.table("data", ROW).attrs
            attrs["unit"] = "µm " * 100
            attrs["scale"] = 2
            attrs["unit"] = "mm"
            self.assertEqual(dict(attrs), {"scale": 2.0, "unit": "mm"})
            self.assertRaises(KeyError, lambda: attrs["x"])
        with forebay.open("a.h5", "r") as store:
            self.assertEqual(store["data"].attrs["unit"], "mm")


class Loading(support.Case):
    def test_files_go_straight_into_a_table(self):
        with forebay.open("a.h5") as store:
            done = store.load(SAMPLE, DTYPE, progress=True)
            self.assertEqual((done.rows, done.sources_failed, done.rejects), (40000, 0, 0))
            self.assertEqual(store.load(SAMPLE[0]).rows, 20000)
            expected = np.concatenate(forebay.read([*SAMPLE, SAMPLE[0]], DTYPE))
            self.assertEqual(store["data"][:].tobytes(), expected.tobytes())
            store.commit()
            self.assertEqual(store.verify(), 60000)

    def test_interrupted_load_is_finished_by_doing_it_again(self):
        files = [self.rows_file(f"{i}.txt", i * 1000, 1000) for i in range(6)]
        with forebay.open("a.h5") as store:
            store.load(files[:3], ROW)
            store.commit()
            self.assertEqual(store.load(files, ROW, resume=True).rows, 3000)
            self.assertEqual(store.load(files, ROW, resume=True).rows, 0)
            self.assertEqual(store["data"]["pos"].tolist(), list(range(6000)))
            self.assertEqual(
                [(source.path, source.state, source.rows) for source in store["data"].sources()],
                [(str(path), "complete", 1000) for path in files],
            )

    def test_rows_stored_otherwise_are_recorded_by_consume(self):
        files = [self.rows_file(f"{i}.txt", i * 1000, 1000) for i in range(2)]
        with forebay.open("a.h5") as store:
            table = store.table("data", ROW)
            loader = forebay.load(files, ROW, batch_rows=300)
            rows = next(loader)
            table.append(rows[::2].copy())
            table.consume(loader, rows)
            with self.assertRaises(ValueError):
                table.consume(loader, rows[::2].copy())
            again = forebay.load(files, ROW)
            table.resume(again)
            self.assertEqual(next(again)["pos"][0], 300)

    def test_failed_file_keeps_its_rows_and_is_raised(self):
        bad, good = self.write("bad.txt", "a 1\nb x\n"), self.rows_file("good.txt", 7, 2)
        with forebay.open("a.h5") as store:
            with self.assertRaises(forebay.BadValueError) as caught:
                store.load([bad, good], ROW)
            self.assertEqual((caught.exception.path, caught.exception.line), (str(bad), 2))
            self.assertEqual(store["data"]["pos"].tolist(), [1, 7, 8])

    def test_rejects_are_remembered_by_the_file(self):
        bad = self.write("bad.txt", "a 1\nb x\nc 3\n")
        with forebay.open("a.h5") as store:
            self.assertEqual(store.load(bad, ROW, on_error="skip").rejects, 1)
        with forebay.open("a.h5", "r") as store:
            (reject,) = store.rejects()
            self.assertEqual((reject.line, reject.column, reject.text), (2, 2, "b x"))

    def test_guessed_dtype_makes_the_table(self):
        self.write("a.csv", "name,size\nx,1\ny,22\n")
        with forebay.open("a.h5") as store:
            store.load("a.csv")
            self.assertEqual(store["data"]["size"].tolist(), [1, 22])


WRITER = """
import os, signal, sys
import forebay
store = forebay.open("a.h5")
table = store.table("data", "pos:i4")
table.append([(1,), (2,)])
store.commit()
table.append([(3,)])
print("ready", flush=True)
if sys.stdin.readline().strip() == "die":
    os.kill(os.getpid(), signal.SIGKILL)
store.commit()
print("done", flush=True)
sys.stdin.readline()
store.close()
"""


class Processes(support.Case):
    def writer(self):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.stdout.close)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def tell(self, process, word):
        process.stdin.write(word + "\n")
        process.stdin.flush()

    def test_killed_writer_leaves_its_commits(self):
        process = self.writer()
        with self.assertRaisesRegex(forebay.BusyError, str(process.pid)):
            forebay.open("a.h5")
        self.tell(process, "die")
        self.assertEqual(process.wait(), -signal.SIGKILL)
        with forebay.open("a.h5", "r") as store:
            self.assertEqual(store["data"]["pos"].tolist(), [1, 2])
        self.assertEqual(forebay.recover("a.h5").action, "replayed")
        self.assertEqual(forebay.recover("a.h5").action, "nothing")
        with forebay.open("a.h5", "r") as store:
            self.assertEqual(store["data"]["pos"].tolist(), [1, 2])

    def test_reader_follows_a_writer(self):
        process = self.writer()
        with forebay.open("a.h5", "r") as store:
            table = store["data"]
            self.assertEqual(len(table), 2)
            self.assertFalse(store.refresh())
            self.tell(process, "commit")
            self.assertEqual(process.stdout.readline(), "done\n")
            self.assertTrue(store.refresh())
            self.assertEqual(store["data"]["pos"].tolist(), [1, 2, 3])

    def test_fork_has_no_part_in_the_store(self):
        with forebay.open("a.h5") as store:
            table = store.table("data", ROW)
            table.append([(b"chr1", 1)])
            child = os.fork()
            if child == 0:
                refused = 0
                for body in (store.commit, lambda: len(table), lambda: table.append([(b"", 2)])):
                    try:
                        body()
                    except forebay.StateError:
                        refused += 1
                del store, table
                gc.collect()
                os._exit(0 if refused == 3 else 1)
            self.assertEqual(os.waitpid(child, 0)[1], 0)
        with forebay.open("a.h5", "r") as store:
            self.assertEqual(store["data"]["pos"].tolist(), [1])


@needs("h5py")
class WithH5py(support.Case):
    def test_closed_file_is_plain_hdf5(self):
        import h5py

        with forebay.open("a.h5") as store:
            store.load(SAMPLE, DTYPE)
        with h5py.File("a.h5", "r") as file:
            self.assertEqual(file["data"].dtype, NUMPY)
            self.assertEqual(file["data"][:].tobytes(), np.concatenate(forebay.read(SAMPLE, DTYPE)).tobytes())

    def test_both_work_on_files_of_their_own_at_once(self):
        import h5py

        with forebay.open("a.h5") as store, h5py.File("b.h5", "w") as file:
            table = store.table("data", "pos:i4", chunk_rows=1000)
            other = file.create_dataset("data", (0,), "i4", maxshape=(None,), chunks=(1000,), compression="gzip")
            for first in range(0, 50_000, 500):
                values = np.arange(first, first + 500, dtype="i4")
                table.append(values.view([("pos", "<i4")]))
                other.resize((first + 500,))
                other[first:] = values
                if first % 5000 == 0:
                    store.commit()
            self.assertEqual(other[:].tolist(), table["pos"].tolist())
        with h5py.File("a.h5", "r") as file:
            self.assertEqual(file["data"]["pos"].tolist(), list(range(50_000)))


if __name__ == "__main__":
    support.main()
