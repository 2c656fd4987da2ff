"""Options of a load: the names that numpy, pandas and others use, as fields of the library's structs.

Nothing is decided here: values are put into the form that C takes, and C checks them.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ._calls import path_bytes, text_bytes
from ._structs import LoaderFileOptions, LoaderOptions

_CHOICES: dict[str, dict[Any, int]] = {
    "header": {False: 1, True: 2, None: 1},
    "child_output": {"off": 1, "inherit": 2, False: 1, True: 2},
    "on_error": {"fail": 1, "skip": 2, "null": 3},
    "percent": {"off": 1, "fraction": 2, "number": 3},
    "hex": {False: 1, True: 2},
    "encoding": {"bytes": 1, "utf-8": 2, "utf8": 2, "latin-1": 3, "latin1": 3},
    "overlong": {"fail": 1, "truncate": 2},
    "layout": {"rows": 1, "columns": 2},
    "order": {"source": 1, "any": 2},
    "batch": {"chunk": 1, "rows": 2, "source": 3},
    "format": {"auto": 1, "text": 2, "npy": 3, "npz": 4, "raw": 5},
}
_CHARACTERS = {"delimiter", "quote", "decimal", "thousands"}
_TEXTS = {"comment", "columns", "na", "fill", "true_words", "false_words", "member"}
_SECONDS = {
    "start_timeout": "start_timeout_ms",
    "progress_timeout": "progress_timeout_ms",
    "total_timeout": "total_timeout_ms",
}
_NUMBERS = {
    "children",
    "memory_bytes",
    "batch_rows",
    "split_bytes",
    "skip_rows",
    "keep_rejects",
    "max_errors",
    "max_rows",
    "header_bytes",
    "retries",
}
_FILE = {"max_rows", "header_bytes", "member", "format"}
_RETRIES_NONE = 0xFFFFFFFF
_BARE = re.compile(rb'[^\s,:"]+')  # needs no quotes in a list; in quotes a key is never a type

# Names of numpy.loadtxt, genfromtxt, pandas.read_csv, polars.read_csv, duckdb -> ours.
_ALIASES = {
    "sep": "delimiter",
    "separator": "delimiter",
    "quotechar": "quote",
    "quote_char": "quote",
    "has_header": "header",
    "skiprows": "skip_rows",
    "skip_header": "skip_rows",
    "comments": "comment",
    "comment_prefix": "comment",
    "usecols": "columns",
    "na_values": "na",
    "missing_values": "na",
    "null_values": "na",
    "nullstr": "na",
    "filling_values": "fill",
    "true_values": "true_words",
    "false_values": "false_words",
    "on_bad_lines": "on_error",
    "chunksize": "batch_rows",
    "nrows": "max_rows",
    "n_rows": "max_rows",
    "n_threads": "children",
}
# Of these a plain string is one text, as in pandas; by our own names it is a list as C has it.
_ONE_TEXT = {"na_values", "missing_values", "null_values", "nullstr", "true_values", "false_values"}
NAMES = {"program", *_CHOICES, *_CHARACTERS, *_TEXTS, *_SECONDS, *_NUMBERS}


def quoted(text: str | bytes) -> bytes:
    """A text as an entry of one of the library's lists, whatever is in it."""
    return b'"' + text_bytes(text).replace(b'"', b'""') + b'"'


def _list_text(value: Any) -> bytes:
    """Texts as a list. A string is passed on as C has it: 'NA,-,""'."""
    if isinstance(value, (str, bytes)):
        return text_bytes(value)
    return b",".join(quoted(entry) for entry in value)


def _columns_text(value: Any) -> bytes:
    """As in numpy and pandas: numbers from 0, or names. A string is passed on as C has it: "1,3-26,name"."""
    if isinstance(value, (str, bytes)):
        return text_bytes(value)
    if isinstance(value, (int, np.integer)):
        value = [value]
    entries = []
    for column in value:
        if isinstance(column, (int, np.integer)):
            if column < 0:
                raise ValueError(f"usecols: {column} is negative; columns count from 0, and only from the left")
            entries.append(str(int(column) + 1).encode())
        else:
            entries.append(quoted(column))
    return b",".join(entries)


def _fill_value(value: Any) -> bytes:
    if isinstance(value, (bool, np.bool_)):
        return b"1" if value else b"0"
    text = text_bytes(value if isinstance(value, (str, bytes)) else str(value))
    return text if _BARE.fullmatch(text) else quoted(text)


