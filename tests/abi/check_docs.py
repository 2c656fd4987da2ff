#!/usr/bin/env python3
"""check_docs.py ROOT: what the documentation shows is compiled by a test, and no status code goes unexplained.

- The examples of each public header stand, line by line, in the test that compiles it.
- The C examples of README.md and of the guide stand so in docs/examples/, those of C++ in a test of forebay.hpp.
- Every other example of these pages is of a language whose examples a test of its own runs.
- docs/errors.md explains every code of status.h.
"""

import pathlib
import re
import sys

WITHOUT = {"export.h"}  # macros only
# What runs the examples of the other languages, of all pages; "" is what a command prints, or a dialogue.
RUN_BY = {
    "": "tests/cli/test_guide.py",
    "sh": "tests/cli/test_guide.py",
    "python": "bindings/python/tests/test_docs.py",
    "rust": "bindings/rust/forebay/tests/guide.rs",
    "r": "bindings/r/tests/testthat/test-docs.R",
    "julia": "bindings/julia/test",
}


def lines_of(text):
    stripped = (re.sub(r"\s+", " ", re.sub(r"//.*|/\*.*?\*/", "", line)).strip() for line in text.splitlines())
    return [line for line in stripped if line]


def examples_of(header):
    found = re.findall(r"@code\{\.\w+\}\n(.*?)@endcode", header.read_text(encoding="utf-8"), re.S)
    return [lines_of(re.sub(r"^ \* ?", "", text, flags=re.M)) for text in found]


def missing_line(example, source):
    """The first line of the example that does not follow in the source, however that is wrapped."""
    text = " ".join(lines_of(source))
    place = 0
    for line in example:
        found = text.find(line, place)
        if found < 0:
            return line
        place = found + len(line)
    return None


def check_headers(root):
    for header in sorted((root / "include/forebay").glob("*.h*")):
        name = "test_forebay_hpp.cpp" if header.suffix == ".hpp" else f"test_{header.stem}.c"
        test = root / "tests/abi" / name
        examples = examples_of(header)
        if not test.is_file():
            yield f"{header.name}: there is no {name}"
        elif not examples and header.name not in WITHOUT:
            yield f"{header.name}: the header has no example"
        for example in examples if test.is_file() else []:
            line = missing_line(example, test.read_text(encoding="utf-8"))
            if line:
                yield f"{header.name}: {name} lacks this line of the example, in its place: {line}"


def check_pages(root):
    sources = {
        "c": [path.read_text(encoding="utf-8") for path in (root / "docs/examples").glob("*.c")],
        "cpp": [path.read_text(encoding="utf-8") for path in (root / "tests/abi").glob("test_*_hpp.cpp")],
    }
    for page in [root / "README.md", *sorted((root / "docs/guide").glob("*.md"))]:
        for language, block in re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M):
            if language in RUN_BY:
                if not (root / RUN_BY[language]).exists():
                    yield f"{page.relative_to(root)}: {RUN_BY[language]} is missing, which runs examples of {language}"
                continue
            if language not in sources:
                yield f"{page.relative_to(root)}: nothing runs examples of {language}"
                continue
            example = lines_of(block)
            if all(missing_line(example, source) for source in sources[language]):
                yield f"{page.relative_to(root)}: nothing that is compiled has this example: {example[0]} ..."


def check_errors(root):
    page = (root / "docs/errors.md").read_text(encoding="utf-8")
    codes = re.findall(r"X\((FOREBAY_\w+), (-?\d+),", (root / "include/forebay/status.h").read_text(encoding="utf-8"))
    for name, value in codes:
        if not re.search(rf"^\| `{name}` \| {value} \|", page, re.M):
            yield f"docs/errors.md does not explain {name} ({value})"
    if len(codes) < 20:
        yield "status.h: the list of codes was not understood"


def main(root):
    faults = [*check_headers(root), *check_pages(root), *check_errors(root)]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
