"""The public structs as ctypes. tests/test_layout.py compares them with what C prints."""

from __future__ import annotations

import ctypes
import re

_U32, _I32, _U64, _F64 = ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint64, ctypes.c_double
_TEXT, _POINTER = ctypes.c_char_p, ctypes.c_void_p


class _Struct(ctypes.Structure):
    """Sets struct_size; everything else is zero, which means the default."""

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.struct_size = ctypes.sizeof(self)

    @classmethod
    def c_name(cls) -> str:
        return "forebay" + re.sub(r"[A-Z]", lambda letter: "_" + letter.group().lower(), cls.__name__)


class Error(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("code", _I32),
        ("os_errno", _I32),
        ("source", _U32),
        ("line", _U64),
        ("byte", _U64),
        ("column", _U32),
        ("reserved", _U32),
        ("path", ctypes.c_char * 512),
        ("message", ctypes.c_char * 512),
    ]


class DtypeField(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("kind", _I32),
        ("name", _TEXT),
        ("unit", _TEXT),
        ("item_bytes", _U64),
        ("offset", _U64),
        ("count", _U64),
        ("big_endian", _I32),
        ("rank", _U32),
        ("shape", _U64 * 8),
    ]


class ArrayProvenance(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("source", _U32),
        ("offset", _U64),
        ("line", _U64),
        ("rows", _U64),
        ("rejects", _U64),
        ("hash", _U64),
        ("skipped", _U64),
        ("ahead", _U64),
    ]


class ArrayView(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("layout", _I32),
        ("data", _POINTER),
        ("rows", _U64),
        ("row_bytes", _U64),
        ("capacity", _U64),
        ("fields", _U32),
        ("source", _U32),
        ("first_row", _U64),
        ("read_only", _U32),
        ("reserved", _U32),
        ("generation", _U64),
    ]


class ArrayColumn(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("reserved", _U32),
        ("data", _POINTER),
        ("stride", _U64),
        ("validity", _POINTER),
        ("heap", _POINTER),
    ]


class ArenaStats(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("segments", _U32),
        ("quota", _U64),
        ("reserved", _U64),
        ("lent", _U64),
        ("high_water", _U64),
        ("blocks_lent", _U64),
        ("blocks_recycled", _U64),
        ("bytes_copied", _U64),
    ]


class LoaderOptions(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("children", _U32),
        ("memory_bytes", _U64),
        ("batch_rows", _U64),
        ("split_bytes", _U64),
        ("retries", _U32),
        ("start_timeout_ms", _U32),
        ("progress_timeout_ms", _U32),
        ("delimiter", _U32),
        ("quote", _U32),
        ("header", _U32),
        ("skip_rows", _U32),
        ("comment", _TEXT),
        ("columns", _TEXT),
        ("program", _TEXT),
        ("child_output", _U32),
        ("reserved", _U32),
        ("child_argv", _POINTER),
        ("child_config", _POINTER),
        ("child_config_bytes", _U64),
        ("on_error", _U32),
        ("keep_rejects", _U32),
        ("max_errors", _U64),
        ("na", _TEXT),
        ("fill", _TEXT),
        ("true_words", _TEXT),
        ("false_words", _TEXT),
        ("decimal", _U32),
        ("thousands", _U32),
        ("percent", _U32),
        ("hex", _U32),
        ("encoding", _U32),
        ("overlong", _U32),
        ("layout", _U32),
        ("reserved_layout", _U32),
        ("order", _U32),
        ("batch", _U32),
        ("total_timeout_ms", _U32),
        ("reserved2", _U32),
    ]


class LoaderFileOptions(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("reserved", _U32),
        ("max_rows", _U64),
        ("header_bytes", _U64),
        ("member", _TEXT),
        ("format", _U32),
        ("reserved2", _U32),
    ]


class LoaderProgress(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("children", _U32),
        ("bytes_done", _U64),
        ("bytes_total", _U64),
        ("rows_done", _U64),
        ("sources_done", _U32),
        ("sources_failed", _U32),
        ("sources_total", _U32),
        ("child_restarts", _U32),
        ("elapsed_seconds", _F64),
        ("bytes_per_second", _F64),
        ("seconds_left", _F64),
        ("fields_truncated", _U64),
        ("rows_copied", _U64),
    ]


