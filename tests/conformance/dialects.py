#!/usr/bin/env python3
"""The table of dialects: each case gives the rows or the error that it names, with any number of children, any split and any
kernel that this machine can run, plain and compressed: one child decodes compressed text then, and all parse its pieces.

dialects.jsonl has a case a line: `input` (text; `bytes` instead has a byte in each character), `dtype`, `options` as in
forebay_loader_options, and what comes of it: `rows` and, if the source fails, `error` with status, line, column and byte;
`truncated` strings cut; `rejects`, each as [status, line, column, byte], and the rows `skipped` among them. Strings stand as text, times as numpy prints them, reals that are no JSON numbers as "nan", "inf";
{"bits": "7FF0..."} is a value by its bits. Exit 77: numpy is missing.
"""

import gzip
import json
import math
import os
import pathlib
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("numpy is missing")
    sys.exit(77)

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))
import library  # noqa: E402

TABLE = HERE / "dialects.jsonl"
# Children and bytes of a split; 0: the default.
WAYS = [(1, 0), (2, 5), (5, 1), (2, 64)]
KERNEL = "FOREBAY_FORCE_KERNEL"


def cases():
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if "name" in case:
            yield case


def input_of(case):
    return case["bytes"].encode("latin-1") if "bytes" in case else case["input"].encode("utf-8")


def same(got, wanted):
    """Whether a numpy value is what the table says."""
    if isinstance(wanted, list):
        return len(got) == len(wanted) and all(same(g, w) for g, w in zip(got, wanted))
    if isinstance(wanted, dict):
        bits = got.tobytes() if isinstance(got, bytes) else np.asarray(got).tobytes()[::-1]
        return bits.hex().upper() == wanted["bits"].upper()
    if isinstance(got, np.datetime64):
        return str(got) == wanted
    if isinstance(got, bytes):
        return got == wanted.encode("utf-8")
    if isinstance(got, np.bool_) or isinstance(wanted, bool):
        return isinstance(got, np.bool_) and isinstance(wanted, bool) and bool(got) == wanted
    if isinstance(got, np.floating):
        wanted = got.dtype.type(float(wanted))
        return bool(math.isnan(wanted) and math.isnan(got) or got == wanted and math.copysign(1, got) == math.copysign(1, wanted))
    return int(got) == wanted


def rows_of(data, dtype):
    array = np.frombuffer(data, dtype)
    return [list(row) if dtype.names else [row] for row in array] if dtype.subdtype is None else [[row] for row in array]


def fault_of(case, source):
    """What is wrong with the outcome; None when it is right."""
    dtype = library.numpy_dtype(case["dtype"])
    got = rows_of(source.data, dtype)
    failure = source.failure
    wanted = case.get("error")
    if wanted is None and failure is not None:
        return f"fails: {failure.status} {failure.message}"
    if len(got) != len(case["rows"]) or not all(same(g, w) for g, w in zip(got, case["rows"])):
        return f"rows {got}, not {case['rows']}"
    if source.truncated != case.get("truncated", 0):
        return f"{source.truncated} strings cut"
    if source.rejects != case.get("rejects", []):
        return f"rejects {source.rejects}"
    if source.skipped != case.get("skipped", 0):
        return f"{source.skipped} rows passed over"
    if wanted is None:
        return None
    if failure is None:
        return "does not fail"
    for key, value in wanted.items():
        if key == "says" and value not in failure.message:
            return f"says {failure.message!r}"
        if key != "says" and getattr(failure, key) != value:
            return f"{key} is {getattr(failure, key)}, not {value}: {failure.message}"
    return None


def refused(lib, case):
    """A case whose options are refused as a whole."""
    try:
        lib.load(case["dtype"], [], case.get("options", {}))
    except library.Failure as failure:
        wanted = case["refused"]
        return None if failure.status == "FOREBAY_E_ARGUMENT" and wanted in failure.message else f"says {failure.message!r}"
    return "is not refused"


def outcome(source):
    failure = source.failure
    place = failure and (failure.status, failure.line, failure.byte, failure.column, failure.message)
    return source.data, source.truncated, source.rejects, source.skipped, place


def kernels(lib, folder):
    """The kernels that this machine can run, best first: a wrong name is refused with the list of them."""
    path = folder / "one.txt"
    path.write_text("1\n")
    os.environ[KERNEL] = "none"
    failure = lib.load("i4", [path], {}, 0)[0].failure
    del os.environ[KERNEL]
    assert failure.status == "FOREBAY_E_ARGUMENT" and "none is no kernel" in failure.message, failure.message
    names = failure.message.split("name one of ")[1].split()
    assert names[-1] == "scalar", names
    return names


def run(lib, case, path, names):
    if "refused" in case:
        return refused(lib, case)
    first = None
    # Every way and every kernel comes up.
    for number in range(max(len(WAYS), len(names))):
        children, split = WAYS[number % len(WAYS)]
        kernel = names[number % len(names)]
        os.environ[KERNEL] = kernel
        options = dict(case.get("options", {}), children=children, split_bytes=split)
        max_rows = options.pop("max_rows", 0)
        # Arrays of few rows, so that a file has several.
        options.setdefault("batch_rows", 3)
        for form in ("plain", "gzip"):
            text = input_of(case)
            path.write_bytes(text if form == "plain" else gzip.compress(text, 1))
            source = lib.load(case["dtype"], [path], options, max_rows)[0]
            way = f"{form}, {children} children, splits of {split}, kernel {kernel}"
            fault = fault_of(case, source)
            if fault:
                return f"{way}: {fault}"
            if first is not None and outcome(source) != first:
                return f"{way}: {outcome(source)} is not {first}"
            first = outcome(source)
    return None


def main():
    lib = library.Library()
    only = sys.argv[1:]
    count = faults = 0
    names = set()
    with tempfile.TemporaryDirectory(prefix="forebay-dialects-") as folder:
        path = pathlib.Path(folder) / "input.txt"
        to_run = kernels(lib, pathlib.Path(folder))
        for case in cases():
            if only and case["name"] not in only:
                continue
            assert case["name"] not in names, case["name"]
            names.add(case["name"])
            fault = run(lib, case, path, to_run)
            count += 1
            faults += fault is not None
            if fault:
                print(f"{case['name']}: {fault}", flush=True)
    print(f"{count} cases, {faults} wrong; kernels {' '.join(to_run)}")
    assert only or count >= 150, "cases are missing"
    return 1 if faults else 0


sys.exit(main())
