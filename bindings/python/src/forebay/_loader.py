"""Loading: child processes parse files, arrays come out."""

from __future__ import annotations

import ctypes
import dataclasses
import os
import threading
from collections.abc import Iterable
from typing import Any, Union

import numpy as np

from . import _arrow, _custom, _dtype, _options, _process, _sniff, errors
from ._array import Array
from ._calls import AGAIN, END, NO_SOURCE, NONE, OK, call, path_bytes, plain, text
from ._progress import Bar, Progress, progress_of
from ._structs import ArenaStats, LoaderChild, LoaderLog, LoaderOptions, LoaderProgress, Reject as _RejectStruct

PathLike = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
# Why not for ever: between two waits Python looks for signals, such as that of Ctrl-C.
_WAIT_MS = 100


@dataclasses.dataclass(frozen=True)
class Reject:
    """A row that was passed over, or a field that was filled, because it could not be read."""

    path: str
    line: int
    column: int
    byte: int
    reason: str
    text: str  #: the row as it stands in the file, cut
    code: int  #: the status, such as -42
    count: int = 1  #: in a store also: how many of the file were only counted
    source: int | None = None  #: index of the file in the loader that met it


@dataclasses.dataclass(frozen=True)
class Note:
    """A note of a function in a child process."""

    level: str  #: "debug", "info", "warning" or "error"
    text: str
    source: int | None  #: index of the file that it was at
    pid: int  #: of the child
    lost: int  #: notes before it that were dropped because nobody took them


def reject_of(struct: _RejectStruct) -> Reject:
    path = struct.path.decode("utf-8", "surrogateescape")
    reason, row = (value.decode("utf-8", "replace") for value in (struct.reason, struct.text))
    source = None if struct.source == errors.NO_SOURCE else struct.source
    return Reject(path, struct.line, struct.column, struct.byte, reason, row, struct.code, struct.count, source)


def paths_of(paths: PathLike | Iterable[PathLike]) -> list[PathLike]:
    return [paths] if isinstance(paths, (str, bytes, os.PathLike)) else list(paths)


