"""Loaders written in Python: a function of yours reads the files, in the child processes.

The parent side names the function; the child side runs it (``_child.py`` is the program).
"""

from __future__ import annotations

import ctypes
import importlib
import os
import pickle
import runpy
import sys
import types
from collections.abc import Iterator
from typing import Any, BinaryIO, Callable

import numpy as np

from . import _dtype, _library, errors
from ._array import COLUMNS, _Place
from ._calls import END, OK, call, plain, text_bytes
from ._options import CustomChild
from ._structs import ArrayColumn, ChildTask, ChildView

LEVELS = ("debug", "info", "warning", "error")

_MAIN = "__forebay_main__"


def loader(function: Callable[[Loading], Any]) -> Callable[[Loading], Any]:
    """Marks a function as one that reads a file in a child process, for ``load(paths, dtype, loader=function)``.

    It takes a :class:`Loading` and yields numpy arrays of the dtype, of any length::

        @forebay.loader
        def frames(source):
            with source.open() as file:
                while data := file.read(1 << 20):
                    yield numpy.frombuffer(data, source.dtype)

    It must be at the top level of a module (or of the script, whose ``if __name__ == "__main__"`` part is not run), as
    the child imports it by its name.
    """
    if "<locals>" in function.__qualname__:
        raise ValueError(
            f"{function.__qualname__} is inside another function, where a child cannot find it; "
            "define it at the top level of a module"
        )
    return function


# The parent


def _where(given: Any) -> tuple[str, str, str | None]:
    """Module, name in it, and the script if that is where it stands."""
    if isinstance(given, str):
        module, _, name = given.partition(":")
        return module, name or "load", None
    if isinstance(given, types.ModuleType):
        return given.__name__, "load", None
    loader(given)
    if given.__module__ not in ("__main__", _MAIN):
        return given.__module__, given.__qualname__, None
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name:  # started as python -m
        return spec.name, given.__qualname__, None
    path = getattr(main, "__file__", None)
    if not path or not os.path.exists(path):
        raise ValueError(
            f"{given.__qualname__} was defined interactively, where a child cannot find it; put it into a module"
        )
    return _MAIN, given.__qualname__, os.path.abspath(path)


def child_of(given: Any, config: Any) -> CustomChild:
    """The command that runs a function in children, and what it is told."""
    module, name, script = _where(given)
    library = _library.path if "/" not in _library.path else os.path.abspath(_library.path)
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_child.py")
    told = {
        "module": module,
        "name": name,
        "script": script,
        "sys_path": [os.path.abspath(entry) for entry in sys.path],
        "config": pickle.dumps(config),
    }
    return CustomChild([sys.executable, program, library, f"{module}:{name}"], pickle.dumps(told))


# The child


