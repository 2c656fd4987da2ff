#!/usr/bin/env python3
"""Columns go to pyarrow, polars, pandas and DLPack without a copy, and hold their lease."""

import gc
import unittest

import support
from support import DTYPE, NUMPY, SAMPLE, needs, np

import forebay
from forebay import _arrow

TYPES = "s:S4,i:i2,u:u8,f:f4,b:?,at:M8[ms],t:f4[2,2]"


def columns(**options):
    return forebay.load(SAMPLE[0], DTYPE, layout="columns", **options)


def lent(loader):
    gc.collect()
    _arrow.reap()
    return loader.memory()["blocks_lent"]


class Capsules(support.Case):
    def test_capsule_that_nobody_takes_gives_its_lease_back(self):
        loader = columns()
        array = loader.take()
        schema, values = array.__arrow_c_array__()
        tensor = array.column("pos").__dlpack__()
        del array
        self.assertEqual(lent(loader), 1)
        del values, tensor
        self.assertEqual(lent(loader), 0)
        self.assertIn("arrow_schema", repr(schema))

    def test_capsules_survive_an_exception_on_its_way(self):
        loader = columns()
        array = loader.take()

        def consumer():
            capsules = array.__arrow_c_array__()
            raise KeyError(len(capsules))

        self.assertRaises(KeyError, consumer)
        del array
        self.assertEqual(lent(loader), 0)

    def test_rows_layout_says_what_to_do(self):
        array = forebay.array_of(next(forebay.load(SAMPLE[0], DTYPE)))
        with self.assertRaisesRegex(forebay.ArgumentError, "layout columns"):
            array.__arrow_c_array__()

    def test_types_without_an_arrow_type_are_named(self):
        self.write("day.txt", "2024-01-02\n")
        array = forebay.load("day.txt", "day:M8[D]", layout="columns").take()
        with self.assertRaisesRegex(forebay.ArgumentError, "'day'"):
            array.__arrow_c_schema__()


@unittest.skipIf(not hasattr(np, "from_dlpack"), "numpy is older than 1.22")
class Tensors(support.Case):
    def test_numpy_takes_a_tensor_without_a_copy(self):
        loader = columns()
        array = loader.take()
        pos = np.from_dlpack(array.column("pos"))
        self.assertEqual(pos.ctypes.data, array["pos"].ctypes.data)
        del array
        self.assertEqual(lent(loader), 1)
        self.assertEqual(pos[0], 14430632)
        del pos
        self.assertEqual(lent(loader), 0)

    def test_packed_rows_are_strided_where_that_can_be_said(self):
        self.write("m.txt", "1 2 3\n4 5 6\n")
        array = forebay.load("m.txt", "a:f4,t:f4[2]").take()
        self.assertEqual(np.from_dlpack(array.column("t")).tolist(), [[2, 3], [5, 6]])
        odd = forebay.load(SAMPLE[0], DTYPE).take()
        with self.assertRaisesRegex(BufferError, "layout columns"):
            np.from_dlpack(odd.column("pos"))

    def test_what_dlpack_cannot_say_is_a_buffer_error(self):
        array = columns().take()
        for column, options in (
            ("chr", {}),
            ("pos", {"stream": 1}),
            ("pos", {"copy": True}),
            ("pos", {"dl_device": (2, 0)}),
        ):
            with self.subTest(column, **options), self.assertRaises(BufferError):
                array.column(column).__dlpack__(**options)
        with self.assertRaises(BufferError):
            array.__dlpack__()
        self.assertEqual(array.__dlpack_device__(), (1, 0))

    def test_both_forms_of_dlpack_are_given(self):
        column = columns().take().column("pct")
        self.assertIn('"dltensor"', repr(column.__dlpack__()))
        self.assertIn('"dltensor"', repr(column.__dlpack__(max_version=(0, 8))))
        self.assertIn('"dltensor_versioned"', repr(column.__dlpack__(max_version=(1, 0))))


@needs("pandas")
class Pandas(support.Case):
    def test_data_frame_of_columns_is_the_shared_memory(self):
        import pandas

        array = columns().take()
        frame = pandas.DataFrame(array.columns(), copy=False)
        self.assertEqual(list(frame), list(NUMPY.names))
        if tuple(map(int, pandas.__version__.split(".")[:2])) >= (1, 3):  # older ones copy
            self.assertTrue(np.shares_memory(frame["pos"].to_numpy(), array["pos"]))
        self.assertEqual(frame["pos"].iloc[0], 14430632)

    def test_data_frame_of_rows_has_the_fields(self):
        import pandas

        frame = pandas.DataFrame(next(forebay.load(SAMPLE[0], DTYPE)))
        self.assertEqual((len(frame), list(frame)), (20000, list(NUMPY.names)))


