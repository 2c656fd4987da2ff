"""Attributes of a table as a mapping."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any, Union

from . import errors
from ._calls import NONE, call, plain, text, text_bytes

if TYPE_CHECKING:
    from ._store import Table


class Attributes(MutableMapping):
    """Names to texts and numbers, written with the next commit."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def _names(self) -> list[str]:
        def body(handle: int) -> list[str]:
            count = plain["forebay_table_attribute_count"](handle)
            return [text(plain["forebay_table_attribute_name"](handle, index)) for index in range(count)]

        return self._table._run(body)

    def _text(self, name: str) -> str | None:
        """None: there is no such attribute."""
        needed = ctypes.c_uint64()

        def body(handle: int) -> str | None:
            try:
                if call("forebay_table_get_text", handle, text_bytes(name), None, 0, ctypes.byref(needed)) == NONE:
                    return None
            except errors.LimitError:
                pass
            buffer = ctypes.create_string_buffer(needed.value)
            call("forebay_table_get_text", handle, text_bytes(name), buffer, needed.value, None)
            return text(buffer.value)

        return self._table._run(body)

    def _number(self, name: str) -> float:
        value = ctypes.c_double()
        self._table._run(lambda handle: call("forebay_table_get_number", handle, text_bytes(name), ctypes.byref(value)))
        return value.value

    def __getitem__(self, name: str) -> Union[str, float]:
        try:
            found: Any = self._text(name)
        except errors.MismatchError:
            return self._number(name)
        if found is None:
            raise KeyError(name)
        return found

    def __setitem__(self, name: str, value: Union[str, float]) -> None:
        if isinstance(value, str):
            self._table._change(
                lambda handle: call("forebay_table_set_text", handle, text_bytes(name), text_bytes(value))
            )
        else:
            number = float(value)
            self._table._change(lambda handle: call("forebay_table_set_number", handle, text_bytes(name), number))

    def __delitem__(self, name: str) -> None:
        raise TypeError("an attribute cannot be removed, only replaced")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __repr__(self) -> str:
        return f"<attributes of {self._table.name!r}: {', '.join(self)}>"
