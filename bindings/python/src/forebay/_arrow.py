"""PyCapsules for the Arrow PyCapsule interface and for DLPack.

Why no destructors: one written in Python may run while an exception is on its way and would break it. So this module keeps a
reference to each capsule, and releases what a consumer left in it once nobody else refers to the capsule: with the next
export, garbage collection, or want of memory.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import sys
import threading
from typing import Any, Callable, TypeVar

from . import _process, errors
from ._calls import NONE, call

ALL_FIELDS = 0xFFFFFFFF
CPU = (1, 0)
T = TypeVar("T")

# Of each struct only the place of `release` is of interest here: bytes of the struct, offset of the pointer.
_SCHEMA, _ARRAY, _STREAM = (72, 56), (80, 64), (40, 24)
_RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

_new = ctypes.pythonapi.PyCapsule_New
_new.restype = ctypes.py_object
_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_is_valid = ctypes.pythonapi.PyCapsule_IsValid
_is_valid.restype = ctypes.c_int
_is_valid.argtypes = [ctypes.py_object, ctypes.c_char_p]


class _Exported:
    """A capsule that was handed out, and how to end what is in it if nobody took it."""

    __slots__ = ("address", "capsule", "deleter", "epoch", "memory", "name")

    def __init__(self, name: bytes, address: int, deleter: int, memory: Any) -> None:
        self.name = name  # PyCapsule_New keeps the pointer, so the bytes must live as long
        self.address = address
        self.deleter = deleter  # where the pointer to the function is
        self.memory = memory
        self.epoch = _process.epoch
        self.capsule = _new(address, name, None)

    def is_free(self) -> bool:
        return sys.getrefcount(self.capsule) <= 2

    def end(self) -> None:
        if not _process.is_own(self.epoch) or not _is_valid(self.capsule, self.name):
            return
        function = ctypes.c_void_p.from_address(self.deleter).value
        if function:
            _RELEASE(function)(self.address)


_exported: list[_Exported] = []
_guard = threading.Lock()


def reap(*_: object) -> None:
    """Ends what is in capsules that nobody took and nobody has."""
    if not _exported or not _guard.acquire(blocking=False):
        return
    try:
        free = [entry for entry in _exported if entry.is_free()]
        if free:
            _exported[:] = [entry for entry in _exported if entry not in free]
    finally:
        _guard.release()
    for entry in free:
        entry.end()


def _on_collection(phase: str, _info: dict) -> None:
    if phase == "stop":
        reap()


def _forget() -> None:
    global _guard
    _guard = threading.Lock()


gc.callbacks.append(_on_collection)
atexit.register(reap)
os.register_at_fork(after_in_child=_forget)


def _export(name: bytes, address: int, deleter: int, memory: Any = None) -> object:
    reap()
    entry = _Exported(name, address, deleter, memory)
    with _guard:
        _exported.append(entry)
    return entry.capsule


def _struct_capsule(name: bytes, shape: tuple[int, int], fill: Callable[[int], int]) -> object:
    """A capsule around a struct of Arrow's, which `fill` sets."""
    memory = ctypes.create_string_buffer(shape[0] + 8)
    address = (ctypes.addressof(memory) + 7) & ~7
    if fill(address) == NONE:
        raise IndexError("there is no such field")
    return _export(name, address, address + shape[1], memory)


def schema_capsule(dtype: int, field: int) -> object:
    return _struct_capsule(b"arrow_schema", _SCHEMA, lambda at: call("forebay_dtype_export_arrow", dtype, field, at))


def array_capsules(dtype: int, array: int, field: int) -> tuple[object, object]:
    schema = schema_capsule(dtype, field)
    return schema, _struct_capsule(
        b"arrow_array", _ARRAY, lambda at: call("forebay_array_export_arrow", array, field, at)
    )


def stream_capsule(loader: int) -> object:
    return _struct_capsule(b"arrow_array_stream", _STREAM, lambda at: call("forebay_loader_export_arrow", loader, at))


def dlpack_capsule(array: int, field: int, stream: object, max_version: Any, device: Any, copy: Any) -> object:
    if stream is not None:
        raise BufferError("the array is on the CPU, where there are no streams")
    if device is not None and tuple(device) != CPU:
        raise BufferError(f"the array is on the CPU, not on device {device}")
    if copy:
        raise BufferError("forebay hands over without a copy; copy what you get")
    versioned = max_version is not None and tuple(max_version) >= (1, 0)
    function = "forebay_array_export_dlpack" + ("" if versioned else "_unversioned")
    out = ctypes.c_void_p()
    try:
        status = call(function, array, field, ctypes.byref(out))
    except (errors.ArgumentError, errors.StateError) as failure:
        raise BufferError(failure.message) from failure
    if status == NONE or not out.value:
        raise IndexError("there is no such field")
    # Where DLPack has the deleter: behind version and context, or behind the tensor (48 bytes) and the context.
    deleter = out.value + (16 if versioned else 56)
    return _export(b"dltensor_versioned" if versioned else b"dltensor", out.value, deleter)


def with_collection(attempt: Callable[[], T]) -> T:
    """Tries again once after a garbage collection when all arrays are in use: some may only wait to be collected."""
    try:
        return attempt()
    except errors.FullError:
        gc.collect()
        reap()
        return attempt()
