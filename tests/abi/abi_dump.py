#!/usr/bin/env python3
"""The ABI as libabigail sees it, against the dump of the last release, tests/abi/forebay-<version>.abi.

    abi_dump.py check LIBRARY INCLUDE        the built library breaks no program that was built against that release
    abi_dump.py mutants INCLUDE MAP CC       the comparison notices what would: headers that were changed, as tiny libraries
    abi_dump.py renew LIBRARY INCLUDE VERSION   writes the dump of a release

Exit 77: libabigail is missing, or the dump is of another kind of machine.
"""

import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# Public functions and the types that they take. Why not all: what is behind an opaque handle is nobody's business, and
# reading it takes a hundred times as long.
PUBLIC = ["--exported-interfaces-only", "--drop-private-types"]
SMALL = ["--no-show-locs", "--no-corpus-path", "--no-comp-dir-path", "--no-elf-needed", "--no-write-default-sizes"]
# What abidiff writes of a public struct that grew at its end, which docs/abi.md allows: callers say by struct_size how
# much of it they know.
GREW = re.compile(
    r"^'struct forebay_\w+' changed:\n  type size changed from (\d+) to \d+ \(in bits\)\n"
    r"  \d+ data member insertions?:\n((?:    '[^']+', at offset \d+ \(in bits\)\n)+)",
    re.M,
)

# (what is done to the headers, pattern, replacement, is it allowed)
MUTANTS = [
    ("nothing", r"\A", "", True),
    ("a struct grows at its end", r"(uint64_t bytes_copied;[^}]*)(\} forebay_arena_stats;)", r"\1 uint64_t more; \2", True),
    ("a function is added", r"(FOREBAY_END_DECLS)", r"FOREBAY_API int forebay_arena_new(void) FOREBAY_NOEXCEPT; \1", True),
    ("a field is put between others", r"(uint64_t quota;)", r"\1 uint64_t other;", False),
    ("two fields change places", r"uint64_t quota;(.*?)uint64_t reserved;", r"uint64_t reserved;\1uint64_t quota;", False),
    ("a field becomes shorter", r"uint64_t blocks_lent;", "uint32_t blocks_lent;", False),
    ("a field is taken away", r"uint64_t bytes_copied;", "", False),
    ("an argument is added", r"(forebay_arena_stats_get\([^)]*forebay_error \*err)\)", r"\1, int32_t more)", False),
    ("an argument is of another type", r"(forebay_arena_lease\w*|forebay_arena_open)\(uint64_t", r"\1(uint32_t", False),
    ("a function returns something else", r"FOREBAY_API forebay_status (forebay_arena_open)", r"FOREBAY_API int64_t \1", False),
    ("a function is taken away", r"FOREBAY_API void forebay_arena_close\([^;]*;", "", False),
]


def newest_dump():
    return max(HERE.glob("forebay-*.abi"), key=lambda path: [int(part) for part in re.findall(r"\d+", path.stem)])


def need_tools(*names):
    for name in names:
        if not shutil.which(name):
            print(f"{name} is missing: apt-get install abigail-tools")
            sys.exit(77)
    dump = newest_dump()
    if platform.machine().replace("_", "-") not in dump.read_text().splitlines()[0].replace("_", "-"):
        print(f"{dump.name} is of another kind of machine than {platform.machine()}")
        sys.exit(77)


