"""Which process a handle belongs to.

After a fork the new process has copies of all handles, but sockets, shared memory and files are still the old one's:
nothing of it may be called or ended there. A handle remembers the epoch it was made in; a fork begins a new one.
"""

from __future__ import annotations

import os

from . import errors

epoch = 0


def _begin_epoch() -> None:
    global epoch
    epoch += 1


os.register_at_fork(after_in_child=_begin_epoch)


def is_own(made_in: int, _module: dict = globals()) -> bool:
    """Whether a handle of that epoch may be used here. Works at the very end of the interpreter too."""
    return made_in == _module["epoch"]


def check(made_in: int, what: str) -> None:
    if not is_own(made_in):
        raise errors.StateError(
            f"the {what} was opened by the process that this one was forked from; open one of its own here",
            -60,
            name="FOREBAY_E_STATE",
        )