class Loader:
    """Reads files in child processes. Made by :func:`load`; iterate over it for the arrays.

    Iterating raises the failure of a file once, in its place; iterating again goes on with the next file. Several threads
    may take arrays from one loader.
    """

    def __init__(
        self,
        dtype: Any,
        *,
        layout: str = "rows",
        progress: bool = False,
        loader: Any = None,
        config: Any = None,
        **options: Any,
    ) -> None:
        own, self._file_options = _options.split({"layout": layout, **options})
        given = _options.loader_options(own)
        child = _custom.child_of(loader, config) if loader is not None else None
        if child is not None:
            child.put(given)
        self._open(dtype, given)
        self._layout = layout
        self._bar = Bar() if progress else None

    def _open(self, dtype: Any, given: LoaderOptions) -> None:
        own = dtype if isinstance(dtype, _dtype.Dtype) else _dtype.make(dtype)
        out = ctypes.c_void_p()
        self._lock = threading.RLock()
        call("forebay_loader_open", own.handle, ctypes.byref(given), ctypes.byref(out))
        self._given: int | None = out.value
        self._epoch = _process.epoch
        #: numpy dtype of the rows
        self.dtype = _dtype.to_numpy(own.handle)

    @property
    def _handle(self) -> int:
        if self._given is None:
            raise errors.StateError("the loader was closed", -60, name="FOREBAY_E_STATE")
        _process.check(self._epoch, "loader")
        return self._given

    # Files

    def add(self, path: PathLike, **options: Any) -> int:
        """Adds what a path stands for: a file, the files of a folder or of a pattern such as "chr*.txt", or those that
        a list names ("@files.lst"). Returns how many.

        :param options: of each of these files, instead of those given to the loader: ``max_rows``, ``format``,
            ``member`` (of an .npz file), ``header_bytes`` (of raw rows).
        """
        file_options = _options.file_options({**self._file_options, **_options.canonical(options)})
        added = ctypes.c_uint32()
        with self._lock:
            call(
                "forebay_loader_add_path",
                self._handle,
                path_bytes(path),
                ctypes.byref(file_options),
                ctypes.byref(added),
            )
        return added.value

    def add_file(self, path: PathLike, **options: Any) -> None:
        """Adds just this file, even if its name looks like a pattern. One that is missing fails when its turn comes."""
        file_options = _options.file_options({**self._file_options, **_options.canonical(options)})
        with self._lock:
            call("forebay_loader_add_file", self._handle, path_bytes(path), ctypes.byref(file_options))

    def add_open(self, file: Any, name: str | None = None, **options: Any) -> None:
        """Adds something that is open: a file, a pipe, ``sys.stdin``, or a descriptor. Do not read from it meanwhile."""
        descriptor = file if isinstance(file, int) else file.fileno()
        shown = name if name is not None else str(getattr(file, "name", descriptor))
        file_options = _options.file_options({**self._file_options, **_options.canonical(options)})
        with self._lock:
            call(
                "forebay_loader_add_descriptor",
                self._handle,
                descriptor,
                shown.encode("utf-8", "surrogateescape"),
                ctypes.byref(file_options),
            )

    @property
    def paths(self) -> list[str]:
        """Paths of the files, in order; an array's ``source`` is an index into it."""
        with self._lock:
            found: list[str] = []
            index = 0
            while (path := plain["forebay_loader_source_path"](self._handle, index)) is not None:
                found.append(text(path))
                index += 1
            return found

    # Arrays

    def _next(self, timeout_ms: int) -> tuple[int, Array | None]:
        out = ctypes.c_void_p()
        with self._lock:
            status = _arrow.with_collection(
                lambda: call("forebay_loader_next", self._handle, timeout_ms, ctypes.byref(out))
            )
        return status, Array(out.value, self.dtype) if status == OK and out.value else None

    def take(self, timeout: float | None = None) -> Array | None:
        """The next array as an :class:`Array`; None at the end.

        :param timeout: seconds to wait; ``TimeoutError`` when they are over. None: as long as it takes.
        """
        left_ms = None if timeout is None else max(0, round(timeout * 1000))
        while True:
            wait_ms = _WAIT_MS if left_ms is None else min(_WAIT_MS, left_ms)
            status, array = self._next(wait_ms)
            self._show()
            if status != AGAIN:
                return array
            if left_ms is not None:
                left_ms -= wait_ms
                if left_ms <= 0:
                    raise TimeoutError("no array was ready in time")

    def _given_form(self, array: Array) -> Any:
        return array if self._layout == "columns" else array.numpy()

    def __iter__(self) -> Loader:
        return self

    def __next__(self) -> Any:
        """The next array: a numpy array that is the shared memory, or an :class:`Array` with ``layout="columns"``."""
        array = self.take()
        if array is None:
            self._hide()
            raise StopIteration
        return self._given_form(array)

    def __aiter__(self) -> Loader:
        return self

    async def __anext__(self) -> Any:
        while True:
            status, array = self._next(0)
            self._show()
            if array is not None:
                return self._given_form(array)
            if status == END:
                self._hide()
                raise StopAsyncIteration
            await _readable(self.fileno())

    def fileno(self) -> int:
        """A descriptor that polls readable when there is work for the loader, for event loops of your own: when it is,
        call :meth:`take` with timeout 0. Never read, write or close it."""
        out = ctypes.c_int32(-1)
        call("forebay_loader_descriptor", self._handle, ctypes.byref(out))
        return out.value

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """All record batches, for ``pyarrow.table(loader)``, ``polars.DataFrame(loader)`` and the like. Needs
        ``layout="columns"``; who keeps them all needs a ``memory_bytes`` that holds them all. Leave the loader alone while
        another thread reads the stream."""
        with self._lock:
            return _arrow.stream_capsule(self._handle)

    # What is going on

    def progress(self) -> Progress:
        """How far the load is."""
        struct = LoaderProgress()
        with self._lock:
            call("forebay_loader_progress_get", self._handle, ctypes.byref(struct))
        return progress_of(struct)

    def _show(self) -> None:
        if self._bar is not None:
            self._bar.show(self.progress())

    def _hide(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def notes(self) -> list[Note]:
        """What functions in child processes have told with :meth:`Loading.log`, and what was not taken yet. The last 1,000
        are kept."""
        found: list[Note] = []
        struct = LoaderLog()
        with self._lock:
            while call("forebay_loader_log_next", self._handle, ctypes.byref(struct)) == OK:
                source = None if struct.source == NO_SOURCE else struct.source
                found.append(Note(_custom.LEVELS[struct.level - 1], text(struct.text), source, struct.pid, struct.lost))
        return found

    def rejects(self) -> list[Reject]:
        """Rows passed over and fields filled (``on_error="skip"`` or ``"null"``) of the arrays delivered so far: the first
        ``keep_rejects``."""
        found: list[Reject] = []
        struct = _RejectStruct()
        with self._lock:
            while call("forebay_loader_reject_get", self._handle, len(found), ctypes.byref(struct)) == OK:
                found.append(reject_of(struct))
        return found

    def reject_count(self, source: int | None = None) -> int:
        """Number of rejects, those that were not kept too: of all files, or of one."""
        count = ctypes.c_uint64()
        with self._lock:
            if source is None:
                call("forebay_loader_reject_count", self._handle, None, ctypes.byref(count))
            elif call("forebay_loader_source_rejects", self._handle, source, ctypes.byref(count), None) == NONE:
                raise IndexError(f"there is no file {source}")
        return count.value

    def source_skipped(self, source: int) -> int:
        """How many rows of a file were passed over (``on_error="skip"``)."""
        count = ctypes.c_uint64()
        with self._lock:
            if call("forebay_loader_source_rejects", self._handle, source, None, ctypes.byref(count)) == NONE:
                raise IndexError(f"there is no file {source}")
        return count.value

    def source_rows(self, source: int) -> int:
        """Rows of a file delivered so far. Raises the failure of one that failed."""
        rows = ctypes.c_uint64()
        with self._lock:
            if call("forebay_loader_source_status", self._handle, source, ctypes.byref(rows)) == NONE:
                raise IndexError(f"there is no file {source}")
        return rows.value

    def source_truncated(self, source: int) -> int:
        """How many strings of a file were cut to fit their fields (``overlong="truncate"``)."""
        count = ctypes.c_uint64()
        with self._lock:
            if call("forebay_loader_source_truncated", self._handle, source, ctypes.byref(count)) == NONE:
                raise IndexError(f"there is no file {source}")
        return count.value

    def child_pids(self) -> list[int]:
        """Process ids of the children that run now."""
        found, index, struct = [], 0, LoaderChild()
        with self._lock:
            while call("forebay_loader_child_get", self._handle, index, ctypes.byref(struct)) == OK:
                found.append(struct.pid)
                index += 1
        return [pid for pid in found if pid > 0]

    def memory(self) -> dict[str, int]:
        """Counters of the shared memory, in bytes unless said otherwise: quota, lent, blocks_lent (a number), and so on."""
        struct = ArenaStats()
        with self._lock:
            call("forebay_loader_arena_stats", self._handle, ctypes.byref(struct))
        return {field[0]: getattr(struct, field[0]) for field in struct._fields_ if field[0] != "struct_size"}

    # The end

    def cancel(self) -> None:
        """Ends all work; taking the next array is then :class:`CancelledError`. Arrays taken stay valid. Any thread."""
        with self._lock:
            call("forebay_loader_cancel", self._handle)

    def close(self) -> None:
        """Ends the children. Arrays taken stay valid, and so does an Arrow stream. May be called twice."""
        self._hide()
        with self._lock:
            handle, self._given = self._given, None
            if handle is not None and _process.is_own(self._epoch):
                plain["forebay_loader_close"](handle)

    def __enter__(self) -> Loader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self, close: Any = plain["forebay_loader_close"], is_own: Any = _process.is_own) -> None:
        handle = getattr(self, "_given", None)
        if handle is not None and is_own(self._epoch):
            close(handle)


