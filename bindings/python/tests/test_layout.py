#!/usr/bin/env python3
"""What the binding believes of the ABI is what C says: structs, status codes, enumerators."""

import ctypes
import inspect
import os
import re
import subprocess
import unittest

import support
from forebay import _calls, _options, _structs, errors


def believed():
    lines = []
    for _, struct in inspect.getmembers(_structs, inspect.isclass):
        if not hasattr(struct, "_fields_") or struct.__module__ != _structs.__name__ or struct is _structs._Struct:
            continue
        lines.append(f"{struct.c_name()} {ctypes.sizeof(struct)}")
        for name, *_ in struct._fields_:
            field = getattr(struct, name)
            lines.append(f"  {name} {field.offset} {field.size}")
    return blocks("\n".join(lines))


def blocks(text):
    return {block.split()[0]: block.strip() for block in re.split(r"\n(?=\S)", text)}


class Layout(unittest.TestCase):
    maxDiff = None

    def test_structs_are_as_c_prints_them(self):
        program = os.environ.get("FOREBAY_LAYOUT")
        if program:
            printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
        else:
            printed = (support.ROOT / "tests/abi/layout.txt").read_text()
        self.assertEqual(believed(), blocks(printed))

    def test_every_status_has_its_exception(self):
        header = (support.ROOT / "include/forebay/status.h").read_text()
        codes = {int(code) for code in re.findall(r"X\(FOREBAY_E_\w+, (-\d+),", header)}
        self.assertGreater(len(codes), 20)
        self.assertEqual(set(errors.CLASSES), codes)

    def test_choices_are_the_enumerators_of_the_header(self):
        values = support.constants("loader.h")
        self.assertGreater(len(values), 20)
        for name, choices in _options._CHOICES.items():
            prefix = "FOREBAY_ARRAY_" if name == "layout" else f"FOREBAY_LOADER_{name.upper()}_"
            header = support.constants("array.h") if name == "layout" else values
            self.assertEqual(
                {value for key, value in header.items() if key.startswith(prefix)}, set(choices.values()), name
            )

    def test_every_function_of_the_headers_is_bound_or_named_here(self):
        symbols = set((support.ROOT / "tests/abi/symbols.txt").read_text().split())
        unused = {
            "forebay_abi_version",  # by _library
            "forebay_array_retain",  # the binding holds one lease, and Python counts
            "forebay_child_main",  # the built-in child is a program of its own
            "forebay_status_message",  # messages come from the error record
            "forebay_store_append_rejects",  # consume and append_loader do it
            "forebay_table_append_loader",  # in steps, for Ctrl-C and progress
            "forebay_table_chunk_rows",  # in the table's info
        }
        inits = {name for name in symbols if name.endswith("_init")}  # struct_size is set by the class
        bound = set(_calls._STATUS) | set(_calls._PLAIN)
        self.assertEqual(symbols - bound - unused - inits, set())


if __name__ == "__main__":
    support.main()
