"""Big text files through parallel child processes and shared memory, into numpy arrays and one HDF5 file.

>>> import forebay
>>> for rows in forebay.load(["rep1.txt", "rep2.txt"], dtype="chr:S10,pos:i4"):
...     assert rows["pos"].min() >= 0
>>> with forebay.open("meth.h5") as store:
...     rows = store.load(["rep1.txt", "rep2.txt"], dtype="chr:S10,pos:i4").rows
"""

from __future__ import annotations

from ._array import Arena, Array, Column, array_of, attach
from ._calls import plain as _plain
from ._custom import Child, Loading, loader
from ._dtype import numpy_dtype
from ._library import path as library_path
from ._loader import Loader, Note, Reject, load, read
from ._progress import Progress
from ._sniff import Sniffed, sniff
from ._store import Info, Recovered, Repacked, Store, info, open, recover, repack  # noqa: A004
from ._table import Stored, StoredSource, Table, TableInfo
from .errors import *  # noqa: F403
from .errors import CLASSES as _CLASSES
from .errors import Error

__version__ = "0.1.0"
#: version of the library that was loaded
library_version: str = _plain["forebay_version"]().decode()

__all__ = [
    "Arena",
    "Array",
    "Child",
    "Column",
    "Error",
    "Info",
    "Loader",
    "Loading",
    "Note",
    "Progress",
    "Recovered",
    "Reject",
    "Repacked",
    "Sniffed",
    "Store",
    "Stored",
    "StoredSource",
    "Table",
    "TableInfo",
    "array_of",
    "attach",
    "info",
    "library_path",
    "library_version",
    "load",
    "loader",
    "numpy_dtype",
    "open",
    "read",
    "recover",
    "repack",
    "sniff",
    *(kind.__name__ for kind in _CLASSES.values()),
]
