"""How far a load is: the counters, and a bar of tqdm where that is installed."""

from __future__ import annotations

import dataclasses
from typing import Any

from ._structs import LoaderProgress


@dataclasses.dataclass(frozen=True)
class Progress:
    """Counters of a load, from :meth:`Loader.progress`."""

    children: int  #: child processes alive
    bytes_done: int  #: bytes of the input files parsed
    bytes_total: int  #: size of all files that could be looked at
    rows_done: int  #: rows parsed
    sources_done: int  #: files finished, the failed ones too
    sources_failed: int  #: of these, failed
    sources_total: int  #: files added
    child_restarts: int  #: children started in place of one that died
    elapsed_seconds: float  #: since the first work
    bytes_per_second: float  #: mean rate
    seconds_left: float  #: estimated; negative: not known yet
    fields_truncated: int  #: strings cut to fit their fields
    rows_copied: int  #: rows that were copied because a part of a file ended inside an array


def progress_of(struct: LoaderProgress) -> Progress:
    return Progress(**{field.name: getattr(struct, field.name) for field in dataclasses.fields(Progress)})


class Bar:
    """A bar of tqdm, or nothing where tqdm is not installed."""

    def __init__(self) -> None:
        self._bar: Any = None
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return
        self._bar = tqdm(unit="B", unit_scale=True, unit_divisor=1024)

    def show(self, progress: Progress) -> None:
        if self._bar is None:
            return
        self._bar.total = progress.bytes_total or None
        self._bar.update(progress.bytes_done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