class Child:
    """The connection of a child process to its loader, call by call as in child.h. Most functions take a
    :class:`Loading` instead."""

    def __init__(self) -> None:
        out = ctypes.c_void_p()
        call("forebay_child_attach", ctypes.byref(out))
        self._handle = out.value
        self._dtype_handle: int = plain["forebay_child_dtype"](self._handle)
        #: numpy dtype of the rows
        self.dtype = _dtype.to_numpy(self._dtype_handle)
        self.view = ChildView()

    def config(self) -> bytes:
        """The bytes that the loader was given for its children."""
        data, size = ctypes.c_void_p(), ctypes.c_uint64()
        call("forebay_child_config", self._handle, ctypes.byref(data), ctypes.byref(size))
        return ctypes.string_at(data, size.value) if size.value else b""

    def take(self) -> ChildTask | None:
        """The next file to read; None when the loader is gone."""
        task = ChildTask()
        return None if call("forebay_child_take", self._handle, ctypes.byref(task)) == END else task

    def fill(self) -> bool:
        """Gets a block to fill, described by :attr:`view`. False: the limit of rows is reached."""
        return call("forebay_child_fill", self._handle, ctypes.byref(self.view)) == OK

    def rows(self) -> np.ndarray:
        """The block as numpy rows (rows layout)."""
        return np.asarray(_Place(self, self.view.data, self.dtype, self.view.capacity, None, False))

    def columns(self) -> dict[str, np.ndarray]:
        """The fields of the block as numpy arrays, in either layout."""
        found = {}
        for index, name in enumerate(self.dtype.names or ("",)):
            place = ArrayColumn()
            call("forebay_child_column_get", self._handle, index, ctypes.byref(place))
            dtype = self.dtype[index] if self.dtype.names else self.dtype
            found[name] = np.asarray(_Place(self, place.data, dtype, self.view.capacity, place.stride, False))
        return found

    def publish(self, rows: int, next_offset: int, next_line: int = 0) -> None:
        """Delivers the first `rows` rows of the block."""
        call("forebay_child_publish", self._handle, rows, next_offset, next_line)

    def finish(self) -> None:
        """Ends the task: the file has been read."""
        call("forebay_child_finish", self._handle)

    def log(self, level: str, message: str) -> None:
        """Sends the loader's caller a note, see :meth:`Loader.notes`. It is a sign of life, too."""
        call("forebay_child_log", self._handle, LEVELS.index(level) + 1, text_bytes(message.replace("\0", "?")))

    def fail(self, code: int, message: str, line: int = 0, byte: int = errors.NO_BYTE, column: int = 0) -> None:
        """Ends the task with a failure, which the loader raises in its turn."""
        call("forebay_child_fail", self._handle, code, line, byte, column, text_bytes(message.replace("\0", "?")))


