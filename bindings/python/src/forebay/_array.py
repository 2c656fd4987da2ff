"""Arrays: leases on rows in shared memory, and numpy arrays that hold them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import _arrow, _dtype, _process
from ._calls import NO_SOURCE, NONE, call, plain
from ._structs import ArrayColumn, ArrayView

ROWS, COLUMNS = 1, 2
LAYOUTS = {"rows": ROWS, "columns": COLUMNS}


class Lease:
    """One counted right to a block. Given back when nothing refers to it any more, on any thread, also at the end of the
    interpreter; never in a fork, where the block is still the other process's."""

    __slots__ = ("epoch", "handle")

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.epoch = _process.epoch

    def __del__(self, release: Any = plain["forebay_array_release"], is_own: Any = _process.is_own) -> None:
        if is_own(self.epoch):
            release(self.handle)


class _Place:
    """Memory for numpy: the array that numpy makes of it keeps this object as its base, and so the lease."""

    __slots__ = ("__array_interface__", "array")

    def __init__(
        self, array: Any, address: int, dtype: np.dtype, rows: int, stride: int | None, read_only: bool
    ) -> None:
        base, shape = dtype.subdtype or (dtype, ())
        strides = None
        if stride is not None and (stride != dtype.itemsize):
            inner = np.empty(shape, base).strides if shape else ()
            strides = (stride, *inner)
        self.array = array
        self.__array_interface__ = {
            "version": 3,
            "data": (address, read_only),
            "shape": (rows, *shape),
            "typestr": base.str,
            "descr": base.descr,
            "strides": strides,
        }


