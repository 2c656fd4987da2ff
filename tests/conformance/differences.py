#!/usr/bin/env python3
"""Generated files read by forebay, by pandas (engine c, float_precision round_trip) and by numpy.loadtxt give the same values.

differences.py FILES [SEED]: so many files, eight to each random set of options. What the generator leaves out, or accepts where
it comes up, are the differences that docs/differences.md explains; PROBES holds one example of each, so that the page stays
true of both sides. Exit 77: pandas or numpy is missing.
"""

import pathlib
import random
import sys
import tempfile
import warnings

try:
    import numpy as np
    import pandas as pd
except ImportError:
    print("pandas or numpy is missing")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import library  # noqa: E402

FILES_A_SET = 8
INTEGERS = {"i1": (-(2**7), 2**7 - 1), "i4": (-(2**31), 2**31 - 1), "i8": (-(2**63), 2**63 - 1), "u2": (0, 2**16 - 1)}
WORDS = ["x", "chr22", "a b", "Zürich", "5\"", "€", "it's", "-", "0", "end.", "(n)", "NAN", "q"]


class Options:
    """A random way to write and read tables."""

    def __init__(self, rng):
        self.blanks = rng.random() < 0.2
        self.delimiter = " " if self.blanks else rng.choice(",;\t|")
        self.quoted = not self.blanks and rng.random() < 0.7
        self.header = rng.random() < 0.4
        self.comment = rng.random() < 0.3
        self.numpy = rng.random() < 0.4
        extras = not self.numpy
        self.na = rng.sample(["NA", ".", "-99", "null", "n/a"], rng.randint(1, 3)) if extras and rng.random() < 0.6 else []
        self.na_empty = bool(self.na) and not self.blanks and rng.random() < 0.5
        self.decimal = "," if extras and self.delimiter != "," and rng.random() < 0.3 else "."
        marks = [mark for mark in ",._'" if mark not in (self.decimal, self.delimiter)]
        self.thousands = rng.choice(marks) if extras and rng.random() < 0.3 else None
        kinds = ["i4", "i8", "i1", "u2", "f8", "f8", "f4", "S"] + ([] if self.numpy else ["?"])
        self.columns = [rng.choice(kinds) for _ in range(rng.randint(1, 6))]
        self.chosen = None
        if len(self.columns) > 1 and rng.random() < 0.25:
            self.chosen = sorted(rng.sample(range(len(self.columns)), rng.randint(1, len(self.columns) - 1)))

    @property
    def read(self):
        return self.chosen if self.chosen is not None else range(len(self.columns))

    def type_of(self, i):
        return "S40" if self.columns[i] == "S" else self.columns[i]

    def dtype(self):
        return ",".join(f"c{i}:{self.type_of(i)}" for i in self.read)

    def forebay(self):
        out = {"delimiter": "blanks" if self.blanks else self.delimiter, "header": self.header, "decimal": self.decimal,
               "quote": '"' if self.quoted else "off", "batch_rows": 7, "split_bytes": 97, "children": 2,
               "true_words": "yes,True", "false_words": "no,False"}
        if self.comment:
            out["comment"] = "#"
        if self.thousands:
            out["thousands"] = self.thousands
        if self.na:
            out["na"] = ",".join(self.na + ['""'] * self.na_empty)
            out["fill"] = "i:77,u:77"
        if self.chosen is not None:
            out["columns"] = ",".join(str(i + 1) for i in self.chosen)
        return out

    def pandas(self, path):
        kinds = {f"c{i}": self.pandas_kind(self.columns[i]) for i in self.read}
        more = {"delim_whitespace": True} if self.blanks else {"sep": self.delimiter}
        return pd.read_csv(
            path, engine="c", float_precision="round_trip", names=[f"c{i}" for i in range(len(self.columns))],
            header=0 if self.header else None, usecols=list(kinds), dtype=kinds, quotechar='"',
            quoting=0 if self.quoted else 3, comment="#" if self.comment else None, encoding="utf-8", index_col=False,
            na_values=self.na + [""] * self.na_empty, keep_default_na=False, decimal=self.decimal, thousands=self.thousands,
            true_values=["yes"], false_values=["no"], **more)

    def pandas_kind(self, kind):
        if kind == "S":
            return str
        if kind == "?":
            return bool
        if kind in INTEGERS:
            return "float64" if self.na else {"u2": "uint16", "i1": "int8"}.get(kind, "int" + str(8 * int(kind[1])))
        return "float64"

    def loadtxt(self, path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.loadtxt(
                path, dtype=library.numpy_dtype(self.dtype()), delimiter=None if self.blanks else self.delimiter,
                comments="#" if self.comment else None, quotechar='"' if self.quoted else None, encoding="latin1",
                skiprows=1 if self.header else 0, usecols=list(self.read), ndmin=1)


def options_have_number(options):
    """Whether an NA token is a number: pandas takes every spelling of it for missing."""
    return "-99" in options.na


class Writer:
    """Writes one random file and remembers the text of every field."""

    def __init__(self, rng, options):
        self.rng = rng
        self.options = options

    def grouped(self, digits):
        mark = self.options.thousands
        if not mark or self.rng.random() < 0.5:
            return digits
        head = len(digits) % 3
        groups = [digits[:head]] * bool(head) + [digits[i : i + 3] for i in range(head, len(digits), 3)]
        return mark.join(groups)

    def integer(self, kind):
        low, high = INTEGERS[kind]
        # Why not all of i8 with NA: pandas has to read such a column as reals.
        if kind == "i8" and self.options.na:
            low, high = -(2**53), 2**53
        value = self.rng.choice([low, high, 0, self.rng.randint(low, high), self.rng.randint(max(low, -99), 99)])
        if value == -99 and options_have_number(self.options):
            return "-99"
        sign = "-" if value < 0 else self.rng.choice(["", "", "", "+"])
        return sign + self.grouped(("0" * self.rng.choice([0, 0, 0, 2]) if not self.options.thousands else "") + str(abs(value)))

    def real(self):
        """Words for not-a-number and what overflows are left out: pandas refuses them."""
        rng = self.rng
        if rng.random() < 0.05:
            return rng.choice(["inf", "-inf", "+inf"])
        whole = str(rng.randint(0, 10 ** rng.randint(0, 18)))
        fraction = "".join(rng.choice("0123456789") for _ in range(rng.randint(0, 20)))
        point = self.options.decimal
        text = rng.choice([whole, self.grouped(whole) + point + fraction, point + (fraction or "0"), whole + point])
        exponent = rng.choice(["", "", "", f"e{rng.randint(-330, 285)}", f"E+{rng.randint(0, 20):02}"])
        return rng.choice(["", "", "-", "+"]) + text + exponent

    def field(self, kind):
        """The text of a field and whether it may stand unquoted."""
        rng, options = self.rng, self.options
        if kind != "?" and options.na and rng.random() < 0.15:
            return rng.choice(options.na + [""] * options.na_empty)
        if kind in INTEGERS:
            return self.integer(kind)
        if kind in ("f4", "f8"):
            return self.real()
        if kind == "?":
            return rng.choice(["yes", "no", "True", "False"])
        word = rng.choice(WORDS) * rng.choice([1, 1, 2])
        if options.quoted and rng.random() < 0.3:
            word += rng.choice([options.delimiter, "\n", '"', "\r\n", "\n\n", " "]) + rng.choice(WORDS)
        if options.blanks:
            word = word.replace(" ", "_")
        return "" if rng.random() < 0.1 and not options.blanks and len(options.columns) > 1 else word[:20]

    def written(self, text, kind):
        rng, options = self.rng, self.options
        must = any(sign in text for sign in (options.delimiter, "\n", "\r")) or text.startswith('"')
        if options.quoted and (must or rng.random() < 0.15):
            # In quotes a missing string is the text itself: differences.md, "Missing values in quotes".
            if kind == "S" and text in options.na + [""] * options.na_empty and text != "":
                return text
            return '"' + text.replace('"', '""') + '"'
        if must:
            return "x"
        is_number = kind not in ("S", "?") and text not in options.na and "inf" not in text and text != ""
        return " " + text if is_number and not options.blanks and rng.random() < 0.1 else text

    def file(self):
        rng, options = self.rng, self.options
        end = rng.choice(["\n", "\n", "\r\n"])
        out = []
        if options.header:
            out.append(options.delimiter.join(f"c{i}" for i in range(len(options.columns))))
        for _ in range(rng.choice([1, 2, rng.randint(1, 40)])):
            fields = [self.written(self.field(kind), kind) for kind in options.columns]
            gap = rng.choice(["  ", "\t", " "]) if options.blanks else options.delimiter
            out.append(gap.join(fields))
            if rng.random() < 0.05:
                out.append("")
            if options.comment and rng.random() < 0.1:
                out.append("# a comment, \"with; signs\"\t|")
        return end.join(out) + rng.choice(["", end])


class Comparison:
    """Looks at one file after the other and counts what differs for a known reason."""

    def __init__(self):
        self.explained = {}

    def explain(self, reason):
        self.explained[reason] = self.explained.get(reason, 0) + 1

    def singles(self, got, wanted):
        """f4: pandas and numpy round twice; where that shows, theirs is next to ours."""
        wanted = wanted.astype(np.float64)
        with np.errstate(over="ignore"):
            theirs = wanted.astype(np.float32)
        differs = ~((got == theirs) | (np.isnan(got) & np.isnan(theirs)))
        for ours, double in zip(got[differs], wanted[differs]):
            # The double lies just between two singles: only then may rounding it again go wrong.
            if int(np.asarray(double).view(np.uint64)) & ((1 << 29) - 1) != 1 << 28 or abs(float(ours) - double) > abs(double) * 2**-23:
                return False
            self.explain("singles are rounded once")
        return True

    def pandas(self, options, got, frame):
        if len(got) != len(frame):
            return f"{len(got)} rows, pandas has {len(frame)}"
        for i in options.read:
            ours, theirs = got[f"c{i}"], frame[f"c{i}"].to_numpy()
            kind = options.columns[i]
            if kind == "S":
                theirs = np.array(["" if isinstance(value, float) else value for value in theirs], dtype=object)
                same = [value.decode("utf-8") for value in ours] == list(theirs)
            elif kind == "f4":
                same = self.singles(ours, theirs)
            elif kind == "f8":
                same = np.array_equal(ours.view(np.uint64)[~np.isnan(ours)], theirs.view(np.uint64)[~np.isnan(theirs)])
                same = same and np.array_equal(np.isnan(ours), np.isnan(theirs))
            elif options.na and kind != "?":
                same = np.array_equal(ours.astype(np.float64), np.where(np.isnan(theirs), 77, theirs))
            else:
                same = np.array_equal(ours, theirs)
            if not same:
                return f"column {i} ({kind}): {ours.tolist()}, pandas has {list(theirs)}"
        return None

    def loadtxt(self, options, got, table):
        if len(got) != len(table):
            return f"{len(got)} rows, numpy has {len(table)}"
        for name in got.dtype.names:
            ours, theirs = got[name], table[name]
            if ours.dtype.kind == "S" and np.char.find(ours, b"\r\n").max() >= 0:
                self.explain("numpy turns CRLF in quotes into LF")
                ours = np.char.replace(ours, b"\r\n", b"\n")
            same = self.singles(ours, theirs.astype(np.float64)) if ours.dtype == np.float32 else (
                np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f"))
            if not same:
                return f"{name}: {ours.tolist()}, numpy has {theirs.tolist()}"
        return None


def check_set(lib, rng, folder, comparison):
    """Eight files of one set of options; the fault or None."""
    options = Options(rng)
    paths = []
    for i in range(FILES_A_SET):
        paths.append(folder / f"{i}.txt")
        paths[-1].write_bytes(Writer(rng, options).file().encode("utf-8"))
    dtype = library.numpy_dtype(options.dtype())
    for path, source in zip(paths, lib.load(options.dtype(), paths, options.forebay())):
        if source.failure is not None:
            return f"{source.failure.message}: {options.forebay()}\n{path.read_bytes()!r}"
        got = np.frombuffer(source.data, dtype)
        try:
            fault = comparison.pandas(options, got, options.pandas(path))
            if fault is None and options.numpy and len(got) > 0:
                fault = comparison.loadtxt(options, got, options.loadtxt(path))
        except (ValueError, TypeError, OverflowError) as error:
            fault = f"the other reader fails: {error}"
        if fault is not None:
            return f"{fault}\n{options.forebay()} {options.dtype()}\n{path.read_bytes()!r}"
    return None


def pandas_of(text, kinds, **more):
    """Rows of pandas as a list of lists, or the name of its exception."""
    names = [f"c{i}" for i in range(len(kinds))]
    arguments = dict(engine="c", float_precision="round_trip", names=names, header=None, dtype=dict(zip(names, kinds)), keep_default_na=False)
    with tempfile.NamedTemporaryFile(suffix=".txt") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.write(text.encode("utf-8"))
        file.flush()
        try:
            return pd.read_csv(file.name, **{**arguments, **more}).values.tolist()
        except (ValueError, OverflowError, TypeError) as error:
            return type(error).__name__


def numpy_of(text, dtype, **more):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [list(row) for row in np.loadtxt(text.split("\n"), dtype=library.numpy_dtype(dtype), ndmin=1, **{"delimiter": ",", **more})]
    except (ValueError, TypeError) as error:
        return type(error).__name__


def forebay_of(lib, folder, text, dtype, options):
    path = folder / "probe.txt"
    path.write_bytes(text.encode("utf-8"))
    source = lib.load(dtype, [path], {"delimiter": ",", **options})[0]
    if source.failure is not None:
        return source.failure.status
    rows = np.frombuffer(source.data, library.numpy_dtype(dtype))
    return [[str(value) if isinstance(value, np.datetime64) else value for value in row] for row in rows]


VALUE, COLUMNS, FORMAT = "FOREBAY_E_VALUE", "FOREBAY_E_COLUMNS", "FOREBAY_E_FORMAT"
# heading in docs/differences.md: text, dtype, options of forebay, what it gives; then pandas: kinds, options, what it gives.
PANDAS_PROBES = [
    ("Rows with too few columns", "1,2\n3\n", "a:f8,b:f8", {}, COLUMNS, ["f8", "f8"], {"keep_default_na": True}, [[1, 2], [3, None]]),
    ("Rows with too many columns", "1,2\n3,4,5\n", "a:f8,b:f8", {}, COLUMNS, ["f8", "f8"], {}, "ParserError"),
    ("Empty numbers", "1,\n", "a:f8,b:f8", {}, VALUE, ["f8", "f8"], {"keep_default_na": True}, [[1, None]]),
    ("Words for reals", "nan,1\n", "a:f8,b:f8", {}, None, ["f8", "f8"], {}, "ValueError"),
    ("Reals that are too large", "1e400,1\n", "a:f8,b:f8", {}, [[float("inf"), 1]], ["f8", "f8"], {}, "ValueError"),
    ("Missing values in quotes", '"NA",1\n', "a:S4,b:f8", {"na": "NA"}, [[b"NA", 1]], [str, "f8"], {"na_values": ["NA"]}, [[None, 1]]),
    ("Missing values that are numbers", "-099,1\n", "a:i4,b:f8", {"na": "-99"}, [[-99, 1]], ["f8", "f8"], {"na_values": ["-99"]}, [[None, 1]]),
    ("Missing values among blanks", " NA,1\n", "a:f8,b:i4", {"na": "NA"}, None, ["f8", "i4"], {"na_values": ["NA"]}, "ValueError"),
    ("Comments", "1,2#x\n", "a:i4,b:i4", {"comment": "#"}, VALUE, ["i4", "i4"], {"comment": "#"}, [[1, 2]]),
    ("Lone carriage returns", "1,2\r3,4\n", "a:i4,b:i4", {}, COLUMNS, ["i4", "i4"], {}, [[1, 2], [3, 4]]),
    ("Lines of blanks", " \n1,2\n", "a:S4,b:f8", {}, COLUMNS, [str, "f8"], {}, [["1", 2]]),
    ("Text after a closing quote", '"a"b,1\n', "a:S4,b:f8", {}, FORMAT, [str, "f8"], {}, [["ab", 1]]),
    ("Blanks after a closing quote", '"a" ,1\n', "a:S4,b:f8", {}, [[b"a", 1]], [str, "f8"], {}, [["a ", 1]]),
    ("Quotes that are never closed", '"a,1\n', "a:S4,b:f8", {}, FORMAT, [str, "f8"], {}, "ParserError"),
    ("Integers out of range", "300,1\n", "a:i1,b:i4", {}, VALUE, ["int8", "int32"], {}, [[44, 1]]),
    ("Thousands", "1;2,3,4\n", "a:i4,b:i4", {"delimiter": ";", "thousands": ","}, VALUE, ["int32", "int32"], {"sep": ";", "thousands": ","}, [[1, 234]]),
    ("Words for true and false", "1,t\n", "a:f8,b:?", {}, [[1, True]], ["f8", bool], {}, "ValueError"),
]
NUMPY_PROBES = [
    ("Strings that are too long", "abcd,1\n", "a:S2,b:i4", {}, VALUE, {}, [[b"ab", 1]]),
    ("Comments", "1,2#x\n", "a:i4,b:i4", {"comment": "#"}, VALUE, {"comments": "#"}, [[1, 2]]),
    ("Reals read as integers", "1.0,2\n", "a:i4,b:i4", {}, VALUE, {}, [[1, 2]]),
    ("Singles are rounded once", "1.00000005960464478,1\n", "a:f4,b:i4", {}, [[np.float32(1.0000001), 1]], {}, [[1, 1]]),
    ("Years and days as digits", "20240301,1\n", "a:M8[D],b:i4", {}, [["2024-03-01", 1]], {}, None),
    ("Times finer than their unit", "2024-03-01T12,1\n", "a:M8[D],b:i4", {}, VALUE, {}, None),
]


def check_probes(lib, folder, page):
    faults = []
    for name, text, dtype, options, wanted, kinds, more, theirs in PANDAS_PROBES:
        ours = forebay_of(lib, folder, text, dtype, options)
        ours = "nan" if ours != VALUE and wanted is None and np.isnan(ours[0][0]) else ours
        wanted = "nan" if wanted is None else wanted
        other = pandas_of(text, kinds, **more)
        if other != "ParserError" and not isinstance(other, str):
            other = [[None if isinstance(v, float) and np.isnan(v) else v for v in row] for row in other]
        if ours != wanted or other != theirs:
            faults.append(f"{name}: forebay {ours}, pandas {other}")
    for name, text, dtype, options, wanted, more, theirs in NUMPY_PROBES:
        ours = forebay_of(lib, folder, text, dtype, options)
        other = numpy_of(text, dtype, **more)
        if ours != wanted or (theirs is not None and other != theirs):
            faults.append(f"{name}: forebay {ours}, numpy {other}")
    for name in {probe[0] for probe in PANDAS_PROBES + NUMPY_PROBES}:
        if f"\n## {name}\n" not in page:
            faults.append(f"docs/differences.md does not explain: {name}")
    return faults


def main():
    files = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20240301
    lib = library.Library()
    comparison = Comparison()
    page = (pathlib.Path(__file__).parent.parent.parent / "docs" / "differences.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="forebay-differences-") as name:
        folder = pathlib.Path(name)
        faults = check_probes(lib, folder, page)
        for index in range(-(-files // FILES_A_SET)):
            fault = check_set(lib, random.Random(seed * 100003 + index), folder, comparison)
            if fault:
                faults.append(f"set {index} of seed {seed}: {fault}")
    print("\n".join(faults[:40]))
    print(f"{files} files, {len(faults)} faults; explained: {comparison.explained}")
    return 1 if faults else 0


sys.exit(main())