def _fill_text(value: Any) -> bytes:
    """A mapping of fields, types or kinds to values; a string is passed on as C has it: "pos:-1,i4:0"."""
    if isinstance(value, (str, bytes)):
        return text_bytes(value)
    if not isinstance(value, Mapping):
        raise TypeError("fill: give a mapping such as {'pos': -1, 'f8': 'nan'}, of fields, types or kinds")
    pairs = []
    for key, entry in value.items():
        name = text_bytes(key)
        pairs.append((name if _BARE.fullmatch(name) else quoted(name)) + b":" + _fill_value(entry))
    return b",".join(pairs)


def _character(name: str, value: Any) -> int:
    if value is None or value is False:
        return 1 if name in ("delimiter", "quote") else 0
    if name == "delimiter" and value in ("blanks", r"\s+"):
        return 1
    if name == "quote" and value in ("off", ""):
        return 1
    if not isinstance(value, str) or len(value) != 1:
        raise ValueError(f"{name} is {value!r}, not one character")
    return ord(value)


def _text(name: str, value: Any) -> bytes:
    if name == "columns":
        return _columns_text(value)
    if name == "fill":
        return _fill_text(value)
    if name in ("na", "true_words", "false_words"):
        return _list_text(value)
    return text_bytes(value)


def _choice(name: str, value: Any) -> int:
    if name == "header" and value is not None and not isinstance(value, bool):
        if value == 0:  # pandas: the first row
            return 2
        raise ValueError(f"header is {value!r}: True for names in the first row (behind skiprows), False for none")
    if name == "on_error":
        value = {"error": "fail", "raise": "fail"}.get(value, value)
    choices = _CHOICES[name]
    if value not in choices:
        given = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name} is {value!r}; it must be one of {given}")
    return choices[value]


def _milliseconds(name: str, value: float) -> int:
    if not value > 0:
        raise ValueError(f"{name} is {value!r}, not a number of seconds above 0")
    return max(1, round(value * 1000))


def _number(name: str, value: Any) -> int:
    if name == "retries" and value == 0:
        return _RETRIES_NONE
    number = int(value)
    if number != value or number < 0:
        raise ValueError(f"{name} is {value!r}, not a whole number from 0")
    return number


def _set(struct: Any, field: str, value: Any) -> None:
    setattr(struct, field, value)
    if isinstance(value, int) and getattr(struct, field) != value:
        raise ValueError(f"{field} is {value}, which is too large")


def _put(struct: Any, name: str, value: Any) -> None:
    if name in _SECONDS:
        _set(struct, _SECONDS[name], _milliseconds(name, value))
    elif name in _CHOICES:
        _set(struct, name, _choice(name, value))
    elif name in _CHARACTERS:
        _set(struct, name, _character(name, value))
    elif name in _TEXTS:
        setattr(struct, name, _text(name, value))
    elif name == "program":
        setattr(struct, name, path_bytes(value))
    else:
        _set(struct, name, _number(name, value))


def canonical(given: Mapping[str, Any]) -> dict[str, Any]:
    """Options by our own names. None means the default, but for delimiter (blanks), quotechar (off) and header (none)."""
    out: dict[str, Any] = {}
    for name, value in given.items():
        own = _ALIASES.get(name, name)
        if own not in NAMES:
            raise TypeError(f"there is no option {name!r}; there are {', '.join(sorted(NAMES))}")
        if name in _ONE_TEXT and isinstance(value, (str, bytes)):
            value = [value]
        if own in out:
            raise TypeError(f"{name!r} and another option both say {own!r}")
        if value is None and own not in ("delimiter", "quote", "header"):
            continue
        out[own] = value
    return out


def split(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options of a loader, and of each of its files."""
    own = canonical(given)
    return (
        {name: value for name, value in own.items() if name not in _FILE},
        {name: value for name, value in own.items() if name in _FILE},
    )


class CustomChild:
    """A child program for `LoaderOptions`: command and configuration, kept alive as long as the options are needed."""

    def __init__(self, command: Iterable[str | bytes | os.PathLike], config: bytes) -> None:
        words = [path_bytes(word) for word in command]
        self.argv = (ctypes.c_char_p * (len(words) + 1))(*words, None)
        self.config = ctypes.create_string_buffer(config, len(config)) if config else None

    def put(self, struct: LoaderOptions) -> None:
        struct.child_argv = ctypes.addressof(self.argv)
        if self.config is not None:
            struct.child_config = ctypes.addressof(self.config)
            struct.child_config_bytes = len(self.config)


def loader_options(own: Mapping[str, Any]) -> LoaderOptions:
    struct = LoaderOptions()
    for name, value in own.items():
        _put(struct, name, value)
    return struct


def file_options(own: Mapping[str, Any]) -> LoaderFileOptions:
    struct = LoaderFileOptions()
    for name, value in own.items():
        _put(struct, name, value)
    return struct