@needs("pyarrow")
class PyArrow(support.Case):
    def test_record_batch_is_the_shared_memory(self):
        import pyarrow

        loader = columns()
        array = loader.take()
        batch = pyarrow.record_batch(array)
        batch.validate(full=True)
        self.assertEqual(batch.schema.names, list(NUMPY.names))
        self.assertEqual(batch.schema.field("chr").type, pyarrow.binary(10))
        self.assertEqual(batch.column("pos").buffers()[1].address, array["pos"].ctypes.data)
        self.assertTrue(np.array_equal(batch.column("pct").to_numpy(), array["pct"]))
        expected = array["pos"][5:8].tolist()
        del array
        self.assertEqual(lent(loader), 1)
        part = batch.column("pos").slice(5, 3)
        del batch
        self.assertEqual((part.to_pylist(), lent(loader)), (expected, 1))
        del part
        self.assertEqual(lent(loader), 0)

    def test_every_type_arrives(self):
        import pyarrow

        self.write("t.txt", "ab 1 2 1.5 1 2024-05-06T07:08:09.010 1 2 3 4\n")
        array = forebay.load("t.txt", TYPES, layout="columns").take()
        batch = pyarrow.record_batch(array)
        batch.validate(full=True)
        row = batch.to_pylist()[0]
        self.assertEqual((row["s"], row["i"], row["u"], row["f"]), (b"ab\0\0", 1, 2, 1.5))
        self.assertEqual(row["t"], [[1, 2], [3, 4]])
        self.assertEqual(str(batch.schema.field("at").type), "timestamp[ms]")
        self.assertEqual(str(row["at"])[:19], "2024-05-06 07:08:09")
        self.assertIn(row["b"], (True, 1))

    def test_one_column_is_an_array(self):
        import pyarrow

        array = columns().take()
        pos = pyarrow.array(array.column("pos"))
        self.assertEqual((pos.type, pos[0].as_py()), (pyarrow.int32(), 14430632))

    def test_loader_is_a_table(self):
        import pyarrow

        table = pyarrow.table(forebay.load(SAMPLE, DTYPE, layout="columns", batch_rows=4096))
        self.assertEqual((table.num_rows, table.column("pos").num_chunks), (40000, 10))
        self.assertEqual(table.column("pos")[0].as_py(), 14430632)

    def test_reader_outlives_its_loader(self):
        import pyarrow

        loader = columns(batch_rows=4096)
        reader = pyarrow.RecordBatchReader.from_stream(loader)
        loader.close()
        self.assertEqual(sum(batch.num_rows for batch in reader), 20000)

    def test_failure_of_a_file_is_told(self):
        import pyarrow

        bad = self.write("bad.txt", "x\n")
        with self.assertRaisesRegex(Exception, "bad.txt:1:1"):
            pyarrow.table(forebay.load(bad, "pos:i4", layout="columns"))

    def test_consumer_that_keeps_too_much_is_told_what_to_raise(self):
        import pyarrow

        loader = forebay.load([SAMPLE[0]] * 40, DTYPE, layout="columns", batch_rows=4096, memory_bytes=2 << 20)
        with self.assertRaisesRegex(Exception, "memory_bytes"):
            pyarrow.table(loader)


@needs("polars")
class Polars(support.Case):
    def test_loader_is_a_data_frame(self):
        import polars

        frame = polars.DataFrame(forebay.load(SAMPLE, DTYPE, layout="columns"))
        self.assertEqual((frame.shape, frame["pos"][0]), ((40000, 5), 14430632))


@unittest.skipIf(
    support.module("pandas") is None or not hasattr(support.module("pandas").DataFrame, "from_arrow"),
    "pandas has no from_arrow yet",
)
@needs("pyarrow")
class PandasArrow(support.Case):
    def test_loader_is_a_data_frame(self):
        import pandas

        frame = pandas.DataFrame.from_arrow(forebay.load(SAMPLE, DTYPE, layout="columns"))
        self.assertEqual((len(frame), frame["pos"].iloc[0]), (40000, 14430632))


if __name__ == "__main__":
    support.main()
