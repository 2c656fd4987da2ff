#!/usr/bin/env python3
"""Loads of a size that shows what grows: memory, descriptors, the time for the next megabyte.

Arguments: one of
  files N      N small files into one table, with 256 descriptors at most
  large GB     one file of so many gigabytes, assembled by appending a piece to itself
  children N   N child processes
Prints the peak of parent and children together (PSS), the most descriptors of the parent, and of the first two the rate at which
input was read in the second and in the last quarter of the load.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import measure  # noqa: E402

COMMAND = os.environ["FOREBAY_COMMAND"]
MIB = 1 << 20
QUOTA = 128
DTYPE = "chr:S10,pos:i4,pct:f4,c:i4,t:i4"


def bytes_read(pid):
    """What a process has read so far; 0 if it is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines():
            if line.startswith("rchar:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def descriptors(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


class Watch:
    """Samples of a running load."""

    def __init__(self):
        self.peak = 0
        self.most_descriptors = 0
        self.most_children = 0
        self.read = {}  # by child
        self.course = []  # (time, bytes read by all children so far)

    def look(self, pid):
        children = measure.children_of(pid)
        self.peak = max(self.peak, measure.pss_of_family(pid))
        self.most_descriptors = max(self.most_descriptors, descriptors(pid))
        self.most_children = max(self.most_children, len(children))
        for child in children:
            self.read[child] = max(self.read.get(child, 0), bytes_read(child))
        self.course.append((time.monotonic(), sum(self.read.values())))

    def rate(self, begin, end):
        """Bytes a second between two shares of all bytes."""
        total = self.course[-1][1]
        part = [(at, done) for at, done in self.course if begin * total <= done <= end * total]
        assert len(part) > 2, "the load was too short to be measured"
        return (part[-1][1] - part[0][1]) / (part[-1][0] - part[0][0])


def load(sources, folder, limit=None, jobs=None):
    command = [COMMAND, "load", *map(str, sources), "-o", str(folder / "out.h5"), "--memory", f"{QUOTA}M", "--dtype", DTYPE, "--json"]
    if jobs is not None:
        command += ["--jobs", str(jobs)]

    def set_limit():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

    watch = Watch()
    begun = time.monotonic()
    # Why a file: a summary of many sources is longer than a pipe.
    with open(folder / "summary.json", "w+", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=out, preexec_fn=set_limit)
        while True:
            watch.look(process.pid)
            try:
                process.wait(0.01)
                break
            except subprocess.TimeoutExpired:
                pass
        assert process.returncode == 0, process.returncode
        out.seek(0)
        summary = json.load(out)
    return summary, watch, time.monotonic() - begun


def report(name, summary, watch, seconds, memory):
    print(
        f"{name}: {summary['rows']} rows in {seconds:.1f} s, {summary['bytes_read'] / seconds / 1e6:.0f} MB/s; peak PSS "
        f"{watch.peak / MIB:.0f} MiB with a quota of {QUOTA}, at most {watch.most_descriptors} descriptors and "
        f"{watch.most_children} children"
    )
    assert watch.course[-1][1] > 0 and len(watch.course) > 3, "the load was too short to be measured"
    assert watch.peak <= memory * MIB, "the load took more memory than promised"


def check_rate(watch):
    early, late = watch.rate(0.25, 0.5), watch.rate(0.75, 1.0)
    print(f"  read {early / 1e6:.0f} MB/s in the second quarter, {late / 1e6:.0f} in the last")
    assert late > early / 3, "the load became slower"


def load_files(count, folder):
    """Of 400 rows each."""
    inputs = folder / "inputs"
    inputs.mkdir()
    for i in range(count):
        rows = (f"chr{j % 22 + 1}\t{i * 400 + j}\t{j / 4:.4f}\t{j}\t{i}\n" for j in range(400))
        (inputs / f"part{i}.txt").write_text("".join(rows), encoding="ascii")
    # Reading a file a child opens nothing: the parent hands it over.
    summary, watch, seconds = load([inputs], folder, limit=256)
    assert summary["rows"] == 400 * count, summary["rows"]
    report(f"{count} files", summary, watch, seconds, QUOTA + 96)
    check_rate(watch)


def assemble(target, megabytes, folder):
    """A file of about so many megabytes, of a piece that is appended again and again. Its rows."""
    piece = folder / "piece.txt"
    if not piece.exists():
        measure.write_rows(piece, 20)
    content = piece.read_bytes()
    copies = int(megabytes * 1e6 / len(content)) + 1
    with open(target, "wb") as out:
        for _ in range(copies):
            out.write(content)
    return copies * content.count(b"\n")


def load_large(gigabytes, folder):
    source = folder / "large.txt"
    rows = assemble(source, gigabytes * 1000, folder)
    summary, watch, seconds = load([source], folder)
    assert summary["rows"] == rows, summary["rows"]
    report(f"one file of {source.stat().st_size / 1e9:.1f} GB", summary, watch, seconds, QUOTA + 64)
    check_rate(watch)


def load_with_children(children, folder):
    """What a child has of its own is a split or two. No rate: so many children read a file of this size at once."""
    sources = [folder / f"part{i}.txt" for i in range(5)]
    rows = sum(assemble(source, 120, folder) for source in sources)
    summary, watch, seconds = load(sources, folder, jobs=children)
    assert summary["rows"] == rows, summary["rows"]
    assert watch.most_children == children, watch.most_children
    report(f"{children} children", summary, watch, seconds, QUOTA + 64 + 16 * children)


def main():
    how = {"files": load_files, "large": load_large, "children": load_with_children}
    with tempfile.TemporaryDirectory(prefix="forebay-scale-") as name:
        how[sys.argv[1]](int(sys.argv[2]), pathlib.Path(name))


main()
