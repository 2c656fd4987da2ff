#!/usr/bin/env python3
"""The table of dialects (tests/conformance/dialects.jsonl) through the binding: the same rows and the same errors as in C."""

import support

import forebay
from forebay import errors

CONFORMANCE = support.ROOT / "tests" / "conformance"
NAMES = {-40: "FOREBAY_E_FORMAT", -42: "FOREBAY_E_VALUE", -43: "FOREBAY_E_COLUMNS"}


def load_reference():
    """dialects.py without running it: what a case says, and when a value is the one that it says."""
    text = (CONFORMANCE / "dialects.py").read_text().replace("sys.exit(main())", "")
    names = {"__file__": str(CONFORMANCE / "dialects.py"), "__name__": "dialects"}
    exec(compile(text, "dialects.py", "exec"), names)
    return names


class Outcome:
    """What came of a case, as dialects.py expects it."""

    def __init__(self):
        self.data, self.failure, self.truncated, self.rejects, self.skipped = b"", None, 0, [], 0


class Failure:
    def __init__(self, failure):
        self.status, self.message = failure.name, str(failure)
        self.line, self.column = failure.line or 0, failure.column or 0
        self.byte = errors.NO_BYTE if failure.byte is None else failure.byte


def outcome_of(case, path, children, split):
    options = dict(case.get("options", {}))
    options.setdefault("batch_rows", 3)
    out = Outcome()
    loader = forebay.load(path, case["dtype"], children=children, split_bytes=split or None, **options)
    while True:
        try:
            array = loader.take()
        except forebay.Error as failure:
            out.failure = Failure(failure)
            continue
        if array is None:
            break
        out.data += array.numpy().tobytes()
    out.truncated = loader.source_truncated(0)
    for reject in loader.rejects():
        out.rejects.append([NAMES[reject.code], reject.line, reject.column, reject.byte])
    out.skipped = loader.source_skipped(0)
    return out


class Dialects(support.Case):
    def test_every_case_gives_its_rows_or_its_error(self):
        reference = load_reference()
        path = self.folder / "input.txt"
        count = 0
        for case in reference["cases"]():
            count += 1
            with self.subTest(case["name"]):
                if "refused" in case:
                    with self.assertRaises((forebay.ArgumentError, ValueError)) as caught:
                        forebay.Loader(case["dtype"], **case.get("options", {}))
                    self.assertIn(case["refused"], str(caught.exception))
                    continue
                path.write_bytes(reference["input_of"](case))
                outcome = outcome_of(case, path, *((1, 0) if count % 2 else (2, 5)))
                self.assertIsNone(reference["fault_of"](case, outcome))
        self.assertGreaterEqual(count, 150)


if __name__ == "__main__":
    support.main()
