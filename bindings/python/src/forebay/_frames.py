"""Rows that somebody else holds as columns (a frame of pandas or polars, a table of pyarrow), as packed records.

Each column is seen as a numpy array where it lies; the values are copied once, into the records.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from . import errors

_NUMBERS = {
    "c": "i1", "C": "u1", "s": "i2", "S": "u2", "i": "i4", "I": "u4", "l": "i8", "L": "u8",
    "e": "f2", "f": "f4", "g": "f8", "tdm": "M8[ms]",
}  # fmt: skip
_UNITS = {"s": "s", "m": "ms", "u": "us", "n": "ns"}


class _Schema(ctypes.Structure):
    pass


class _Array(ctypes.Structure):
    pass


class _Stream(ctypes.Structure):
    pass


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))),
    ("private_data", ctypes.c_void_p),
]
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.POINTER(_Array)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(_Stream))),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Stream))),
    ("private_data", ctypes.c_void_p),
]

_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = ctypes.c_void_p
_pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]


def mismatch(text: str) -> errors.MismatchError:
    return errors.MismatchError(text, -13, name="FOREBAY_E_MISMATCH")


@contextlib.contextmanager
def _owned(struct: Any) -> Iterator[Any]:
    try:
        yield struct
    finally:
        if struct.release:
            struct.release(ctypes.byref(struct))


def _check(stream: _Stream, code: int) -> None:
    if code:
        text = stream.get_last_error(ctypes.byref(stream))
        raise OSError(code, (text or b"the stream of Arrow batches failed").decode(errors="replace"))


def _batches(frame: Any) -> Iterator[tuple[_Schema, _Array]]:
    """The record batches of an object with the Arrow PyCapsule interface, each valid until the next is asked for."""
    capsule = frame.__arrow_c_stream__()
    with _owned(_Stream.from_address(_pointer_of(capsule, b"arrow_array_stream"))) as stream, _owned(_Schema()) as schema:
        _check(stream, stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)))
        while True:
            with _owned(_Array()) as batch:
                _check(stream, stream.get_next(ctypes.byref(stream), ctypes.byref(batch)))
                if not batch.release:
                    return
                yield schema, batch


class _Column:
    """Rows [at, at + rows) of an array, whose own offset is still to be added."""

    def __init__(self, schema: _Schema, array: _Array, at: int, rows: int) -> None:
        self.schema, self.array, self.rows = schema, array, rows
        self.at = at + array.offset
        self.format = (schema.format or b"").decode()
        self.name = (schema.name or b"").decode(errors="replace")

    def _buffer(self, index: int, dtype: Any, count: int, first: int = 0) -> np.ndarray:
        kind = np.dtype(dtype)
        if count == 0:
            return np.empty(0, kind)
        address = self.array.buffers[index] + first * kind.itemsize
        return np.frombuffer((ctypes.c_char * (count * kind.itemsize)).from_address(address), kind)

    def _bits(self, index: int) -> np.ndarray:
        first, end = self.at // 8, (self.at + self.rows + 7) // 8
        bits = np.unpackbits(self._buffer(index, "u1", end - first, first), bitorder="little")
        return bits[self.at - 8 * first :][: self.rows].astype(bool)

    def missing(self) -> np.ndarray | None:
        """Which values are null; None: none is."""
        if self.array.null_count == 0 or self.array.n_buffers == 0 or not self.array.buffers[0]:
            return None
        nulls = ~self._bits(0)
        return nulls if nulls.any() else None

    def values(self) -> np.ndarray:
        """As numpy has them; a missing number or time is its "not a number"."""
        values = self._present()
        nulls = self.missing()
        if nulls is None:
            return values
        if values.dtype.kind not in "fM":
            text = f"column {self.name!r} has missing values, which {values.dtype} has no value for: fill them before"
            raise mismatch(text)
        values = values.copy()
        values[nulls] = np.nan if values.dtype.kind == "f" else np.datetime64("NaT")
        return values

    def _present(self) -> np.ndarray:
        if self.schema.dictionary:
            return self._of_dictionary()
        if self.format in _NUMBERS:
            return self._buffer(1, _NUMBERS[self.format], self.rows, self.at)
        if self.format == "tdD":  # numpy's days have 8 bytes
            return self._buffer(1, "i4", self.rows, self.at).astype("i8").view("M8[D]")
        if self.format.startswith("ts") and self.format[2:3] in _UNITS:
            return self._buffer(1, f"M8[{_UNITS[self.format[2]]}]", self.rows, self.at)
        if self.format == "b":
            return self._bits(1)
        if self.format.startswith("w:"):
            return self._buffer(1, f"S{self.format[2:]}", self.rows, self.at)
        if self.format in ("u", "z", "U", "Z"):
            return self._of_offsets("i4" if self.format in "uz" else "i8")
        if self.format in ("vu", "vz"):
            return self._of_views()
        if self.format.startswith("+w:"):
            return self._of_lists(int(self.format[3:]))
        text = f"column {self.name!r} has the Arrow type {self.format!r}, which no dtype can hold: convert it before"
        raise mismatch(text)

    def _of_dictionary(self) -> np.ndarray:
        places = self._buffer(1, _NUMBERS[self.format], self.rows, self.at)
        entries = self.array.dictionary.contents
        known = _Column(self.schema.dictionary.contents, entries, 0, entries.length).values()
        if self.missing() is not None:
            raise mismatch(f"column {self.name!r} has missing categories: fill them before")
        return known[places]

    def _of_offsets(self, kind: str) -> np.ndarray:
        ends = self._buffer(1, kind, self.rows + 1, self.at).astype("i8")
        data = self._buffer(2, "u1", int(ends[-1] - ends[0]), int(ends[0])) if self.rows else np.empty(0, "u1")
        lengths = np.diff(ends)
        width = max(1, int(lengths.max(initial=0)))
        out = np.zeros((self.rows, width), "u1")
        out[np.arange(width) < lengths[:, None]] = data
        return out.view(f"S{width}").reshape(self.rows)

    def _of_views(self) -> np.ndarray:
        views = self._buffer(1, "u1", 16 * self.rows, 16 * self.at).reshape(self.rows, 16)
        words = views.view("i4")
        texts = []
        for view, (length, _, buffer, offset) in zip(views, words.tolist()):
            if length <= 12:
                texts.append(view[4 : 4 + length].tobytes())
            else:
                texts.append(ctypes.string_at(self.array.buffers[2 + buffer] + offset, length))
        return np.array(texts, "S") if texts else np.empty(0, "S1")

    def _of_lists(self, count: int) -> np.ndarray:
        child = _Column(
            self.schema.children[0].contents, self.array.children[0].contents, self.at * count, self.rows * count
        )
        child.name = self.name
        values = child.values()
        return values.reshape(self.rows, count, *values.shape[1:])


def _can_hold(base: np.dtype, values: np.dtype) -> bool:
    # numpy calls this safe, but it rounds beyond 2**53.
    is_rounding = values.kind in "iu" and values.itemsize == 8 and base.kind == "f"
    return np.can_cast(values, base, "safe") and not is_rounding


def _put(records: np.ndarray, name: str, dtype: np.dtype, column: str, values: np.ndarray) -> None:
    base, shape = dtype.subdtype or (dtype, ())
    if values.shape[1:] != shape:
        raise mismatch(f"column {column!r} has values of shape {values.shape[1:]}, the table of {shape}")
    if base.kind == "?" and values.dtype == np.int8:  # the extension type arrow.bool8
        values = values != 0
    if base.kind == "S" and values.dtype.kind == "S":
        longest = int(np.char.str_len(values).max(initial=0))
        if longest > base.itemsize:
            raise mismatch(f"column {column!r} has a text of {longest} bytes, the table has room for {base.itemsize}")
    elif not _can_hold(base, values.dtype):
        raise mismatch(f"column {column!r} is of {values.dtype}, the table has {base}: cast it before")
    if name:
        records[name] = values
    else:
        records[...] = values


def _columns_of(schema: _Schema, batch: _Array) -> list[_Column]:
    if schema.format != b"+s":
        return [_Column(schema, batch, 0, batch.length)]
    return [
        _Column(schema.children[i].contents, batch.children[i].contents, batch.offset, batch.length)
        for i in range(schema.n_children)
    ]


def _records(columns: Mapping[str, Callable[[], np.ndarray]], rows: int, dtype: np.dtype) -> np.ndarray:
    """Packed records of columns, which are found by their names; others are left out."""
    fields = dtype.names or ()
    missing = [name for name in fields if name not in columns]
    if missing or (not fields and len(columns) != 1):
        wanted = ", ".join(fields) or "one column"
        raise mismatch(f"the frame has the columns {', '.join(columns)}; the table needs {wanted}")
    records = np.zeros(rows, dtype)
    if not fields:
        ((column, values),) = columns.items()
        _put(records, "", dtype, column, values())
    for name in fields:
        _put(records, name, dtype[name], name, columns[name]())
    return records


def _of_arrow(frame: Any, dtype: np.dtype) -> Iterator[np.ndarray]:
    for schema, batch in _batches(frame):
        columns = {column.name: column.values for column in _columns_of(schema, batch)}
        yield _records(columns, batch.length, dtype)


def _of_series(name: str, series: Any) -> np.ndarray:
    values = np.asarray(series)
    if values.dtype.kind != "O":
        return values
    if not all(isinstance(value, (str, bytes)) for value in values):
        text = f"column {name!r} has values that are neither text nor of one type of numpy's, or missing ones"
        raise mismatch(f"{text}: convert it before")
    texts = [value.encode() if isinstance(value, str) else value for value in values]
    return np.array(texts, "S") if texts else np.empty(0, "S1")


def parts_of(rows: Any, dtype: np.dtype) -> Iterator[Any]:
    """A frame as batches of packed records of `dtype`; anything else as it is."""
    if hasattr(rows, "iloc") and hasattr(rows, "columns"):  # pandas, which would need pyarrow for Arrow
        columns = {str(name): functools.partial(_of_series, str(name), rows[name]) for name in rows.columns}
        yield _records(columns, len(rows), dtype)
    elif hasattr(rows, "__arrow_c_stream__"):
        yield from _of_arrow(rows, dtype)
    else:
        yield rows
