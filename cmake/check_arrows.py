#!/usr/bin/env python3
"""Checks that includes follow the arrows of the house (docs/architecture.md): check_arrows.py ROOT | --self-test."""

import pathlib
import re
import sys
import tempfile

# folder of lib/ -> folders whose front header it may include
ARROWS = {
    "base": "",
    "platform": "base",
    "dtype": "base",
    "arena": "dtype platform base",
    "codec": "base",
    "text": "dtype base",
    "wire": "base",
    "child": "text codec arena wire platform dtype base",
    "loader": "arena wire platform dtype base",
    "journal": "platform base",
    "store": "journal codec arena dtype platform base",
    "ingest": "loader store arena dtype platform base",
    "capi": "ingest store loader child journal text codec arena wire dtype platform base",
}
ARROWS = {folder: below.split() for folder, below in ARROWS.items()}
# public headers that lib/ may use outside capi
PUBLIC = {"forebay/export.h", "forebay/status.h", "forebay/dtype.h"}
# outside headers that belong to one folder
OWNED = [(re.compile(r"uv(/.*)?\.h$"), "loader"), (re.compile(r"(hdf5|H5\w*)\.h$"), "store")]
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
SOURCES = {".c", ".cpp", ".h", ".hpp", ".inl"}


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(2)


def fault_in_lib(folder, path, name):
    for pattern, owner in OWNED:
        if pattern.match(name):
            return None if folder == owner else f"only lib/{owner} may include {name}"
    head = name.split("/")[0]
    if head == "forebay":
        if folder == "capi" or name in PUBLIC:
            return None
        return f"lib/ takes only {', '.join(sorted(PUBLIC))} from include/"
    if name.startswith("."):
        return "include by the path from lib/, not a relative one"
    if head not in ARROWS or "/" not in name or head == folder:
        return None
    if head not in ARROWS[folder]:
        return f"{folder} -> {head} is not an arrow of the house"
    if name != f"{head}/{head}.hpp":
        return f"include {head}'s front header {head}/{head}.hpp, not {name}"
    return None


def fault_in_include(root, path, name):
    if name.startswith("forebay/"):
        return None if (root / "include" / name).is_file() else f"there is no include/{name}"
    head = name.split("/")[0]
    if name.startswith(".") or (head in ARROWS and "/" in name):
        return "a public header never includes lib/"
    if "sys" not in path.relative_to(root / "include/forebay").parts:
        for pattern, _ in OWNED:
            if pattern.match(name):
                return f"{name} must not appear in a stable header"
    return None


def fault_in_bindings(root, path, name):
    head = name.split("/")[0]
    if head in ARROWS and "/" in name and not (path.parent / name).is_file():
        return "bindings see include/ and the built library, never lib/"
    return None


def check(root):
    root = pathlib.Path(root).resolve()
    faults = []

    def walk(base, judge):
        for path in sorted(base.rglob("*")) if base.is_dir() else []:
            if path.suffix in SOURCES and path.is_file():
                for number, name in includes(path):
                    fault = judge(path, name)
                    if fault:
                        faults.append(f"{path.relative_to(root)}:{number}: {fault}")

    for folder in sorted(p.name for p in (root / "lib").iterdir() if p.is_dir()):
        if folder not in ARROWS:
            faults.append(f"lib/{folder}: a folder that the house does not know")
            continue
        walk(root / "lib" / folder, lambda path, name, folder=folder: fault_in_lib(folder, path, name))
    walk(root / "include", lambda path, name: fault_in_include(root, path, name))
    walk(root / "bindings", lambda path, name: fault_in_bindings(root, path, name))
    return faults


def check_no_cycle():
    done = set()
    while len(done) < len(ARROWS):
        ready = {f for f, below in ARROWS.items() if f not in done and done.issuperset(below)}
        assert ready, "the arrows form a cycle"
        done |= ready


PLANTED = [
    ("lib/base/a.hpp", '#include "dtype/dtype.hpp"', "base -> dtype"),
    ("lib/text/a.cpp", '#include "dtype/parse.hpp"', "front header"),
    ("lib/store/a.cpp", '#include "loader/loader.hpp"', "store -> loader"),
    ("lib/store/a.cpp", "#include <uv.h>", "only lib/loader"),
    ("lib/loader/a.cpp", "#  include <H5Fpublic.h>", "only lib/store"),
    ("lib/capi/a.cpp", "#include <hdf5.h>", "only lib/store"),
    ("lib/arena/a.cpp", '#include "forebay/array.h"', "lib/ takes only"),
    ("lib/text/kernels/a.cpp", '#include "../text.hpp"', "not a relative one"),
    ("lib/misc/a.cpp", "", "does not know"),
    ("include/forebay/a.h", '#include "base/base.hpp"', "never includes lib/"),
    ("include/forebay/a.h", "#include <hdf5.h>", "stable header"),
    ("bindings/cli/a.cpp", '#include "capi/capi.hpp"', "never lib/"),
]
ALLOWED = [
    ("lib/text/a.cpp", '#include "dtype/dtype.hpp"\n#include "text/kernels/x.hpp"\n#include "forebay/status.h"'),
    ("lib/loader/a.cpp", "#include <uv.h>"),
    ("lib/store/a.cpp", "#include <hdf5.h>\n#include <H5FDdevelop.h>"),
    ("lib/capi/a.cpp", '#include "forebay/forebay.h"\n#include "child/child.hpp"'),
]


def self_test():
    check_no_cycle()
    for name, text, expected in PLANTED + [(n, t, None) for n, t in ALLOWED]:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True)
            (pathlib.Path(folder) / "lib").mkdir(exist_ok=True)
            path.write_text(text + "\n", encoding="utf-8")
            faults = check(folder)
            if expected is None:
                assert not faults, (name, text, faults)
            else:
                assert len(faults) == 1 and expected in faults[0], (name, text, faults)


def main(argument):
    if argument == "--self-test":
        self_test()
        return 0
    faults = check(argument)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