def dump_of(library, include):
    command = ["abidw", *PUBLIC, *SMALL, "--headers-dir", str(include), str(library)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def is_growth(found):
    old_bits, fields = int(found.group(1)), found.group(2)
    return all(int(offset) >= old_bits for offset in re.findall(r"at offset (\d+)", fields))


def differences(library, include, folder):
    """What abidiff finds: "" if a program built against the last release's library goes on working."""
    dump = folder / "now.abi"
    # Why a dump: abidiff's own --headers-dir takes every type of a dump for a private one, and sees no change in any.
    dump.write_text(dump_of(library, include))
    command = ["abidiff", "--leaf-changes-only", "--no-added-syms", str(newest_dump()), str(dump)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode & 3:  # it failed itself, or was not understood
        raise SystemExit(f"abidiff failed: {done.stderr}")
    # Why not a suppression with has_data_member_inserted_at: that of libabigail 2.2 hides changed fields too.
    rest = GREW.sub(lambda found: "" if is_growth(found) else found.group(), done.stdout + "\n")
    rest = re.sub(r"^(Leaf changes|Changed leaf types) summary: .*\n", "", rest, flags=re.M)
    rest = re.sub(r"^Removed/Changed/Added \w+ summary: 0 Removed, 0 Changed, .*\n", "", rest, flags=re.M)
    return rest.strip()


def check(library, include):
    need_tools("abidw", "abidiff")
    with tempfile.TemporaryDirectory(prefix="forebay-abi-") as name:
        found = differences(library, include, pathlib.Path(name))
    if found:
        print(f"{found}\nPrograms built against {newest_dump().stem} would break; docs/abi.md says what may change.")
        return 1
    print(f"{newest_dump().stem}: nothing that it had has changed")
    return 0


def bodies(include):
    """C that defines every function which the headers declare."""
    headers = sorted((include / "forebay").glob("*.h"))
    lines = [f'#include "forebay/{header.name}"' for header in headers]
    for header in headers:
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", header.read_text(encoding="utf-8"), flags=re.S)
        text = re.sub(r"^\s*#(?:.*\\\n)*.*$", "", text, flags=re.M)
        for declared in re.findall(r"\bFOREBAY_API\b(.*?)\bFOREBAY_NOEXCEPT\s*;", text, re.S):
            lines.append(f"FOREBAY_API {' '.join(declared.split())} {{ __builtin_trap(); }}")
    return "\n".join(lines) + "\n"


def tiny_library(include, exports, compiler, folder):
    """A library with the interface of the headers and nothing behind it."""
    source, library = folder / "tiny.c", folder / "libtiny.so"
    source.write_text(bodies(include))
    command = [compiler, "-std=c11", "-g", "-shared", "-fPIC", "-fvisibility=hidden", f"-I{include}"]
    command += [f"-Wl,--version-script={exports}", "-Wl,-soname,libforebay.so.0", str(source), "-o", str(library)]
    subprocess.run(command, check=True)
    return library


def mutant_outcome(mutant, include, exports, compiler, folder):
    name, pattern, replacement, is_allowed = mutant
    shutil.copytree(include, folder / "include")
    header = folder / "include/forebay/arena.h"
    text, count = re.subn(pattern, replacement, header.read_text(encoding="utf-8"), count=1, flags=re.S)
    if count != 1:
        return f"{name}: arena.h has nothing like {pattern!r}"
    header.write_text(text, encoding="utf-8")
    found = differences(tiny_library(folder / "include", exports, compiler, folder), folder / "include", folder)
    if is_allowed == (not found):
        return None
    return f"{name}: {'refused: ' + found if is_allowed else 'not noticed'}"


def mutants(include, exports, compiler):
    need_tools("abidw", "abidiff")
    faults = []
    for mutant in MUTANTS:
        with tempfile.TemporaryDirectory(prefix="forebay-abi-") as name:
            fault = mutant_outcome(mutant, include, exports, compiler, pathlib.Path(name))
        faults += [fault] if fault else []
    print("\n".join(faults) or f"{len(MUTANTS)} changes judged rightly")
    return 1 if faults else 0


def renew(library, include, version):
    dump = HERE / f"forebay-{version}.abi"
    # Why: where it was built is of no interest, and half of the rest is white space.
    text = re.sub(r"(<abi-instr[^>]*) path='[^']*/lib/", r"\1 path='lib/", dump_of(library, include))
    dump.write_text(re.sub(r"^ +", "", text, flags=re.M))
    print(f"written: {dump}")
    return 0


def main(what, *arguments):
    paths = [pathlib.Path(argument) for argument in arguments[:2]]
    return {"check": check, "mutants": mutants, "renew": renew}[what](*paths, *arguments[2:])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
