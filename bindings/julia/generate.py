#!/usr/bin/env python3
"""generate.py [--check]: writes src/declarations.jl from the public headers, which are plain enough to be read by patterns.

With --check nothing is written; the exit status tells whether the file is what the headers say. Arrow and DLPack stay out: Julia takes
columns as vectors.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADERS = HERE.parent.parent / "include" / "forebay"
OUTPUT = HERE / "src" / "declarations.jl"
ORDER = "version status dtype array arena loader child store sniff".split()
NUMBERS = {f"{sign}int{bits}_t": f"{kind}{bits}" for sign, kind in (("", "Int"), ("u", "UInt")) for bits in (8, 16, 32, 64)}
SCALARS = {**NUMBERS, "double": "Float64", "char": "UInt8", "void": "Cvoid", "forebay_status": "Int32"}
WIDTH = 110
KEYWORDS = set("begin end quote function module struct let local global const import using export for while if else try catch return do".split())


def plain(text):
    """A header without comments and preprocessor lines."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S).replace("\\\n", " ")
    return re.sub(r"^#.*$", "", text, flags=re.M)


def type_name(name):
    """forebay_loader_options -> CLoaderOptions."""
    return "C" + "".join(word.capitalize() for word in name[len("forebay_") :].split("_"))


def type_of(text, structs):
    """Julia's spelling of a C type such as "const char *const *"; an opaque handle is a Ptr{Cvoid}."""
    base = next(word for word in re.findall(r"\w+", text) if word not in ("const", "struct"))
    stars = text.count("*")
    if base in structs:
        out = type_name(base)
    elif base in SCALARS:
        out = SCALARS[base]
    else:  # a handle, which is never seen but behind a pointer
        out = "Cvoid"
    for _ in range(stars):
        out = f"Ptr{{{out}}}"
    return out


def declaration(text, structs):
    """Type and name of a field or an argument."""
    found = re.fullmatch(r"\s*(.*?[\s*])(\w+)\s*(?:\[(\w+)\])?\s*", text, re.S)
    return type_of(found[1], structs), found[2], found[3]


def constants(text):
    for name, value in re.findall(r"X\((FOREBAY_\w+), (-?\d+),", text):
        yield f"const {name} = Int32({value})"
    for body in re.findall(r"\benum \{([^}]*)\};", plain(text)):
        for name, value in re.findall(r"(FOREBAY_\w+) = (-?\d+)", body):
            if not name.endswith("_"):
                yield f"const {name} = Int32({value})"
    for name, value in re.findall(r"^#define (FOREBAY_\w+) (\(?-?\d+\)?|UINT32_MAX)\s*$", text, re.M):
        shown = "typemax(UInt32)" if value == "UINT32_MAX" else f"Int32({value.strip('()')})"
        yield f"const {name} = {shown}"


def struct_of(name, body, structs, sizes):
    yield f"struct {type_name(name)}"
    for field in filter(str.strip, body.split(";")):
        kind, own, count = declaration(field, structs)
        if count:
            kind = f"NTuple{{{sizes.get(count, count)}, {kind}}}"
        own = f'var"{own}"' if own in KEYWORDS else own
        yield f"    {own}::{kind}"
    yield "end\n"


def functions(text):
    return re.findall(r"FOREBAY_API\s+([^();]*?)\b(forebay_\w+)\(([^)]*)\)\s*FOREBAY_NOEXCEPT;", text, re.S)


def function_of(number, result, name, arguments, structs):
    given = [] if arguments.strip() in ("", "void") else [declaration(entry, structs)[:2] for entry in arguments.split(",")]
    names = ", ".join(own for _, own in given)
    kinds = ", ".join(kind for kind, _ in given) + ("," if len(given) == 1 else "")
    call = f"ccall(ADDRESSES[{number}], {type_of(result, structs)}, ({kinds}){', ' if names else ''}{names})"
    one_line = f"{name}({names}) = {call}"
    if len(one_line) <= WIDTH:
        return one_line
    return f"{name}({names}) =\n    {call}"


def text_of_all():
    headers = [(HEADERS / f"{name}.h").read_text(encoding="utf-8") for name in ORDER]
    bodies = [found for text in headers for found in re.findall(r"\bstruct (\w+) \{([^}]*)\}", plain(text))]
    structs = {name for name, _ in bodies}
    sizes = {name: value for text in headers for name, value in re.findall(r"^#define (FOREBAY_\w+) (\d+)\s*$", text, re.M)}
    listed = [found for text in headers for found in functions(plain(text))]
    out = ["# Made from include/forebay/*.h by generate.py; do not edit.", ""]
    out += [line for text in headers for line in constants(text)] + [""]
    for name, body in bodies:
        out += struct_of(name, body, structs, sizes)
    shown = ",\n    ".join(f":{name}" for name, _ in bodies)
    out += [f"const C_STRUCTS = Dict(name => T for (name, T) in zip((\n    {shown}), ("]
    out += ["    " + ",\n    ".join(type_name(name) for name, _ in bodies) + ")))", ""]
    shown = ",\n    ".join(f":{name}" for _, name, _ in listed)
    out += [f"const FUNCTIONS = (\n    {shown})", ""]
    out += ["# Where they are, since the library was loaded.", "const ADDRESSES = fill(C_NULL, length(FUNCTIONS))", ""]
    for number, (result, name, arguments) in enumerate(listed, 1):
        out.append(function_of(number, result, name, arguments, structs))
    return "\n".join(out) + "\n"


def main():
    text = text_of_all()
    if "--check" not in sys.argv[1:]:
        OUTPUT.write_text(text, encoding="utf-8")
        return 0
    if OUTPUT.read_text(encoding="utf-8") == text:
        return 0
    print(f"{OUTPUT} is not what the headers say: run {sys.argv[0]}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
