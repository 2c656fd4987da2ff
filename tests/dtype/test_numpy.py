"""Compares forebay's dtypes with numpy's, in both directions. Usage: test_numpy.py <dtype_probe>. 77: no numpy."""
import ast
import random
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("skipped: numpy is not installed")
    sys.exit(77)

SEED = 7
SCALARS = ["S1", "S10", "S255", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "?"]
SCALARS += ["M8[%s]" % unit for unit in "Y M W D h m s ms us ns".split()]
SHAPES = ["", "[1]", "[24]", "[3,4]", "[2,1,5]", "[2,2,2,2,2,2,2,2]"]
NAMES = ["chr", "pos", "f4", "two words", "a:b", "c,d", "x[3]", "it's", 'say "x"', "both ' and \"", "back\\slash",
         "gr\u00fcn", "\u6c34", "\U0001f41f", "tab\there", "line\nbreak", "bell\x07", "c1\x85", "(paren)", " lead", "0", "S10",
         "\u00a0"]
# numpy dtypes that forebay lacks, and a word of the advice.
REFUSED = [
    (np.dtype("U5"), "S<n>"),
    (np.dtype("c8"), "f4[2]"),
    (np.dtype("c16"), "f8[2]"),
    (np.dtype("f2"), "f4"),
    (np.dtype(np.longdouble), "f8"),
    (np.dtype("O"), "S<n>"),
    (np.dtype("V5"), "S<n>"),
    (np.dtype("m8[ns]"), "i8"),
    (np.dtype("M8"), "M8[unit]"),
    (np.dtype("M8[25s]"), "M8[unit]"),
    (np.dtype([("a", "i1"), ("b", "i4")], align=True), "repack_fields"),
    (np.dtype({"names": ["a"], "formats": ["i4"], "offsets": [8]}), "repack_fields"),
    (np.dtype([("a", [("b", "i4")])]), "flatten"),
    (np.dtype([(("title", "a"), "i4")]), "title"),
]
failures = []


def check(holds, text):
    if not holds:
        failures.append(text)
        print("check failed: " + text, file=sys.stderr)


def quoted(name):
    return '"' + name.encode("unicode_escape").decode("ascii").replace('"', '\\"') + '"'


def random_record(rng):
    fields = []
    for name in rng.sample(NAMES, rng.randint(1, 8)):
        fields.append(quoted(name) + ":" + rng.choice(["", "<", ">", "="]) + rng.choice(SCALARS) + rng.choice(SHAPES))
    return ",".join(fields)


def texts():
    rng = random.Random(SEED)
    bare = [order + scalar + shape for order in ("", "<", ">") for scalar in SCALARS for shape in SHAPES]
    return bare + [random_record(rng) for _ in range(2000)]


def ask(probe, lines):
    answer = subprocess.run([probe], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, check=True, encoding="utf-8")
    rows = [row.split("\t") for row in answer.stdout.split("\n")[:-1]]
    assert len(rows) == len(lines), "%d answers to %d lines" % (len(rows), len(lines))
    return rows


def fields_of(dtype):
    """Offset, base type and shape of each field by name, as numpy sees them."""
    return [(name, dtype.fields[name][1], dtype.fields[name][0].base, dtype.fields[name][0].shape) for name in dtype.names]


def check_layout(text, row):
    _, canonical, descr, row_bytes, offsets = row
    dtype = np.dtype(ast.literal_eval(descr))
    check(dtype.itemsize == int(row_bytes), "%s: itemsize %d, not %s" % (text, dtype.itemsize, row_bytes))
    if dtype.names is None:
        check(offsets.split() == ["0"], "%s: offsets %s" % (text, offsets))
        return None
    check([field[1] for field in fields_of(dtype)] == [int(offset) for offset in offsets.split()], "%s: offsets" % text)
    check(descr == str(dtype.descr) or any(not name.isprintable() for name in dtype.names),
          "%s: descr %s, numpy prints %s" % (text, descr, dtype.descr))
    return dtype


def check_text_forms(probe):
    all_texts = texts()
    back_lines, back_wanted = [], []
    for text, row in zip(all_texts, ask(probe, ["text " + text for text in all_texts])):
        if row[0] != "ok":
            check(False, "%s: %s" % (text, row[2]))
            continue
        dtype = check_layout(text, row)
        spellings = [row[2]]
        if dtype is not None:
            spellings.append(str(dtype.descr))
        elif np.dtype(ast.literal_eval(row[2])).subdtype is None:
            bare = np.dtype(ast.literal_eval(row[2]))
            spellings += [str(bare.descr), repr(bare.str), bare.str]
        back_lines += ["descr " + spelling for spelling in spellings]
        back_wanted += [row[1]] * len(spellings)
    for line, wanted, row in zip(back_lines, back_wanted, ask(probe, back_lines)):
        check(row[0] == "ok" and row[1] == wanted, "%s gives %s, not %s" % (line, row[1:], wanted))
    return len(all_texts)


def check_known_records(probe):
    """What numpy itself makes of a list of fields is what forebay makes of the same names and types."""
    wanted = np.dtype([("chr", "S10"), ("pos", "<i4"), ("t", ">f4", (24,)), ("m", "f8", (3, 4)), ("w", "M8[ns]"), ("ok", "?")])
    row, = ask(probe, ["text chr:S10,pos:<i4,t:>f4[24],m:f8[3,4],w:M8[ns],ok:?"])
    check(row[0] == "ok" and np.dtype(ast.literal_eval(row[2])) == wanted, "the known record: %s" % row)
    row, = ask(probe, ["text f4[721,1440]"])
    check(row[0] == "ok" and np.dtype(ast.literal_eval(row[2])) == np.dtype(("f4", (721, 1440))), "the known grid: %s" % row)


def check_refusals(probe):
    rows = ask(probe, ["descr " + str(dtype.descr) for dtype, _ in REFUSED])
    for (dtype, advice), row in zip(REFUSED, rows):
        check(row[0] == "error" and int(row[1]) > 0 and advice in row[2].split("; ")[-1], "%r: %s" % (dtype.descr, row))


def main():
    probe = sys.argv[1]
    count = check_text_forms(probe)
    check_known_records(probe)
    check_refusals(probe)
    print("%d dtypes compared with numpy %s, seed %d, %d failures" % (count, np.__version__, SEED, len(failures)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
