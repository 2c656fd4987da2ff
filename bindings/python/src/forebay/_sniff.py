"""Guessing dtype and options of a text file, to look at and to freeze."""

from __future__ import annotations

import ctypes
import dataclasses
from typing import Any

from . import _dtype, _options
from ._calls import call, path_bytes, plain, text
from ._structs import SniffInfo, SniffOptions

# What a guess may say of a file, by the names of load().
_KNOWN = {
    "delimiter",
    "quote",
    "header",
    "skip_rows",
    "comment",
    "decimal",
    "na",
    "program",
    "start_timeout",
    "progress_timeout",
    "child_output",
}
_NOT_OF_C = ("progress", "loader", "config")


@dataclasses.dataclass(frozen=True)
class Sniffed:
    """What a file was guessed to be. ``load(path, guess.dtype_text, **guess.options)`` loads it so."""

    dtype_text: str  #: the dtype to freeze, such as "chr:S10,pos:i4"
    options: dict[str, Any]  #: the options that go with it
    confidence: int  #: percent, a rough measure
    rows_sampled: int
    notes: tuple[str, ...]  #: what is doubtful

    @property
    def dtype(self) -> Any:
        """The numpy dtype."""
        return _dtype.numpy_dtype(self.dtype_text)


def complete(path: Any, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A guessed dtype, and the options with those that were guessed."""
    others = {name: options[name] for name in _NOT_OF_C if name in options}
    own = _options.canonical({name: value for name, value in options.items() if name not in others})
    guess = sniff(path, **{name: value for name, value in own.items() if name in _KNOWN})
    return guess.dtype_text, {**guess.options, **own, **others}


def _read(handle: int) -> Sniffed:
    info = SniffInfo()
    call("forebay_sniff_info_get", handle, ctypes.byref(info))
    guessed = {
        "delimiter": None if info.delimiter <= 1 else chr(info.delimiter),
        "quote": None if info.quote <= 1 else chr(info.quote),
        "header": info.header == 2,
    }
    if info.skip_rows:
        guessed["skip_rows"] = info.skip_rows
    if info.decimal and chr(info.decimal) != ".":
        guessed["decimal"] = chr(info.decimal)
    if info.comment:
        guessed["comment"] = text(info.comment)
    if info.na:
        guessed["na"] = text(info.na)
    notes: list[str] = []
    while (note := plain["forebay_sniff_note"](handle, len(notes))) is not None:
        notes.append(text(note))
    dtype_text = text(plain["forebay_sniff_dtype_text"](handle))
    return Sniffed(dtype_text, guessed, info.confidence, info.rows_sampled, tuple(notes))


def sniff(path: Any, *, sample_bytes: int = 0, also_at: int = 0, **options: Any) -> Sniffed:
    """Guesses dtype and options of a text file from samples, in a child process.

    >>> sniff("rep1.txt").dtype_text.startswith("c1:S")
    True

    :param options: of :func:`load`; what is given is taken as it is.
    :param sample_bytes: bytes to look at at the top; an eighth of that in each of some other places.
    :param also_at: look at the surroundings of this byte too, such as :attr:`Error.byte` of a value that did not fit.
    """
    given = _options.loader_options(_options.canonical(options))
    how = SniffOptions(sample_bytes=sample_bytes, also_at=also_at)
    out = ctypes.c_void_p()
    call("forebay_sniff_file", path_bytes(path), ctypes.byref(given), ctypes.byref(how), ctypes.byref(out))
    try:
        return _read(out.value or 0)
    finally:
        plain["forebay_sniff_free"](out)
