#!/usr/bin/env python3
"""dialects.py PROGRAM: the table of dialects (tests/conformance/dialects.jsonl) through the Rust crate, by its example `dialects`:
the same rows and the same errors as in C. Exit 77: numpy is missing."""

import os
import pathlib
import subprocess
import sys
import tempfile

CONFORMANCE = pathlib.Path(__file__).resolve().parents[3] / "tests" / "conformance"
NAMES = {-10: "FOREBAY_E_ARGUMENT", -40: "FOREBAY_E_FORMAT", -42: "FOREBAY_E_VALUE", -43: "FOREBAY_E_COLUMNS"}
NAMES[-44] = "FOREBAY_E_TRUNCATED"


def load_reference():
    """dialects.py of the conformance tests without running it: what a case says, and when a value is the one that it says."""
    text = (CONFORMANCE / "dialects.py").read_text(encoding="utf-8").replace("sys.exit(main())", "")
    names = {"__file__": str(CONFORMANCE / "dialects.py"), "__name__": "dialects"}
    exec(compile(text, "dialects.py", "exec"), names)
    return names


class Failure:
    def __init__(self, status, line, column, byte, message):
        self.status, self.line, self.column, self.byte = NAMES.get(int(status), status), int(line), int(column), int(byte)
        self.message = bytes.fromhex(message).decode()


class Outcome:
    """What came of a case, as dialects.py expects it."""

    def __init__(self, lines):
        self.data, self.failure, self.truncated, self.rejects, self.skipped, self.refused = b"", None, 0, [], 0, None
        for line in lines:
            kind, *words = line.split(" ")
            getattr(self, "take_" + kind)(*words)

    def take_rows(self, data):
        self.data += bytes.fromhex(data)

    def take_error(self, *words):
        self.failure = Failure(*words)

    def take_truncated(self, count):
        self.truncated = int(count)

    def take_reject(self, status, *place):
        self.rejects.append([NAMES[int(status)], *map(int, place)])

    def take_skipped(self, count):
        self.skipped = int(count)

    def take_refused(self, message):
        self.refused = bytes.fromhex(message).decode()


def hexadecimal(value):
    return str(value).encode().hex()


def ask(process, case, path, children, split):
    options = {"batch_rows": 3, **case.get("options", {})}
    words = [os.fsencode(path).hex(), hexadecimal(case["dtype"]), str(children), str(split)]
    words += [f"{name}={hexadecimal(value)}" for name, value in options.items()]
    process.stdin.write(" ".join(words) + "\n")
    process.stdin.flush()
    lines = []
    while (line := process.stdout.readline().rstrip("\n")) != "end":
        if not line:
            raise SystemExit(f"{case['name']}: the program has ended")
        lines.append(line)
    return Outcome(lines)


def fault_of(reference, case, outcome):
    if "refused" in case:
        return None if case["refused"] in (outcome.refused or "") else f"refused: {outcome.refused}"
    return f"is refused: {outcome.refused}" if outcome.refused else reference["fault_of"](case, outcome)


def main(program):
    reference = load_reference()
    count = faults = 0
    with tempfile.TemporaryDirectory(prefix="forebay-rust-") as folder:
        path = pathlib.Path(folder) / "input.txt"
        with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            for case in reference["cases"]():
                count += 1
                path.write_bytes(b"" if "refused" in case else reference["input_of"](case))
                outcome = ask(process, case, path, *((1, 0) if count % 2 else (2, 5)))
                fault = fault_of(reference, case, outcome)
                faults += fault is not None
                if fault:
                    print(f"{case['name']}: {fault}", flush=True)
            process.stdin.close()
    print(f"{count} cases, {faults} wrong")
    return 1 if faults or count < 150 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
