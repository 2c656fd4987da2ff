"""Finds the shared library, loads it, and checks that it has the ABI that this package knows."""

from __future__ import annotations

import ctypes
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

ABI_VERSION = 1
NAME = "libforebay.so.0"
VARIABLE = "FOREBAY_LIBRARY"


def _pkg_config() -> str | None:
    try:
        found = subprocess.run(
            ["pkg-config", "--variable=libdir", "forebay"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip() or None if found.returncode == 0 else None


def _folders() -> Iterator[pathlib.Path]:
    yield pathlib.Path(__file__).parent / "_lib"
    for prefix in dict.fromkeys((os.environ.get("CONDA_PREFIX"), sys.prefix)):
        if prefix:
            yield pathlib.Path(prefix) / "lib"
    folder = _pkg_config()
    if folder:
        yield pathlib.Path(folder)


def candidates() -> Iterator[str]:
    """Where to look, in order: $FOREBAY_LIBRARY alone if it is set; else a copy inside the package, the environment's own
    folder, what pkg-config knows, what the system's loader finds."""
    given = os.environ.get(VARIABLE)
    if given:
        yield given
        return
    for folder in _folders():
        path = folder / NAME
        if path.exists():
            yield str(path)
    yield NAME


def _check(library: ctypes.CDLL, path: str) -> None:
    library.forebay_abi_version.restype = ctypes.c_uint32
    library.forebay_version.restype = ctypes.c_char_p
    abi = library.forebay_abi_version()
    if abi != ABI_VERSION:
        version = library.forebay_version().decode()
        raise ImportError(
            f"{path} is libforebay {version} with ABI {abi}, but this package needs ABI {ABI_VERSION}: "
            f"install a library and a package of the same release, or set {VARIABLE} to another library"
        )


def load() -> tuple[ctypes.CDLL, str]:
    """The library and the path that it was loaded from."""
    failures = []
    for path in candidates():
        try:
            library = ctypes.CDLL(path)
            _check(library, path)
        except (OSError, AttributeError) as failure:
            failures.append(str(failure) if str(failure).startswith(path) else f"{path}: {failure}")
            continue
        return library, path
    raise ImportError(
        f"the library {NAME} was not found. Build and install it (make && sudo make install), or set {VARIABLE} to "
        f"its path. Tried: {'; '.join(failures)}"
    )


library, path = load()