class Column:
    """One field of an :class:`Array`: for numpy (``numpy.asarray``), Arrow and DLPack, all without a copy."""

    def __init__(self, array: Array, index: int) -> None:
        self.array = array
        self.index = index

    @property
    def name(self) -> str:
        return (self.array.dtype.names or ("",))[self.index]

    def numpy(self) -> np.ndarray:
        """The values as a numpy array that is the shared memory."""
        return self.array._column(self.index)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        values = self.numpy()
        return np.array(values, dtype) if copy else values if dtype is None else values.astype(dtype, copy=False)

    def __len__(self) -> int:
        return self.array.rows

    def __arrow_c_schema__(self) -> object:
        return _arrow.schema_capsule(self.array._dtype_handle, self.index)

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return _arrow.array_capsules(self.array._dtype_handle, self.array._handle, self.index)

    def __dlpack_device__(self) -> tuple[int, int]:
        return _arrow.CPU

    def __dlpack__(
        self,
        *,
        stream: object = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> object:
        return _arrow.dlpack_capsule(self.array._handle, self.index, stream, max_version, dl_device, copy)


class Array:
    """Rows in shared memory. ``load(..., layout="columns")`` gives these; a numpy array of rows has one behind it
    (:func:`array_of`).

    The memory is given back when neither this object nor any numpy array, Arrow array or tensor made of it is left.
    There is no way to end it earlier, so none of them can point to nothing.
    """

    def __init__(self, handle: int, dtype: np.dtype | None = None) -> None:
        self._lease = Lease(handle)
        self._dtype_handle: int = plain["forebay_array_dtype"](handle)
        #: numpy dtype of the rows
        self.dtype = dtype if dtype is not None else _dtype.to_numpy(self._dtype_handle)

    @property
    def _handle(self) -> int:
        _process.check(self._lease.epoch, "array")
        return self._lease.handle

    def _view(self) -> ArrayView:
        view = ArrayView()
        call("forebay_array_view_get", self._lease.handle, ctypes.byref(view))
        return view

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self._view().rows

    @property
    def capacity(self) -> int:
        """Rows that the block has room for."""
        return self._view().capacity

    @property
    def layout(self) -> str:
        """ "rows" (packed records) or "columns" (each field in one piece)."""
        return "rows" if self._view().layout == ROWS else "columns"

    @property
    def source(self) -> int | None:
        """Index of the file that the rows came from."""
        source = self._view().source
        return None if source == NO_SOURCE else source

    @property
    def first_row(self) -> int:
        """Number of the first row within its file, from 0."""
        return self._view().first_row

    @property
    def read_only(self) -> bool:
        """Whether the rows are another process's."""
        return bool(self._view().read_only)

    def set_rows(self, rows: int) -> None:
        """Sets the number of rows, after filtering in place or filling a leased array. numpy arrays made before keep
        their length."""
        call("forebay_array_set_rows", self._handle, rows)

    def numpy(self, capacity: bool = False) -> np.ndarray:
        """The rows as a structured array (or a plain one, for a dtype without fields) that is the shared memory. Only in
        the rows layout.

        :param capacity: the whole block, for filling it, instead of the rows that are set.
        """
        view = self._view()
        if view.layout == COLUMNS and self.dtype.names is not None:
            raise TypeError(
                "the array has the columns layout: array['name'] and array.columns() give its fields; for "
                "records load with layout='rows'"
            )
        rows = view.capacity if capacity else view.rows
        return np.asarray(_Place(self, view.data, self.dtype, rows, None, bool(view.read_only)))

    def column(self, name: str | int) -> Column:
        """A field by its name or number, for numpy, Arrow and DLPack."""
        names = self.dtype.names or ("",)
        if isinstance(name, str):
            if name not in names:
                raise KeyError(f"there is no field {name!r}; the fields are {', '.join(names)}")
            name = names.index(name)
        return Column(self, name)

    def columns(self, capacity: bool = False) -> dict[str, np.ndarray]:
        """All fields, as numpy arrays that are the shared memory; for ``pandas.DataFrame(array.columns(), copy=False)``."""
        return {name: self._column(index, capacity) for index, name in enumerate(self.keys())}

    def _column(self, index: int, capacity: bool = False) -> np.ndarray:
        view, place = self._view(), ArrayColumn()
        if call("forebay_array_column_get", self._lease.handle, index, ctypes.byref(place)) == NONE:
            raise IndexError(f"there is no field {index}")
        dtype = self.dtype[index] if self.dtype.names else self.dtype
        rows = view.capacity if capacity else view.rows
        return np.asarray(_Place(self, place.data, dtype, rows, place.stride, bool(view.read_only)))

    def keys(self) -> tuple[str, ...]:
        """Names of the fields."""
        return self.dtype.names or ("",)

    def __getitem__(self, name: Any) -> np.ndarray:
        """A field by name; rows by number or slice, in the rows layout."""
        return self.column(name).numpy() if isinstance(name, str) else self.numpy()[name]

    __iter__ = None  # rows or fields? array.numpy() and array.columns() say which

    def __len__(self) -> int:
        return self.rows

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        rows = self.numpy()
        return np.array(rows, dtype) if copy else rows if dtype is None else rows.astype(dtype, copy=False)

    def __buffer__(self, flags: int) -> memoryview:
        return memoryview(self.numpy())  # type: ignore[arg-type]

    def __arrow_c_schema__(self) -> object:
        return _arrow.schema_capsule(self._dtype_handle, _arrow.ALL_FIELDS)

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return _arrow.array_capsules(self._dtype_handle, self._handle, _arrow.ALL_FIELDS)

    def __dlpack_device__(self) -> tuple[int, int]:
        return _arrow.CPU

    def __dlpack__(self, **options: Any) -> object:
        """For a dtype without fields; else take :meth:`column`."""
        if self.dtype.names is not None:
            raise BufferError("DLPack has no records: take array.column('name')")
        return self.column(0).__dlpack__(**options)

    def share(self) -> int:
        """Copies the rows, once, into sealed memory of their own, and returns a descriptor of it for another process: send
        it (``socket.send_fds``) or let a child inherit it. The caller closes it."""
        descriptor = ctypes.c_int32(-1)
        call("forebay_array_share", self._handle, ctypes.byref(descriptor))
        return descriptor.value

    def __repr__(self) -> str:
        return f"<forebay.Array of {self.rows} rows, {self.layout}, {_dtype.text_of(self._dtype_handle)!r}>"


def attach(descriptor: int, dtype: Any = None) -> Array:
    """The rows behind a descriptor that another process made with :meth:`Array.share`, read only and without a copy. What
    is not a whole, sealed array of that dtype is refused.

    :param descriptor: stays the caller's, and may be closed at once.
    """
    expected = _dtype.make(dtype) if dtype is not None else None
    out = ctypes.c_void_p()
    call("forebay_array_attach", descriptor, expected.handle if expected else None, ctypes.byref(out))
    return Array(out.value or 0)


def _bases(values: Any) -> Iterator[Any]:
    while values is not None:
        yield values
        values = values.array if isinstance(values, _Place) else getattr(values, "base", None)


def array_of(values: np.ndarray) -> Array | None:
    """The :class:`Array` behind a numpy array (or a part of one) that a loader gave, or None."""
    for base in _bases(values):
        if isinstance(base, Array):
            return base
    return None


def whole_array(values: Any) -> Array | None:
    """The array whose rows, all of them, `values` is: then it can be stored without a copy."""
    if isinstance(values, Array):
        return values
    array = array_of(values) if isinstance(values, np.ndarray) else None
    if array is None or (array.layout == "columns" and array.dtype.names is not None):
        return None
    view = array._view()
    base, shape = array.dtype.subdtype or (array.dtype, ())
    same = values.ctypes.data == view.data and values.shape == (view.rows, *shape) and values.dtype == base
    return array if same and values.flags.c_contiguous else None


class Arena:
    """Shared memory with a quota, for arrays that the program fills itself.

    >>> arena = Arena(1 << 20)
    >>> array = arena.lease("pos:i4,pct:f4", rows=1000)
    >>> array.numpy(capacity=True)["pos"][:3] = 1, 2, 3
    >>> array.set_rows(3)
    >>> int(array["pos"].sum())
    6
    """

    def __init__(self, quota_bytes: int) -> None:
        out = ctypes.c_void_p()
        call("forebay_arena_open", quota_bytes, ctypes.byref(out))
        self._handle, self._epoch = out.value, _process.epoch

    def lease(self, dtype: Any, rows: int, layout: str = "rows") -> Array:
        """An empty array with room for `rows` rows. :class:`FullError` if the quota is in use."""
        _process.check(self._epoch, "arena")
        if layout not in LAYOUTS:
            raise ValueError(f"layout is {layout!r}, neither 'rows' nor 'columns'")
        function = "forebay_array_lease" if layout == "rows" else "forebay_array_lease_columns"
        own, out = _dtype.make(dtype), ctypes.c_void_p()
        _arrow.with_collection(lambda: call(function, self._handle, own.handle, rows, ctypes.byref(out)))
        return Array(out.value or 0)

    def __del__(self, close: Any = plain["forebay_arena_close"], is_own: Any = _process.is_own) -> None:
        if getattr(self, "_handle", None) and is_own(self._epoch):
            close(self._handle)
