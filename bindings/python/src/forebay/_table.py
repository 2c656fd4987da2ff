"""Tables of a store, and the one lock around all calls on stores."""

from __future__ import annotations

import ctypes
import dataclasses
import os
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _arrow, _dtype, _frames, errors
from ._array import Array, array_of, whole_array
from ._attributes import Attributes
from ._calls import AGAIN, NO_SOURCE, OK, call, plain, text
from ._loader import Loader
from ._progress import Bar
from ._structs import TableAppendResult, TableInfo as _InfoStruct, TableSource

if TYPE_CHECKING:
    from ._store import Store

_STEP_MS = 100
_STATES = {1: "partial", 2: "complete", 3: "failed", 4: "limited"}


class Calls:
    """All calls on stores, one at a time over all threads, as not every HDF5 library may be called by two at once."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.orphans: list[int] = []

    def run(self, body: Callable[[], Any]) -> Any:
        with self.lock:
            while self.orphans:
                plain["forebay_store_abandon"](self.orphans.pop())
            return body()

    def abandon(self, handle: int) -> None:
        """For a collector, which may run inside a call of another thread and must not wait for it."""
        if self.lock.acquire(blocking=False):
            try:
                plain["forebay_store_abandon"](handle)
            finally:
                self.lock.release()
        else:
            self.orphans.append(handle)


calls = Calls()


def _forget() -> None:
    calls.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_forget)


@dataclasses.dataclass(frozen=True)
class Stored:
    """What :meth:`Store.load` did."""

    rows: int  #: rows appended
    sources_failed: int  #: files that could not be read to their end
    rejects: int  #: rows passed over and fields filled


@dataclasses.dataclass(frozen=True)
class StoredSource:
    """What a table holds of a file."""

    path: str
    resolved: str  #: absolute, without symbolic links
    state: str  #: "partial", "complete", "failed" or "limited"
    rows: int
    rejects: int
    skipped: int  #: of the rejects: rows passed over
    size: int  #: of the file when it was opened
    offset: int  #: bytes of the decompressed file that were read
    line: int  #: line that begins behind them


@dataclasses.dataclass(frozen=True)
class TableInfo:
    """How a table lies in the file."""

    rows: int
    row_bytes: int
    chunk_rows: int
    chunks: int
    stored_bytes: int
    layout: str
    deflate: int
    shuffle: bool
    fletcher32: bool
    zstd: int = 0
    lz4: bool = False
    blosc: int = 0


class Table:
    """A table of a store: rows to append to, and to read.

    ``table[10:20]`` reads rows, ``table["pos"]`` a field, ``table["pos", 10:20]`` both, as numpy arrays of their own.
    """

    def __init__(self, store: Store, name: str, handle: int) -> None:
        self.store = store
        self.name = name
        self._given = handle
        self._dtype_handle: int = plain["forebay_table_dtype"](handle)
        #: numpy dtype of the rows
        self.dtype = _dtype.to_numpy(self._dtype_handle)
        #: attributes, as a mapping of names to texts and numbers
        self.attrs = Attributes(self)

    @property
    def _handle(self) -> int:
        self.store._check()
        return self._given

    def _run(self, body: Callable[[int], Any]) -> Any:
        return calls.run(lambda: body(self._handle))

    def _change(self, body: Callable[[int], Any]) -> Any:
        self.store._is_dirty = True
        return self._run(body)

    @property
    def rows(self) -> int:
        """Number of rows, those not yet committed too."""
        return self._run(plain["forebay_table_rows"])

    def __len__(self) -> int:
        return self.rows

    @property
    def bytes_copied(self) -> int:
        """Bytes of rows that were copied in memory, as they did not fill a whole chunk."""
        return self._run(plain["forebay_table_bytes_copied"])

    # Writing

    def append(self, rows: Any) -> None:
        """Appends rows: what a loader gave (whole arrays go to the file without a copy), a numpy array of the table's dtype,
        or what numpy makes one of, such as a list of tuples; also a frame of pandas or polars, a table of pyarrow and whatever
        else has the Arrow PyCapsule interface. Its columns are found by their names, and must be of the table's types or of
        smaller ones; a missing number is stored as NaN, a missing time as NaT."""
        array = whole_array(rows)
        if array is not None:
            self._change(lambda handle: call("forebay_table_append_array", handle, array._handle))
            return
        for part in _frames.parts_of(rows, self.dtype):
            self._append_records(part)

    def _append_records(self, rows: Any) -> None:
        base, shape = self.dtype.subdtype or (self.dtype, ())
        values = np.asarray(rows) if isinstance(rows, np.ndarray) else np.array(rows, base)
        if values.dtype != base:
            values = self._converted(values, base)
        values = np.ascontiguousarray(values).reshape((-1, *shape))
        self._change(lambda handle: call("forebay_table_append_rows", handle, values.ctypes.data, len(values)))

    def _converted(self, values: np.ndarray, base: np.dtype) -> np.ndarray:
        try:
            return values.astype(base, casting="equiv")
        except TypeError:
            raise errors.MismatchError(
                f"the rows are of dtype {values.dtype}, the table {self.name!r} of {base}: convert them with astype()",
                -13,
                name="FOREBAY_E_MISMATCH",
            ) from None

    def append_loader(self, loader: Loader, *, progress: bool = False) -> Stored:
        """Appends all that a loader has, the fast way: children write whole chunks of the table. No array may have been
        taken from it. A file that fails keeps its rows before the fault; the others are loaded, then the failure is
        raised."""
        bar, total, failed = Bar() if progress else None, 0, 0
        struct = TableAppendResult()
        try:
            while True:
                try:
                    status = self._step(loader, struct)
                finally:
                    total, failed = total + struct.rows, failed + struct.sources_failed
                if bar is not None:
                    bar.show(loader.progress())
                if status != AGAIN:
                    return Stored(total, failed, loader.reject_count())
        finally:
            if bar is not None:
                bar.close()

    def _step(self, loader: Loader, struct: TableAppendResult) -> int:
        struct.rows = struct.sources_failed = 0

        def body(handle: int) -> int:
            with loader._lock:
                return call("forebay_table_append_loader_step", handle, loader._handle, _STEP_MS, ctypes.byref(struct))

        return _arrow.with_collection(lambda: self._change(body))

    def resume(self, loader: Loader, source: int | None = None) -> None:
        """Has a loader go on behind what the table holds of its files. Call it after the files were added, before any
        array is taken."""
        index = NO_SOURCE if source is None else source
        self._run(lambda handle: call("forebay_loader_resume", loader._handle, handle, index))

    def consume(self, loader: Loader, rows: Any = None) -> None:
        """Records, for :meth:`resume`, that the rows of an array of `loader` (and all before it of its file) are stored. None:
        only which files have ended, after the last array."""
        array = rows if rows is None or isinstance(rows, Array) else array_of(rows)
        if rows is not None and array is None:
            raise errors.ArgumentError(
                "the rows are not those of an array that a loader gave", -10, name="FOREBAY_E_ARGUMENT"
            )
        given = None if array is None else array._handle
        self._change(lambda handle: call("forebay_table_consume", handle, loader._handle, given))

    # Reading

    def read(self, first: int = 0, rows: int | None = None, field: str | None = None) -> np.ndarray:
        """Rows from row `first`, or their values of one field, as an array of its own."""
        index = None if field is None else self._index(field)
        dtype = self.dtype if index is None else self.dtype[index] if self.dtype.names else self.dtype
        base, shape = dtype.subdtype or (dtype, ())
        end = self.rows
        count = max(0, end - first) if rows is None else max(0, min(rows, end - first))
        out = np.empty((count, *shape), base)
        if count:
            self._read(index, first, count, out)
        return out

    def _read(self, index: int | None, first: int, count: int, out: np.ndarray) -> None:
        got = ctypes.c_uint64()
        if index is None:
            self._run(
                lambda handle: call("forebay_table_read", handle, first, count, out.ctypes.data, ctypes.byref(got))
            )
        else:
            self._run(
                lambda handle: call(
                    "forebay_table_read_column", handle, index, first, count, out.ctypes.data, ctypes.byref(got)
                )
            )
        if got.value != count:
            raise errors.FormatError(
                f"table {self.name!r}: {got.value} of {count} rows could be read", -40, name="FOREBAY_E_FORMAT"
            )

    def _index(self, field: str) -> int:
        names = self.dtype.names or ("",)
        if field not in names:
            raise KeyError(f"table {self.name!r} has no field {field!r}; it has {', '.join(names)}")
        return names.index(field)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self.read(field=key)
        if isinstance(key, tuple) and len(key) == 2 and isinstance(key[0], str):
            return self._rows(key[1], key[0])
        return self._rows(key, None)

    def _rows(self, key: Any, field: str | None) -> Any:
        if isinstance(key, (int, np.integer)):
            number = int(key) + (self.rows if key < 0 else 0)
            if not 0 <= number < self.rows:
                raise IndexError(f"row {key} of {self.rows}")
            return self.read(number, 1, field)[0]
        if key is Ellipsis:
            key = slice(None)
        if not isinstance(key, slice):
            raise TypeError("rows are read by number or slice: table[10:20], table['pos', 10:20]")
        wanted = range(*key.indices(self.rows))
        if not wanted:
            return self.read(0, 0, field)
        low = min(wanted[0], wanted[-1])
        found = self.read(low, abs(wanted[-1] - wanted[0]) + 1, field)
        return found[:: wanted.step]

    def __iter__(self) -> Iterator[np.ndarray]:
        """Arrays of some MiB each, from first to last: whole chunks, so that none is decoded twice."""
        chunk_rows = max(1, self.info().chunk_rows)
        step = chunk_rows * max(1, (4 << 20) // (chunk_rows * max(1, self.dtype.itemsize)))
        return (self.read(first, step) for first in range(0, self.rows, step))

    # What is known of it

    def info(self) -> TableInfo:
        """How the table lies in the file."""
        struct = _InfoStruct()
        self._run(lambda handle: call("forebay_table_info_get", handle, ctypes.byref(struct)))
        return TableInfo(
            struct.rows,
            struct.row_bytes,
            struct.chunk_rows,
            struct.chunks,
            struct.stored_bytes,
            "columns" if struct.layout == 2 else "rows",
            struct.deflate,
            bool(struct.shuffle),
            bool(struct.fletcher32),
            struct.zstd,
            bool(struct.lz4),
            struct.blosc,
        )

    def sources(self) -> list[StoredSource]:
        """What the table holds of which files."""
        found: list[StoredSource] = []
        struct = TableSource()
        while (
            self._run(lambda handle: call("forebay_table_source_get", handle, len(found), ctypes.byref(struct))) == OK
        ):
            found.append(
                StoredSource(
                    text(struct.path),
                    text(struct.resolved),
                    _STATES.get(struct.state, "unknown"),
                    struct.rows,
                    struct.rejects,
                    struct.skipped,
                    struct.size,
                    struct.offset,
                    struct.line,
                )
            )
        return found

    def __repr__(self) -> str:
        return f"<forebay.Table {self.name!r} of {self.rows} rows, {_dtype.text_of(self._dtype_handle)!r}>"
