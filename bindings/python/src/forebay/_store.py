"""Stores: tables of rows in one HDF5 file."""

from __future__ import annotations

import ctypes
import dataclasses
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import _dtype, _options, _process, _sniff, errors
from ._calls import AGAIN, NONE, OK, call, path_bytes, plain, text, text_bytes
from ._loader import Loader, Reject, add_paths, first_of, paths_of, reject_of
from ._structs import (
    RecoverOptions,
    RecoverResult,
    Reject as _RejectStruct,
    RepackOptions,
    RepackResult,
    StoreInfo,
    StoreOptions,
    TableOptions,
)
from ._table import Calls, Stored, Table, calls

_MODES = {"a": 1, "x": 2, "w": 3, "r": 4}
_DURABILITIES = {"full": 1, "ordered": 2, "none": 3}
_JOURNALS = {1: "none", 2: "left", 3: "waiting", 4: "live", 5: "missing", 6: "damaged", 7: "conflict"}
_ACTIONS = {1: "nothing", 2: "replayed", 3: "accepted"}


@dataclasses.dataclass(frozen=True)
class Recovered:
    """What :func:`recover` did."""

    action: str  #: "nothing" (the file was closed), "replayed" or "accepted"
    commits: int  #: commits taken from the journal
    rows: int  #: rows read to accept the file


@dataclasses.dataclass(frozen=True)
class Info:
    """What is known of a file as a whole, see :func:`info`."""

    journal: str  #: "none", "left", "waiting", "live", "missing", "damaged" or "conflict"
    writer: int  #: process that has the file open, as far as it is known; 0: none
    file_bytes: int
    journal_bytes: int
    commit: int  #: number of the journal's newest commit
    waiting_commits: int  #: commits that are in the journal only
    used_bytes: int | None  #: of the file: what the newest commit reaches; None where it cannot be read
    left_bytes: int | None  #: of the file: what it does not reach; :func:`repack` takes most of it away


@dataclasses.dataclass(frozen=True)
class Repacked:
    """What :func:`repack` did."""

    tables: int
    rows: int  #: rows in them, read back from the new file
    bytes_before: int
    bytes_after: int


