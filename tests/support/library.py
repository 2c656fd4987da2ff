"""The built library by plain ctypes, as far as the tests of loading need it. Structs come from tests/abi/layout.txt, so that a
new option needs no change here. $FOREBAY_LIBRARY is the shared library."""

import ctypes
import os
import pathlib
import re

import numpy as np

LAYOUT = pathlib.Path(__file__).parent.parent / "abi" / "layout.txt"
STATUS_H = LAYOUT.parent.parent.parent / "include" / "forebay" / "status.h"
OK, END = 0, 2


def read_layout():
    structs = {}
    for line in LAYOUT.read_text().splitlines():
        if not line.startswith(" "):
            name, size = line.split()
            structs[name] = (int(size), {})
        else:
            field, offset, size = line.split()
            structs[name][1][field] = (int(offset), int(size))
    return structs


STRUCTS = read_layout()
STATUS = {int(value): name for name, value in re.findall(r"X\((FOREBAY_\w+), (-?\d+),", STATUS_H.read_text())}
CHOICES = {
    "percent": {"off": 1, "fraction": 2, "number": 3},
    "encoding": {"bytes": 1, "utf-8": 2, "latin-1": 3},
    "overlong": {"fail": 1, "truncate": 2},
    "hex": {False: 1, True: 2},
    "on_error": {"fail": 1, "skip": 2, "null": 3},
    "header": {False: 1, True: 2},
    "delimiter": {"blanks": 1},
    "quote": {"off": 1},
}
CHARACTERS = {"delimiter", "quote", "decimal", "thousands"}


class Struct:
    """A public struct in a buffer of its own; what it points to lives as long."""

    def __init__(self, name):
        self.size, self.fields = STRUCTS[name]
        self.buffer = ctypes.create_string_buffer(self.size)
        self.kept = []
        self["struct_size"] = self.size

    def __setitem__(self, field, value):
        offset, size = self.fields[field]
        if isinstance(value, str):
            self.kept.append(ctypes.create_string_buffer(value.encode("utf-8")))
            value = ctypes.addressof(self.kept[-1])
        self.buffer[offset : offset + size] = value.to_bytes(size, "little")

    def number(self, field, signed=False):
        offset, size = self.fields[field]
        return int.from_bytes(self.buffer.raw[offset : offset + size], "little", signed=signed)

    def text(self, field):
        offset, size = self.fields[field]
        return self.buffer.raw[offset : offset + size].split(b"\0", 1)[0].decode("utf-8", "replace")


class Failure(Exception):
    def __init__(self, status, err):
        super().__init__(err.text("message"))
        self.status = STATUS[status]
        self.message = err.text("message")
        self.source = err.number("source")
        self.line = err.number("line")
        self.byte = err.number("byte")
        self.column = err.number("column")


class Source:
    """What came of one file."""

    def __init__(self):
        self.data = b""
        self.arrays = []
        self.failure = None
        self.truncated = 0
        self.rejects = []  # [status, line, column, byte]
        self.skipped = 0


def numpy_dtype(text):
    """The numpy dtype of a dtype text without names in quotes."""
    fields = []
    for item in re.findall(r"(?:[^,\[]|\[[^\]]*\])+", text):
        name, _, kind = item.rpartition(":")
        base, shape = re.fullmatch(r"(M8\[\w+\]|[^\[]+)(?:\[([\d,]+)\])?", kind).groups()
        field = (base,) if not shape else (base, tuple(int(n) for n in shape.split(",")))
        if not name:
            return np.dtype(field) if shape else np.dtype(base)
        fields.append((name, *field))
    return np.dtype(fields)


class Library:
    def __init__(self):
        self.so = ctypes.CDLL(os.environ["FOREBAY_LIBRARY"])
        self.so.forebay_loader_close.restype = None
        self.so.forebay_array_release.restype = None
        self.so.forebay_dtype_free.restype = None
        self.err = Struct("forebay_error")

    def call(self, name, *arguments):
        status = getattr(self.so, name)(*arguments, self.err.buffer)
        if status < 0:
            raise Failure(status, self.err)
        return status

    def options(self, options):
        struct = Struct("forebay_loader_options")
        for key, value in options.items():
            if value in CHOICES.get(key, {}):
                value = CHOICES[key][value]
            elif key in CHARACTERS:
                value = ord(value)
            struct[key] = value
        return struct

    def load(self, dtype, paths, options, max_rows=0):
        """One Source for each path. Options are named as in forebay_loader_options."""
        row = ctypes.c_void_p()
        self.call("forebay_dtype_parse", dtype.encode(), ctypes.byref(row))
        loader = ctypes.c_void_p()
        try:
            given = self.options(options)
            self.call("forebay_loader_open", row, given.buffer, ctypes.byref(loader))
            return self.drain(loader, paths, max_rows)
        finally:
            self.so.forebay_loader_close(loader)
            self.so.forebay_dtype_free(row)

    def drain(self, loader, paths, max_rows):
        file_options = Struct("forebay_loader_file_options")
        file_options["max_rows"] = max_rows
        sources = [Source() for _ in paths]
        for path in paths:
            self.call("forebay_loader_add_file", loader, str(path).encode(), file_options.buffer)
        array = ctypes.c_void_p()
        while True:
            try:
                if self.call("forebay_loader_next", loader, -1, ctypes.byref(array)) == END:
                    break
            except Failure as failure:
                if failure.source >= len(sources):
                    raise
                sources[failure.source].failure = failure
                continue
            self.take(array, sources)
        for index, source in enumerate(sources):
            count = ctypes.c_uint64()
            self.call("forebay_loader_source_truncated", loader, index, ctypes.byref(count))
            source.truncated = count.value
            self.call("forebay_loader_source_rejects", loader, index, None, ctypes.byref(count))
            source.skipped = count.value
        self.take_rejects(loader, sources)
        return sources

    def take_rejects(self, loader, sources):
        reject = Struct("forebay_reject")
        index = ctypes.c_uint64(0)
        while self.call("forebay_loader_reject_get", loader, index, reject.buffer) == OK:
            code = STATUS[reject.number("code", signed=True)]
            place = [reject.number(field) for field in ("line", "column", "byte")]
            sources[reject.number("source")].rejects.append([code, *place])
            index.value += 1

    def take(self, array, sources):
        view = Struct("forebay_array_view")
        self.call("forebay_array_view_get", array, view.buffer)
        size = view.number("rows") * view.number("row_bytes")
        source = sources[view.number("source")]
        source.data += ctypes.string_at(view.number("data"), size)
        source.arrays.append(view.number("rows"))
        self.so.forebay_array_release(array)
