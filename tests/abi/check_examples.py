#!/usr/bin/env python3
"""check_examples.py INCLUDE TESTS: the example of each public header stands, line by line, in the test that compiles it."""

import pathlib
import re
import sys

WITHOUT = {"export.h"}  # macros only


def lines_of(text):
    stripped = (re.sub(r"\s+", " ", re.sub(r"//.*|/\*.*?\*/", "", line)).strip() for line in text.splitlines())
    return [line for line in stripped if line]


def example_of(header):
    found = re.search(r"@code\{\.\w+\}\n(.*?)@endcode", header.read_text(encoding="utf-8"), re.S)
    return lines_of(re.sub(r"^ \* ?", "", found.group(1), flags=re.M).replace("\n *\n", "\n\n")) if found else []


def missing_line(example, test):
    rest = iter(lines_of(test.read_text(encoding="utf-8")))
    for line in example:
        if line not in rest:
            return line
    return None


def main(include, tests):
    faults = 0
    for header in sorted(pathlib.Path(include).glob("*.h*")):
        name = "test_forebay_hpp.cpp" if header.suffix == ".hpp" else f"test_{header.stem}.c"
        test = pathlib.Path(tests) / name
        example = example_of(header)
        if not test.is_file():
            fault = f"there is no {name}"
        elif not example and header.name not in WITHOUT:
            fault = "the header has no example"
        else:
            line = missing_line(example, test)
            fault = f"{name} lacks this line of the example, in its place: {line}" if line else None
        if fault:
            faults += 1
            print(f"{header.name}: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
