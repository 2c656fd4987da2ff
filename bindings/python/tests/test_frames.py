#!/usr/bin/env python3
"""Frames of pandas, polars and pyarrow are appended to a table."""

import support
from support import DTYPE, SAMPLE, needs, np

import forebay

ROW = [("name", "S5"), ("pos", "<i8"), ("pct", "<f8"), ("is_sold", "?"), ("day", "<M8[D]"), ("time", "<M8[us]")]
ROWS = [
    (b"a", 1, 0.5, True, "2024-01-01", "2024-01-01T00:00:01"),
    (b"", -2, 1.5, False, "1969-12-31", "1969-12-31T23:59:59"),
    (b"later", 3, -0.0, True, "2024-02-29", "2024-01-01T00:00:00.000001"),
]


class Frames(support.Case):
    """What others hold as columns is appended by the names of these."""

    def setUp(self):
        super().setUp()
        self.rows = np.array(ROWS, ROW)
        self.store = forebay.open("a.h5", "w")
        self.addCleanup(self.store.close)
        self.table = self.store.table("data", ROW)

    def check(self, *frames):
        for frame in frames:
            self.table.append(frame)
        self.assertEqual(self.table[:].tobytes(), np.concatenate([self.rows] * len(frames)).tobytes())

    def refused(self, says, frame, table=None):
        with self.assertRaises(forebay.MismatchError) as caught:
            (table or self.table).append(frame)
        self.assertIn(says, str(caught.exception))

    @needs("pandas")
    def test_pandas(self):
        import pandas

        frame = pandas.DataFrame({name: self.rows[name] for name in ("pos", "pct", "is_sold")})
        frame["name"] = [text.decode() for text in self.rows["name"]]
        frame["more"] = 1
        row = [entry for entry in ROW if "M8" not in entry[1]]
        table = self.store.table("pandas", row)
        table.append(frame)
        table.append(frame[["pos", "name", "is_sold", "pct"]].astype({"name": "category"}))
        expected = np.array([entry[:4] for entry in ROWS] * 2, row)
        self.assertEqual(table[:].tobytes(), expected.tobytes())
        table.append(frame.iloc[:0])
        frame["time"] = pandas.to_datetime(["2024-01-01", None, "2024-01-02"])
        times = self.store.table("times", "time:M8[ns]")
        times.append(frame)
        self.assertEqual(np.isnat(times[:]["time"]).tolist(), [False, True, False])
        self.refused("the table needs name, pos", frame[["pos"]], table)
        self.refused("column 'pos' is of float64, the table has int64", frame.assign(pos=0.5), table)
        self.refused("text of 6 bytes, the table has room for 5", frame.assign(name="longer"), table)
        self.refused("column 'name' has values that are neither", frame.assign(name=None), table)
        self.assertEqual(len(table), 6)

    @needs("polars")
    def test_polars(self):
        import polars

        frame = polars.DataFrame(
            {"more": [1, 2, 3], **{name: self.rows[name] for name in ("pos", "pct", "is_sold", "day", "time")}}
        ).with_columns(polars.Series("name", [text.decode() for text in self.rows["name"]]))
        coded = frame.with_columns(polars.col("name").cast(polars.Categorical))
        self.check(frame, coded, polars.concat([frame[:1], frame[1:]]), polars.concat([frame, frame])[3:])
        self.refused("column 'pct' is of int64", frame.with_columns(polars.col("pos").alias("pct")))
        self.refused("column 'pos' has missing values", frame.with_columns(pos=polars.Series([1, None, 3])))
        self.refused("text of 20 bytes", frame.with_columns(polars.lit("twenty bytes of text").alias("name")))

    @needs("pyarrow")
    def test_pyarrow(self):
        import pyarrow

        columns = {name: pyarrow.array(self.rows[name]) for name in ("pos", "pct", "is_sold", "day", "time")}
        texts = [text.decode() for text in self.rows["name"]]
        kinds = [pyarrow.string(), pyarrow.large_string(), pyarrow.binary(), pyarrow.string_view()]
        tables = [pyarrow.table({**columns, "name": pyarrow.array(texts, kind)}) for kind in kinds]
        coded = pyarrow.table({**columns, "name": pyarrow.array(texts).dictionary_encode()})
        sliced = pyarrow.concat_tables([tables[0]] * 2).combine_chunks().slice(3)
        reader = pyarrow.RecordBatchReader.from_batches(tables[0].schema, tables[0].to_batches(max_chunksize=2))
        self.check(*tables, coded, sliced, tables[0].to_batches()[0], reader)
        self.refused("which no dtype can hold", pyarrow.table({**columns, "name": [[1], [2], [3]]}))

    @needs("pyarrow")
    def test_missing_numbers_and_sub_arrays_of_pyarrow(self):
        import pyarrow

        table = self.store.table("nested", [("x", "<f8"), ("t", "<f4", (2, 3))])
        inner = pyarrow.list_(pyarrow.list_(pyarrow.float32(), 3), 2)
        t = pyarrow.array([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]], inner)
        table.append(pyarrow.table({"x": pyarrow.array([None, 2.0]), "t": t}).slice(0))
        table.append(pyarrow.table({"x": pyarrow.array([None, 2.0]), "t": t}).slice(1))
        self.assertEqual(table[:]["t"][:, 1, 2].tolist(), [6, 12, 12])
        self.assertEqual(np.isnan(table[:]["x"]).tolist(), [True, False, False])
        bare = self.store.table("bare", "i4")
        bare.append(pyarrow.table({"any": pyarrow.array([1, 2], pyarrow.int32())}))
        self.assertEqual(bare[:].tolist(), [1, 2])
        self.refused("the table needs one column", pyarrow.table({"a": [1], "b": [2]}), bare)

    @needs("pyarrow")
    def test_columns_of_a_loader_come_back_as_they_went(self):
        import pyarrow

        loader = forebay.load(SAMPLE, DTYPE, layout="columns")
        frame = pyarrow.RecordBatchReader.from_stream(loader).read_all()
        table = self.store.table("sites", DTYPE)
        table.append(frame)
        expected = np.concatenate([rows.copy() for rows in forebay.load(SAMPLE, DTYPE)])
        self.assertEqual(table[:].tobytes(), expected.tobytes())


if __name__ == "__main__":
    support.main()
