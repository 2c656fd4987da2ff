"""numpy dtypes and the library's own: from one to the other."""

from __future__ import annotations

import ast
import ctypes
from typing import Any, Union

import numpy as np

from ._calls import call, plain, text_bytes
from ._structs import DtypeField

DtypeLike = Union[str, np.dtype, type, list, tuple, Any]


class Dtype:
    """A dtype of the library, owned. Ended with the object."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    def __del__(self, free: Any = plain["forebay_dtype_free"]) -> None:
        if getattr(self, "handle", None):
            free(self.handle)


def _parse(function: str, text: str) -> Dtype:
    out = ctypes.c_void_p()
    call(function, text_bytes(text), ctypes.byref(out))
    return Dtype(out.value or 0)


def _bare_text(dtype: np.dtype) -> str:
    base, shape = dtype.subdtype or (dtype, ())
    return base.str.replace("|", "") + (f"[{','.join(map(str, shape))}]" if shape else "")


def make(like: DtypeLike) -> Dtype:
    """The library's dtype for its own text ("chr:S10,pos:i4"), or for all that numpy makes a dtype of."""
    if isinstance(like, str) and (":" in like or "[" in like):
        return _parse("forebay_dtype_parse", like)
    dtype = np.dtype(like)
    if dtype.names is None:
        return _parse("forebay_dtype_parse", _bare_text(dtype))
    return _parse("forebay_dtype_parse_descr", repr(dtype.descr))


def _bare_dtype(handle: int) -> np.dtype:
    field = DtypeField()
    call("forebay_dtype_field_at", handle, 0, ctypes.byref(field))
    descr = ast.literal_eval(plain["forebay_dtype_descr"](handle).decode())
    base = descr if isinstance(descr, str) else descr[0]
    return np.dtype((base, tuple(field.shape[: field.rank]))) if field.rank else np.dtype(base)


def to_numpy(handle: int) -> np.dtype:
    """The numpy dtype of a dtype of the library."""
    if not plain["forebay_dtype_is_record"](handle):
        return _bare_dtype(handle)
    fields = ast.literal_eval(plain["forebay_dtype_descr"](handle).decode())
    return np.dtype([tuple(field) for field in fields])


def text_of(handle: int) -> str:
    """The text that gives this dtype again: "chr:S10,pos:i4"."""
    return plain["forebay_dtype_text"](handle).decode()


def numpy_dtype(like: DtypeLike) -> np.dtype:
    """The numpy dtype of a text such as "chr:S10,pos:i4", or of all that numpy takes.

    >>> numpy_dtype("chr:S10,pos:i4,t:f4[24]")["t"].shape
    (24,)
    """
    own = make(like)
    return to_numpy(own.handle)