class LoaderChild(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("pid", _I32),
        ("source", _U32),
        ("tasks", _U32),
        ("rows_done", _U64),
        ("path", _TEXT),
    ]


class Reject(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("code", _I32),
        ("source", _U32),
        ("column", _U32),
        ("line", _U64),
        ("byte", _U64),
        ("count", _U64),
        ("path", ctypes.c_char * 512),
        ("reason", ctypes.c_char * 264),
        ("text", ctypes.c_char * 264),
    ]


class ChildTask(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("descriptor", _I32),
        ("source", _U32),
        ("reserved", _U32),
        ("size", _U64),
        ("begin", _U64),
        ("line", _U64),
        ("first_row", _U64),
        ("row_limit", _U64),
    ]


class ChildView(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("reserved", _U32),
        ("data", _POINTER),
        ("capacity", _U64),
        ("row_bytes", _U64),
        ("layout", _I32),
        ("fields", _U32),
    ]


class TableSource(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("state", _U32),
        ("path", _TEXT),
        ("resolved", _TEXT),
        ("size", _U64),
        ("offset", _U64),
        ("line", _U64),
        ("rows", _U64),
        ("rejects", _U64),
        ("hash", _U64),
        ("skipped", _U64),
        ("ahead", _U64),
    ]


class StoreOptions(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("mode", _U32),
        ("names", _U32),
        ("reserved", _U32),
        ("durability", _U32),
        ("reserved2", _U32),
        ("commit_bytes", _U64),
        ("commit_rows", _U64),
        ("commit_milliseconds", _U64),
    ]


class RecoverOptions(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("accept_without_journal", _U32),
    ]


class RecoverResult(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("action", _U32),
        ("commits", _U64),
        ("rows", _U64),
    ]


class TableOptions(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("reserved", _U32),
        ("chunk_rows", _U64),
        ("layout", _U32),
        ("reserved_layout", _U32),
        ("deflate", _U32),
        ("shuffle", _U32),
        ("fletcher32", _U32),
        ("reserved2", _U32),
        ("zstd", _U32),
        ("lz4", _U32),
        ("blosc", _U32),
        ("reserved3", _U32),
    ]


class TableAppendResult(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("sources_failed", _U32),
        ("rows", _U64),
    ]


class TableInfo(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("rank", _U32),
        ("rows", _U64),
        ("row_bytes", _U64),
        ("chunk_rows", _U64),
        ("chunks", _U64),
        ("stored_bytes", _U64),
        ("layout", _U32),
        ("reserved", _U32),
        ("deflate", _U32),
        ("shuffle", _U32),
        ("fletcher32", _U32),
        ("reserved2", _U32),
        ("zstd", _U32),
        ("lz4", _U32),
        ("blosc", _U32),
        ("reserved3", _U32),
    ]


class SniffOptions(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("reserved", _U32),
        ("sample_bytes", _U64),
        ("also_at", _U64),
    ]


class SniffInfo(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("columns", _U32),
        ("delimiter", _U32),
        ("quote", _U32),
        ("header", _U32),
        ("skip_rows", _U32),
        ("decimal", _U32),
        ("confidence", _U32),
        ("rows_sampled", _U64),
        ("bytes_sampled", _U64),
        ("comment", _TEXT),
        ("na", _TEXT),
    ]


class LoaderLog(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("level", _U32),
        ("source", _U32),
        ("pid", _I32),
        ("lost", _U64),
        ("text", ctypes.c_char * 1032),
    ]


class StoreInfo(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("journal", _U32),
        ("writer", _U32),
        ("has_space", _U32),
        ("file_bytes", _U64),
        ("journal_bytes", _U64),
        ("generation", _U64),
        ("commit", _U64),
        ("waiting_commits", _U64),
        ("waiting_bytes", _U64),
        ("used_bytes", _U64),
        ("left_bytes", _U64),
    ]


class RepackOptions(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("replace", _U32),
        ("output", _TEXT),
    ]


class RepackResult(_Struct):
    _fields_ = [
        ("struct_size", _U32),
        ("tables", _U32),
        ("rows", _U64),
        ("bytes_before", _U64),
        ("bytes_after", _U64),
    ]
