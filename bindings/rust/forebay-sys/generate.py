#!/usr/bin/env python3
"""generate.py [--check]: writes src/declarations.rs, and tests/layout/fields.rs for the test that compares layouts, from the public
headers, which are plain enough to be read by patterns.

With --check nothing is written; the exit status tells whether the files are what the headers say.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADERS = HERE.parent.parent.parent / "include" / "forebay"
ORDER = "version status dtype array arena loader child store sniff arrow dlpack".split()
NUMBERS = {f"{sign}int{bits}_t": f"{kind}{bits}" for sign, kind in (("", "i"), ("u", "u")) for bits in (8, 16, 32, 64)}
TYPES = {**NUMBERS, "int": "c_int", "char": "c_char", "double": "f64", "void": "c_void", "forebay_status": "forebay_status"}
OPAQUE_STRUCTS = ["DLManagedTensor", "DLManagedTensorVersioned"]


def plain(text):
    """The header without comments and preprocessor lines."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S).replace("\\\n", " ")
    return re.sub(r"^#.*$", "", text, flags=re.M)


def constant_of(name, value):
    if value == "UINT32_MAX":
        return f"pub const {name}: u32 = u32::MAX;"
    if value.startswith('"'):
        return None
    kind = "forebay_status" if re.fullmatch(r"FOREBAY_(OK|NONE|END|AGAIN|E_\w+)", name) else "i32" if "-" in value else "u32"
    return f"pub const {name}: {kind} = {value.strip('()')};"


def constants(text):
    for name, value in re.findall(r"X\((FOREBAY_\w+), (-?\d+),", text):
        yield constant_of(name, value)
    for body in re.findall(r"\benum \{([^}]*)\};", plain(text)):
        for name, value in re.findall(r"(FOREBAY_\w+) = (-?\d+)", body):
            if not name.endswith("_"):
                yield constant_of(name, value)
    for name, value in re.findall(r"^#define ((?:FOREBAY|ARROW)_\w+) (\(?-?\d+\)?|UINT32_MAX)\s*$", text, re.M):
        yield constant_of(name, value)


def type_of(words, stars):
    """Rust's spelling of a C type, such as "const char *const *"."""
    text = re.sub(r"\bstruct\b", "", words)
    parts = re.findall(r"\w+|\*", text + " " + stars)
    base = next(part for part in parts if part not in ("const", "*"))
    out, const = TYPES.get(base, base), parts[0] == "const"
    for place, part in enumerate(parts):
        if part == "*":
            out = f"*{'const' if const else 'mut'} {out}"
            const = parts[place + 1 : place + 2] == ["const"]
    return out


def split_declaration(text):
    found = re.fullmatch(r"\s*(.*?)([\s*]*)\b(\w+)\s*(?:\[(\w+)\])?\s*", text, re.S)
    return type_of(found[1], found[2]), found[3], found[4]


def rust_name(name):
    return "r#" + name if name in ("type", "ref", "in", "move", "loop", "match", "use") else name


def arguments_of(text):
    if text.strip() in ("", "void"):
        return []
    return [split_declaration(argument) for argument in text.split(",")]


def callback_of(text):
    """A field such as "void (*release)(struct ArrowSchema *)"."""
    found = re.fullmatch(r"\s*(.*?)([\s*]*)\(\*(\w+)\)\((.*)\)\s*", text, re.S)
    if not found:
        return None
    arguments = [argument if re.search(r"\w\s*$", argument) and "*out" in argument else argument + "_" for argument in found[4].split(",")]
    kinds = ", ".join(split_declaration(argument)[0] for argument in arguments)
    result = type_of(found[1], found[2])
    arrow = "" if result == "c_void" else f" -> {result}"
    return f"    pub {found[3]}: Option<unsafe extern \"C\" fn({kinds}){arrow}>,"


def structs(text):
    """Structs in the order of the header, after the opaque ones."""
    for name in re.findall(r"typedef struct (\w+) \1;", text):
        yield f"#[repr(C)]\npub struct {name} {{\n    _opaque: [u8; 0],\n    _not_send: PhantomData<(*mut u8, PhantomPinned)>,\n}}"
    for name, body in re.findall(r"\bstruct (\w+) \{([^}]*)\}", text):
        yield struct_of(name, body)


def struct_of(name, body):
    lines = []
    for field in filter(str.strip, body.split(";")):
        callback = callback_of(field)
        if callback:
            lines.append(callback)
            continue
        kind, own, count = split_declaration(field)
        if count:
            kind = f"[{kind}; {count if count.isdigit() else count + ' as usize'}]"
        lines.append(f"    pub {rust_name(own)}: {kind},")
    return f"#[repr(C)]\n#[derive(Clone, Copy)]\npub struct {name} {{\n" + "\n".join(lines) + "\n}"


def functions(text):
    found = re.findall(r"FOREBAY_API\s+([^();]*?)\b(forebay_\w+)\(([^)]*)\)\s*FOREBAY_NOEXCEPT;", text, re.S)
    for result, name, arguments in found:
        listed = ", ".join(f"{rust_name(own)}: {kind}" for kind, own, _ in arguments_of(arguments))
        words, stars = re.fullmatch(r"(.*?)([\s*]*)", result, re.S).groups()
        kind = type_of(words, stars)
        yield f"    pub fn {name}({listed}){'' if kind == 'c_void' else ' -> ' + kind};"


def text_of_all():
    headers = [(HEADERS / f"{name}.h").read_text(encoding="utf-8") for name in ORDER]
    out = ["// Made from include/forebay/*.h by generate.py; do not edit.", "", "use std::marker::{PhantomData, PhantomPinned};"]
    out += ["use std::os::raw::{c_char, c_int, c_void};", "", "pub type forebay_status = i32;", ""]
    for text in headers:
        out += filter(None, constants(text))
    out += [""] + [f"#[repr(C)]\npub struct {name} {{\n    _opaque: [u8; 0],\n}}" for name in OPAQUE_STRUCTS]
    for text in headers:
        out += structs(plain(text))
    out += ["", 'extern "C" {']
    for text in headers:
        out += functions(plain(text))
    return "\n".join(out + ["}", ""])


def fields_of_all(declarations):
    out = ["// Made from include/forebay/*.h by generate.py; do not edit.", "", "fields! {"]
    for name, body in re.findall(r"^pub struct (\w+) \{\n(.*?)^\}", declarations, re.S | re.M):
        names = re.findall(r"^    pub (?:r#)?(\w+):", body, re.M)
        if names:
            out.append(f"    {name} {{ {' '.join(names)} }}")
    return "\n".join(out + ["}", ""])


def main():
    declarations = text_of_all()
    made = {HERE / "src" / "declarations.rs": declarations, HERE / "tests" / "layout" / "fields.rs": fields_of_all(declarations)}
    stale = [path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" not in sys.argv[1:]:
        for path in stale:
            path.write_text(made[path], encoding="utf-8")
        return 0
    for path in stale:
        print(f"{path.name} is not what the headers say: run {pathlib.Path(__file__).name}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