def _wake(ready: Any) -> None:
    if not ready.done():
        ready.set_result(None)


async def _readable(descriptor: int) -> None:
    import asyncio  # Why here: it takes longer to import than the whole package

    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(descriptor, _wake, ready)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)


def add_paths(loader: Loader, paths: Iterable[PathLike]) -> None:
    for path in paths:
        loader.add(path)


def first_of(paths: list[PathLike]) -> PathLike:
    """The first file that paths, which may be patterns and lists, stand for. No child is started for it."""
    if not paths:
        raise ValueError("no files are given, so that no dtype can be guessed")
    with Loader("u1") as loader:
        loader.add(paths[0])
        return loader.paths[0]


def load(paths: PathLike | Iterable[PathLike], dtype: Any = None, **options: Any) -> Loader:
    """Loads files in parallel child processes. Returns a :class:`Loader` to iterate over.

    >>> import numpy as np
    >>> for rows in load(["rep1.txt", "rep2.txt"], dtype="chr:S10,pos:i4", delimiter="\\t"):
    ...     assert isinstance(rows, np.ndarray)

    Each array is a numpy structured array that *is* the shared memory which a child wrote. It stays valid as long as
    anything refers to it, also after the loader is closed, and is given back then. Files come in their order.

    :param paths: a path or several: text (plain, or compressed by gzip, bgzf, zstd, bzip2, xz), .npy and .npz files,
        folders, patterns ("chr*.txt"), lists ("@files.lst").
    :param dtype: "chr:S10,pos:i4", a numpy dtype, or what numpy makes one of. None: guessed from samples of the first
        file (:func:`sniff`), together with the options that are not given.
    :param options: by the names of numpy.loadtxt and pandas.read_csv where they have one: ``delimiter`` (``sep``;
        default: runs of blanks), ``quotechar``, ``header`` (True: the first row names the columns), ``skiprows``,
        ``comments``, ``usecols`` (numbers from 0, or names), ``max_rows`` (of each file), ``na_values``,
        ``filling_values`` ({"pos": -1}), ``true_values``, ``false_values``, ``decimal``, ``thousands``, ``encoding``
        ("bytes", "utf-8", "latin-1"), ``percent``, ``hex``, ``overlong``.

        Bad rows: ``on_error`` "fail" (default), "skip" or "null"; ``max_errors``, ``keep_rejects``.

        Arrays: ``layout`` "rows" or "columns"; ``batch_rows`` (``chunksize``), or ``batch="source"`` for an array per
        file; ``order`` "source" or "any"; ``memory_bytes``, the quota of shared memory (default 256 MiB).

        Children: ``children`` (default: one per processor), ``loader`` and ``config`` (a function of yours that reads
        the files, see :func:`loader`), ``retries``, ``progress_timeout``, ``start_timeout``, ``total_timeout``
        (seconds), ``child_output="inherit"``.

        ``progress=True`` shows a bar where tqdm is installed.
    """
    files = paths_of(paths)
    if dtype is None:
        dtype, options = _sniff.complete(first_of(files), options)
    result = Loader(dtype, **options)
    try:
        add_paths(result, files)
    except BaseException:
        result.close()
        raise
    return result


def read(paths: PathLike | Iterable[PathLike], dtype: Any = None, **options: Any) -> Any:
    """Loads whole files: an array for a path, a list with an array per file for several paths.

    >>> rows = read("rep1.txt", dtype="chr:S10,pos:i4")
    >>> rows.dtype.names
    ('chr', 'pos')

    The arrays are shared memory, as with :func:`load`, which the quota ``memory_bytes`` must have room for; the error
    otherwise says how much it takes. A file of comments only gives an array without rows; one
    that is empty is :class:`TruncatedError`.
    """
    with load(paths, dtype, **{"batch": "source", **options}) as loader:
        count = len(loader.paths)
        found: dict[int, Any] = {}
        while (array := loader.take()) is not None:
            found[array.source or 0] = loader._given_form(array)
        arrays = [found[index] if index in found else _empty(loader) for index in range(count)]
    return arrays[0] if isinstance(paths, (str, bytes, os.PathLike)) and count == 1 else arrays


def _empty(loader: Loader) -> Any:
    if loader._layout == "columns":
        from ._array import Arena

        return Arena(1 << 20).lease(loader.dtype, 1, "columns")
    return np.empty(0, loader.dtype)