class Block:
    """Room for rows in shared memory: fill it from the start, then :meth:`publish`. All blocks but the last of a file
    must be filled to their capacity."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self.capacity: int = child.view.capacity
        self.is_published = False

    @property
    def rows(self) -> np.ndarray:
        """The block as a numpy array of rows (rows layout)."""
        return self._child.rows()

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """Its fields, in either layout."""
        return self._child.columns()

    def publish(self, rows: int, next_offset: int, next_line: int = 0) -> None:
        """Delivers the first `rows` rows.

        :param next_offset: where to go on should this child die: it comes back as :attr:`Loading.begin`. Must grow.
        :param next_line: the line there, or any number; comes back as :attr:`Loading.line`.
        """
        self._child.publish(rows, next_offset, next_line)
        self.is_published = True


class Loading:
    """The file that a function in a child process is to read."""

    def __init__(self, child: Child, task: ChildTask, config: Any) -> None:
        self._child = child
        self.descriptor: int = task.descriptor  #: the file, open for reading
        self.size: int = task.size  #: its bytes
        self.index: int = task.source  #: its place in the order of the loader
        self.begin: int = task.begin  #: 0, or `next_offset` of the last block published before a child died
        self.line: int = task.line  #: 0, or its `next_line`
        self.first_row: int = task.first_row  #: rows published before
        self.row_limit: int = task.row_limit  #: most rows wanted
        self.config = config  #: what load() was given as ``config``
        self.dtype = child.dtype  #: numpy dtype of the rows

    @property
    def path(self) -> str:
        """Path of the file, as the system knows it now."""
        return os.readlink(f"/proc/self/fd/{self.descriptor}")

    def open(self) -> BinaryIO:
        """The file, opened for reading in binary."""
        return os.fdopen(os.dup(self.descriptor), "rb")

    def log(self, message: str, level: str = "info") -> None:
        """Sends a note to whoever loads: :meth:`Loader.notes`. Send one now and then in work that takes long: a child that
        is silent for the loader's ``progress_timeout`` is taken for one that hangs.

        :param level: "debug", "info", "warning" or "error".
        """
        self._child.log(level, message)

    def blocks(self) -> Iterator[Block]:
        """Blocks of shared memory to fill directly, without a copy, instead of yielding arrays: until the limit of rows is
        reached. A block that was not published ends it."""
        while self._child.fill():
            block = Block(self._child)
            yield block
            if not block.is_published:
                return


class _Writer:
    """Puts arrays of any length into blocks, and passes over the rows that were published before."""

    def __init__(self, child: Child, done: int) -> None:
        self._child = child
        self._skip = done
        self._total = done
        self._used = 0
        self._room: int | None = None

    def write(self, rows: np.ndarray) -> bool:
        """False: no more rows are wanted."""
        rows = np.asarray(rows)
        if rows.dtype != self._record():
            rows = rows.astype(self._record(), casting="equiv")
        rows, self._skip = rows[self._skip :], max(0, self._skip - len(rows))
        while len(rows):
            if self._room is None and not self._begin():
                return False
            count = min(len(rows), self._room - self._used)  # type: ignore[operator]
            self._put(rows[:count])
            rows = rows[count:]
        return True

    def _record(self) -> np.dtype:
        return self._child.dtype.base

    def _begin(self) -> bool:
        if not self._child.fill():
            return False
        self._room, self._used = self._child.view.capacity, 0
        return True

    def _put(self, rows: np.ndarray) -> None:
        part = slice(self._used, self._used + len(rows))
        if self._child.view.layout == COLUMNS:
            for name, column in self._child.columns().items():
                column[part] = rows[name] if name else rows
        else:
            self._child.rows()[part] = rows
        self._used += len(rows)
        if self._used == self._room:
            self.flush()

    def flush(self) -> None:
        if self._room is not None and self._used:
            self._total += self._used
            self._child.publish(self._used, self._total)
        self._room = None


def _code_of(failure: Exception) -> int:
    if isinstance(failure, errors.Error) and failure.code < 0:
        return failure.code
    kinds = [(kind, code) for code, kind in errors.CLASSES.items() if isinstance(failure, kind)]
    if kinds:
        return kinds[0][1]
    builtin = ((MemoryError, -20), (PermissionError, -32), (OSError, -30), (EOFError, -44), (ValueError, -42))
    return next((code for kind, code in builtin if isinstance(failure, kind)), -40)


def _report(child: Child, failure: Exception) -> None:
    place = failure if isinstance(failure, errors.Error) else None
    message = str(failure).replace("\n", " ") if place else f"{type(failure).__name__}: {failure}".replace("\n", " ")
    byte = place.byte if place and place.byte is not None else errors.NO_BYTE
    child.fail(
        _code_of(failure),
        message or type(failure).__name__,
        place and place.line or 0,
        byte,
        place and place.column or 0,
    )


def _run_task(child: Child, function: Callable[[Loading], Any], source: Loading) -> None:
    produced = function(source)
    if produced is None:
        return
    writer = _Writer(child, source.first_row)
    try:
        for rows in produced:
            if not writer.write(rows):
                break
    finally:  # rows before a fault are delivered
        writer.flush()


def _resolve(told: dict[str, Any]) -> Callable[[Loading], Any]:
    if told["script"]:
        names = runpy.run_path(told["script"], run_name=_MAIN)
        sys.modules.setdefault(_MAIN, types.ModuleType(_MAIN)).__dict__.update(names)
    found: Any = sys.modules[_MAIN] if told["script"] else importlib.import_module(told["module"])
    for part in told["name"].split("."):
        found = getattr(found, part)
    return found


def run() -> None:
    """What a child process does, until its loader ends it."""
    child = Child()
    told = pickle.loads(child.config())
    sys.path[:] = told["sys_path"]
    function: Any = None
    while (task := child.take()) is not None:
        try:
            if function is None:
                function = _resolve(told)
                config = pickle.loads(told["config"])
            _run_task(child, function, Loading(child, task, config))
        except errors.CancelledError:
            child.finish()
        except Exception as failure:  # noqa: BLE001 - whatever the function does is the file's failure
            _report(child, failure)
        else:
            child.finish()
