"""What calls raise: a class for each failure code of the library, below :class:`Error`.

Each also derives from the built-in exception that fits, so that ``except FileNotFoundError`` and ``except ValueError``
work as with other packages.
"""

from __future__ import annotations

from typing import Any

from . import _structs

NO_SOURCE = 0xFFFFFFFF
NO_BYTE = 0xFFFFFFFFFFFFFFFF


class Error(Exception):
    """A failure of the library. The text names file, place, cause and what to do.

    :ivar code: the status, such as -42
    :ivar name: its name, such as "FOREBAY_E_VALUE"
    :ivar path: the file concerned, or None
    :ivar line: line in the input, from 1, or None
    :ivar column: number of the column in the input, from 1, or None
    :ivar byte: offset in the (decompressed) input, or None
    :ivar source: index of the source in the loader, or None
    :ivar os_errno: errno of the system call that failed, or None
    """

    def __init__(self, message: str = "", code: int = 0, **place: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.path: str | None = place.get("path")
        self.line: int | None = place.get("line")
        self.column: int | None = place.get("column")
        self.byte: int | None = place.get("byte")
        self.source: int | None = place.get("source")
        self.os_errno: int | None = place.get("os_errno")
        self.name: str = place.get("name") or "FOREBAY_E_UNKNOWN"

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple:
        return _rebuild, (type(self), self.message, self.code, self._place())

    def _place(self) -> dict[str, object]:
        return {key: getattr(self, key) for key in ("path", "line", "column", "byte", "source", "os_errno", "name")}


def _rebuild(kind: type[Error], message: str, code: int, place: dict[str, object]) -> Error:
    return kind(message, code, **place)


class ArgumentError(Error, ValueError):
    """An argument or option is wrong."""


class VersionError(Error):
    """The package uses something that the library does not know."""


class DtypeError(Error, TypeError):
    """A dtype is not well formed, or is one that forebay has not."""


class MismatchError(Error, TypeError):
    """Dtype or shape differ from what is there."""


class OutOfMemoryError(Error, MemoryError):
    """Memory could not be had."""


class FullError(Error, MemoryError):
    """The program holds all arrays that the quota allows: let some go, or raise ``memory_bytes``."""


class NoSpaceError(Error, OSError):
    """The disk is full."""


class LimitError(Error):
    """A limit of the system or of a format was reached."""


class InputOutputError(Error, OSError):
    """Input or output failed."""


class NotFoundError(Error, FileNotFoundError):
    """No such file."""


class PermissionDeniedError(Error, PermissionError):
    """Permission was denied."""


class ExistsError(Error, FileExistsError):
    """It exists already."""


class BusyError(Error, OSError):
    """Another process uses it."""


class CommitUnknownError(Error, OSError):
    """Whether a commit is on the disk is not known; the next opening decides."""


class FormatError(Error, ValueError):
    """The file is damaged or of another format."""


class ForeignError(Error, ValueError):
    """The HDF5 file was not made by forebay."""


class BadValueError(Error, ValueError):
    """A value cannot be read as its type."""


class ColumnsError(Error, ValueError):
    """A row has too few or too many columns."""


class TruncatedError(Error, EOFError):
    """The input ends too early."""


class JournalError(Error):
    """The journal of a file that was not closed is missing."""


class ChangedError(Error):
    """A source is not what it was when its rows were stored."""


class ChildError(Error, ChildProcessError):
    """A child process ended."""


class ChildTimeoutError(Error, TimeoutError):
    """A child process made no progress, or the whole load took too long."""


class ProtocolError(Error):
    """A child process broke the protocol."""


class SpawnError(Error, OSError):
    """A child process could not be started."""


class StateError(Error, RuntimeError):
    """The call does not fit the object's state."""


class CancelledError(Error):
    """The work was cancelled."""


class PoisonedError(Error):
    """An earlier failure made the object unusable."""


class InternalError(Error):
    """A fault of the library itself."""


CLASSES: dict[int, type[Error]] = {
    -10: ArgumentError,
    -11: VersionError,
    -12: DtypeError,
    -13: MismatchError,
    -20: OutOfMemoryError,
    -21: FullError,
    -22: NoSpaceError,
    -23: LimitError,
    -30: InputOutputError,
    -31: NotFoundError,
    -32: PermissionDeniedError,
    -33: ExistsError,
    -34: BusyError,
    -35: CommitUnknownError,
    -40: FormatError,
    -41: ForeignError,
    -42: BadValueError,
    -43: ColumnsError,
    -44: TruncatedError,
    -45: JournalError,
    -46: ChangedError,
    -50: ChildError,
    -51: ChildTimeoutError,
    -52: ProtocolError,
    -53: SpawnError,
    -60: StateError,
    -61: CancelledError,
    -62: PoisonedError,
    -70: InternalError,
}


def from_record(code: int, name: str, record: _structs.Error) -> Error:
    """The exception for a failed call and what it left in its error record."""
    failure = CLASSES.get(code, Error)(record.message.decode("utf-8", "replace"), code, name=name)
    failure.path = record.path.decode("utf-8", "surrogateescape") or None
    failure.line = record.line or None
    failure.column = record.column or None
    failure.byte = None if record.byte == NO_BYTE else record.byte
    failure.source = None if record.source == NO_SOURCE else record.source
    failure.os_errno = record.os_errno or None
    if isinstance(failure, OSError):
        failure.errno = failure.os_errno
        failure.filename = failure.path
    return failure