class Store(Mapping):
    """One HDF5 file with tables, a mapping of their names. Made by :func:`open`.

    Rows are durable, those of all tables or none, when :meth:`commit` returns. At the end of a ``with`` block the store is
    committed and closed; if the block ends by an exception it is abandoned, and the rows since the last commit are not in
    the file.
    """

    def __init__(
        self,
        path: Any,
        mode: str = "a",
        *,
        durability: str = "full",
        names: int = 0,
        commit_rows: int = 0,
        commit_bytes: int = 0,
        commit_seconds: float = 0,
    ) -> None:
        if mode not in _MODES:
            raise ValueError(f"mode is {mode!r}; it must be one of 'a', 'x', 'w', 'r'")
        if durability not in _DURABILITIES:
            raise ValueError(f"durability is {durability!r}; it must be one of 'full', 'ordered', 'none'")
        given = StoreOptions(
            mode=_MODES[mode],
            durability=_DURABILITIES[durability],
            names=names,
            commit_bytes=commit_bytes,
            commit_rows=commit_rows,
            commit_milliseconds=round(commit_seconds * 1000),
        )
        out = ctypes.c_void_p()
        #: path of the file, as it was given
        self.path = path
        self._tables: dict[str, Table] = {}
        self._is_dirty = False
        calls.run(lambda: call("forebay_store_open", path_bytes(path), ctypes.byref(given), ctypes.byref(out)))
        self._given: int | None = out.value
        self._epoch = _process.epoch

    def _check(self) -> int:
        if self._given is None:
            raise errors.StateError(f"the store {self.path} was closed", -60, name="FOREBAY_E_STATE")
        _process.check(self._epoch, "store")
        return self._given

    def _run(self, body: Callable[[int], Any]) -> Any:
        return calls.run(lambda: body(self._check()))

    # Tables

    def _names(self, handle: int) -> list[str]:
        count = plain["forebay_store_table_count"](handle)
        return [text(plain["forebay_store_table_name"](handle, index)) for index in range(count)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._run(self._names))

    def __len__(self) -> int:
        return self._run(plain["forebay_store_table_count"])

    def __contains__(self, name: object) -> bool:
        return name in self._run(self._names)

    def __getitem__(self, name: str) -> Table:
        try:
            return self.table(name)
        except errors.NotFoundError as failure:
            raise KeyError(name) from failure

    def table(
        self,
        name: str,
        dtype: Any = None,
        *,
        chunk_rows: int = 0,
        layout: str = "rows",
        compression: str | None = None,
        compression_opts: int | None = None,
        shuffle: bool = False,
        fletcher32: bool = False,
    ) -> Table:
        """A table, made if it is not there. The options, named as h5py's, are used when it is made.

        :param name: such as "data" or "run1/data".
        :param dtype: as in :func:`load`; None: what the table has. Another one than it has is :class:`MismatchError`.
        :param layout: "rows": one dataset of records; "columns": a dataset for each field.
        :param compression: None, "gzip", which every reader of HDF5 knows, or "zstd", "lz4" or "blosc", for which h5py
            needs ``import hdf5plugin``. blosc has lz4 inside and shuffles by itself.
        :param compression_opts: the level: of gzip 1 to 9, default 4; of zstd 1 to 22, default 3; of blosc 1 to 9, default 5.
        """
        given = TableOptions(
            chunk_rows=chunk_rows,
            layout=_options._choice("layout", layout),
            shuffle=int(shuffle),
            fletcher32=int(fletcher32),
            **_compressor(compression, compression_opts),
        )
        own = _dtype.make(dtype) if dtype is not None else None
        out = ctypes.c_void_p()
        self._run(
            lambda handle: call(
                "forebay_table_open",
                handle,
                text_bytes(name),
                own.handle if own else None,
                ctypes.byref(given),
                ctypes.byref(out),
            )
        )
        known = self._tables.get(name)
        if known is None or known._given != out.value:
            known = self._tables[name] = Table(self, name, out.value or 0)
        return known

    # Loading

    def load(
        self,
        paths: Any,
        dtype: Any = None,
        *,
        table: str = "data",
        resume: bool = False,
        progress: bool = False,
        table_options: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Stored:
        """Loads files straight into a table, which is the fastest way: children write whole chunks of it.

        Nothing is committed unless the store's options say so: call :meth:`commit`, or leave the ``with`` block.

        :param paths: :param dtype: :param options: as in :func:`load`. The dtype may be left out if the table is there.
        :param resume: go on behind what the table holds of these files: so a load that was interrupted is finished by doing
            it again, and one of the same files with new ones behind them loads the new ones.
        :param table_options: of :meth:`table`, if it has to be made.
        """
        files = paths_of(paths)
        if dtype is None and table in self:
            dtype = self[table].dtype
        if dtype is None:
            dtype, options = _sniff.complete(first_of(files), options)
        into = self.table(table, dtype, **(table_options or {}))
        with Loader(dtype, **options) as loader:
            add_paths(loader, files)
            if resume:
                into.resume(loader)
            return into.append_loader(loader, progress=progress)

    # Commits

    def commit(self) -> None:
        """Makes everything appended so far durable, in all tables."""
        self._run(lambda handle: call("forebay_store_commit", handle))
        self._is_dirty = False

    def commit_begin(self) -> int:
        """Begins a commit and does not wait for the disk: :meth:`commit_poll` tells when it is durable. Rows appended from
        now on go into the next one. Returns its number, from 1."""
        ticket = ctypes.c_uint64()
        self._run(lambda handle: call("forebay_store_commit_begin", handle, ctypes.byref(ticket)))
        self._is_dirty = False
        return ticket.value

    def commit_poll(self, timeout: float | None = 0) -> bool:
        """Whether the commit that was begun is durable; True if none is under way. Its failure is raised here.

        :param timeout: seconds to wait for it, None: as long as it takes.
        """
        wait = -1 if timeout is None else round(timeout * 1000)
        return self._run(lambda handle: call("forebay_store_commit_poll", handle, wait, None)) != AGAIN

    def close(self) -> None:
        """Commits and closes. May be called twice."""
        handle, self._given = self._given, None
        if handle is not None:
            _process.check(self._epoch, "store")
            calls.run(lambda: call("forebay_store_close", handle))

    def abandon(self) -> None:
        """Closes without a commit: the rows since the last one are not in the file. What was committed stays."""
        handle, self._given = self._given, None
        if handle is not None and _process.is_own(self._epoch):
            calls.run(lambda: plain["forebay_store_abandon"](handle))

    def refresh(self) -> bool:
        """For a store opened with mode "r" while another process writes it: shows the newest commit, in all tables at once.
        False: there is nothing new."""
        return self._run(lambda handle: call("forebay_store_refresh", handle)) != NONE

    def verify(self) -> int:
        """Reads every chunk of every table and returns the number of rows. :class:`FormatError` names what is damaged."""
        rows = ctypes.c_uint64()
        self._run(lambda handle: call("forebay_store_verify", handle, ctypes.byref(rows)))
        return rows.value

    def rejects(self) -> list[Reject]:
        """The rejects of all loads that the file remembers."""
        found: list[Reject] = []
        struct = _RejectStruct()
        while (
            self._run(lambda handle: call("forebay_store_reject_get", handle, len(found), ctypes.byref(struct))) == OK
        ):
            found.append(reject_of(struct))
        return found

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def __del__(self, calls: Calls = calls, is_own: Any = _process.is_own, warn: Any = warnings.warn) -> None:
        handle = getattr(self, "_given", None)
        if handle is None or not is_own(self._epoch):
            return
        self._given = None
        calls.abandon(handle)
        if self._is_dirty:  # shown by default, as it tells of a loss
            warn(
                f"the store {self.path} was not closed: rows since its last commit are lost",
                RuntimeWarning,
                stacklevel=2,
            )
        else:
            warn(f"the store {self.path} was not closed", ResourceWarning, stacklevel=2)

    def __repr__(self) -> str:
        return f"<forebay.Store {self.path!r}{' (closed)' if self._given is None else ''}>"


def _compressor(compression: str | None, level: int | None) -> dict[str, int]:
    if compression is None:
        if level is not None:
            raise ValueError("compression_opts is the level of a compression: give compression='gzip' or 'zstd' too")
        return {}
    if compression == "gzip":
        return {"deflate": 4 if level is None else level}
    if compression == "zstd":
        return {"zstd": 3 if level is None else level}
    if compression == "blosc":
        return {"blosc": 5 if level is None else level}
    if compression != "lz4":
        raise ValueError(f"compression is {compression!r}; there are 'gzip', 'zstd', 'lz4' and 'blosc'")
    if level is not None:
        raise ValueError("lz4 has no levels: leave out compression_opts")
    return {"lz4": 1}


def open(path: Any, mode: str = "a", **options: Any) -> Store:  # noqa: A001 - as in io and gzip
    """Opens a store, a file with tables.

    >>> with open("meth.h5", "w") as store:
    ...     table = store.table("data", "chr:S10,pos:i4")
    ...     table.append([(b"chr1", 10), (b"chr2", 20)])
    >>> with open("meth.h5", "r") as store:
    ...     int(store["data"]["pos"].sum())
    30

    :param mode: "a": open it, or create it where there is none; "x": create it; "w": create it in place of one that is
        there; "r": read it. One whose writer died is recovered first.
    :param options: ``durability`` "full" (a commit survives a power loss), "ordered" (the end of the process) or "none"
        (only a closed file is safe); ``commit_rows``, ``commit_bytes``, ``commit_seconds``: when :meth:`Store.load` commits
        on its way.
    """
    return Store(path, mode, **options)


def recover(path: Any, *, accept_without_journal: bool = False) -> Recovered:
    """Makes a plain, closed HDF5 file of one whose writer died, with the rows of its last commit. Opening it for writing
    does the same.

    :param accept_without_journal: take a file whose journal is lost as it is, if all of it can be read.
    """
    given = RecoverOptions(accept_without_journal=int(accept_without_journal))
    result = RecoverResult()
    calls.run(lambda: call("forebay_store_recover", path_bytes(path), ctypes.byref(given), ctypes.byref(result)))
    return Recovered(_ACTIONS.get(result.action, "unknown"), result.commits, result.rows)


def info(path: Any) -> Info:
    """Looks at a file and its journal, also at one that cannot be opened. Changes nothing and keeps no writer waiting."""
    struct = StoreInfo()
    calls.run(lambda: call("forebay_store_info_get", path_bytes(path), ctypes.byref(struct)))
    has_space = bool(struct.has_space)
    return Info(
        journal=_JOURNALS[struct.journal],
        writer=struct.writer,
        file_bytes=struct.file_bytes,
        journal_bytes=struct.journal_bytes,
        commit=struct.commit,
        waiting_commits=struct.waiting_commits,
        used_bytes=struct.used_bytes if has_space else None,
        left_bytes=struct.left_bytes if has_space else None,
    )


def repack(path: Any, output: Any = None, *, replace: bool = False) -> Repacked:
    """Writes a closed file anew without the space that was left behind in it. The old one stays until the new one is
    complete and on the disk.

    :param output: where to write it; None: in place of the old one. :param replace: `output` may be there already.
    """
    target = None if output is None else path_bytes(output)
    given = RepackOptions(replace=int(replace), output=target)
    result = RepackResult()
    calls.run(lambda: call("forebay_store_repack", path_bytes(path), ctypes.byref(given), ctypes.byref(result)))
    return Repacked(result.tables, result.rows, result.bytes_before, result.bytes_after)
