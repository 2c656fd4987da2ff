"""Calls of the C functions: their signatures, and failures as exceptions. No other module touches the library."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from . import _structs, errors
from ._library import library

OK, NONE, END, AGAIN = 0, 1, 2, 3
NO_SOURCE = errors.NO_SOURCE

# p: any pointer, s: text, i u: 32 bits, U: 64 bits, d: double. A last 'e' is the error record, which call() adds.
_STATUS = {
    "forebay_dtype_parse": "spe",
    "forebay_dtype_parse_descr": "spe",
    "forebay_dtype_field_at": "pup",
    "forebay_dtype_export_arrow": "pupe",
    "forebay_arena_open": "Upe",
    "forebay_arena_stats_get": "ppe",
    "forebay_array_lease": "ppUpe",
    "forebay_array_lease_columns": "ppUpe",
    "forebay_array_view_get": "ppe",
    "forebay_array_column_get": "pupe",
    "forebay_array_provenance_get": "ppe",
    "forebay_array_set_rows": "pUe",
    "forebay_array_share": "ppe",
    "forebay_array_attach": "ippe",
    "forebay_array_export_arrow": "pupe",
    "forebay_array_export_dlpack": "pupe",
    "forebay_array_export_dlpack_unversioned": "pupe",
    "forebay_loader_open": "pppe",
    "forebay_loader_add_file": "pspe",
    "forebay_loader_add_path": "psppe",
    "forebay_loader_add_descriptor": "pispe",
    "forebay_loader_next": "pipe",
    "forebay_loader_step": "pie",
    "forebay_loader_descriptor": "ppe",
    "forebay_loader_cancel": "pe",
    "forebay_loader_progress_get": "ppe",
    "forebay_loader_child_get": "pupe",
    "forebay_loader_arena_stats": "ppe",
    "forebay_loader_source_status": "pupe",
    "forebay_loader_source_rejects": "puppe",
    "forebay_loader_source_truncated": "pupe",
    "forebay_loader_reject_count": "pppe",
    "forebay_loader_reject_get": "pUpe",
    "forebay_loader_export_arrow": "ppe",
    "forebay_loader_resume": "ppue",
    "forebay_loader_log_next": "ppe",
    "forebay_sniff_file": "spppe",
    "forebay_sniff_info_get": "ppe",
    "forebay_sniff_apply": "ppe",
    "forebay_child_attach": "pe",
    "forebay_child_config": "pppe",
    "forebay_child_take": "ppe",
    "forebay_child_fill": "ppe",
    "forebay_child_column_get": "pupe",
    "forebay_child_publish": "pUUUe",
    "forebay_child_finish": "pe",
    "forebay_child_fail": "piUUuse",
    "forebay_child_log": "puse",
    "forebay_store_open": "sppe",
    "forebay_store_commit": "pe",
    "forebay_store_commit_begin": "ppe",
    "forebay_store_commit_poll": "pipe",
    "forebay_store_info_get": "spe",
    "forebay_store_repack": "sppe",
    "forebay_store_close": "pe",
    "forebay_store_recover": "sppe",
    "forebay_store_refresh": "pe",
    "forebay_store_verify": "ppe",
    "forebay_store_reject_count": "ppe",
    "forebay_store_reject_get": "pUpe",
    "forebay_table_open": "pspppe",
    "forebay_table_append_array": "ppe",
    "forebay_table_append_rows": "ppUe",
    "forebay_table_append_loader_step": "ppipe",
    "forebay_table_consume": "pppe",
    "forebay_table_source_get": "pupe",
    "forebay_table_read": "pUUppe",
    "forebay_table_read_column": "puUUppe",
    "forebay_table_set_text": "psse",
    "forebay_table_set_number": "psde",
    "forebay_table_get_text": "pspUpe",
    "forebay_table_get_number": "pspe",
    "forebay_table_info_get": "ppe",
}
# The others: result, arguments. v: nothing.
_PLAIN = {
    "forebay_version": ("s", ""),
    "forebay_status_name": ("s", "i"),
    "forebay_dtype_free": ("v", "p"),
    "forebay_dtype_text": ("s", "p"),
    "forebay_dtype_descr": ("s", "p"),
    "forebay_dtype_row_bytes": ("U", "p"),
    "forebay_dtype_field_count": ("u", "p"),
    "forebay_dtype_is_record": ("i", "p"),
    "forebay_dtype_equal": ("i", "pp"),
    "forebay_arena_close": ("v", "p"),
    "forebay_array_dtype": ("p", "p"),
    "forebay_array_release": ("v", "p"),
    "forebay_loader_close": ("v", "p"),
    "forebay_loader_source_path": ("s", "pu"),
    "forebay_sniff_free": ("v", "p"),
    "forebay_sniff_dtype": ("p", "p"),
    "forebay_sniff_dtype_text": ("s", "p"),
    "forebay_sniff_note": ("s", "pu"),
    "forebay_child_dtype": ("p", "p"),
    "forebay_child_close": ("v", "p"),
    "forebay_store_abandon": ("v", "p"),
    "forebay_store_table_count": ("u", "p"),
    "forebay_store_table_name": ("s", "pu"),
    "forebay_table_dtype": ("p", "p"),
    "forebay_table_rows": ("U", "p"),
    "forebay_table_bytes_copied": ("U", "p"),
    "forebay_table_attribute_count": ("u", "p"),
    "forebay_table_attribute_name": ("s", "pu"),
}
_TYPES = {
    "p": ctypes.c_void_p,
    "e": ctypes.c_void_p,
    "s": ctypes.c_char_p,
    "i": ctypes.c_int32,
    "u": ctypes.c_uint32,
    "U": ctypes.c_uint64,
    "d": ctypes.c_double,
    "v": None,
}


def _declare(name: str, result: Any, arguments: str) -> Any:
    function = getattr(library, name)
    function.restype = result
    function.argtypes = [_TYPES[letter] for letter in arguments]
    return function


_checked = {name: _declare(name, ctypes.c_int32, arguments) for name, arguments in _STATUS.items()}
plain: dict[str, Any] = {
    name: _declare(name, _TYPES[result], arguments) for name, (result, arguments) in _PLAIN.items()
}


def call(name: str, *arguments: object) -> int:
    """Calls a function that returns a status: raises a failure, returns 0 or what is news."""
    function = _checked[name]
    if not _STATUS[name].endswith("e"):
        status = function(*arguments)
        record = _structs.Error()
    else:
        record = _structs.Error()
        status = function(*arguments, ctypes.byref(record))
    if status < 0:
        raise errors.from_record(status, plain["forebay_status_name"](status).decode(), record)
    return status


def path_bytes(path: str | bytes | os.PathLike) -> bytes:
    """A path as the bytes of the file system."""
    given = os.fsencode(path)
    if b"\0" in given:
        raise ValueError(f"the path {path!r} has a NUL in it")
    return given


def text_bytes(text: str | bytes) -> bytes:
    given = text.encode() if isinstance(text, str) else bytes(text)
    if b"\0" in given:
        raise ValueError(f"{text!r} has a NUL in it")
    return given


def text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "surrogateescape")
