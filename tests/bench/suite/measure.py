"""Runs a command and measures it: seconds, CPU seconds of all its processes, and the peak of their proportional set size."""

import dataclasses
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import threading
import time


@dataclasses.dataclass
class Run:
    seconds: float  # of the whole process
    inner: float  # as the program says: without its start
    cpu: float
    peak_mib: float
    rows: int


def family(pid):
    """The process and all that it started."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                found += family(int(child))
        except OSError:
            continue
    return found


def pss_kib(pid):
    total = 0
    for member in family(pid):
        try:
            rollup = pathlib.Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def _watch(process, peak, ended):
    while not ended.wait(0.02):
        try:
            peak[0] = max(peak[0], pss_kib(process.pid))
        except OSError:
            return


def run(arguments, watch=True, environment=None):
    """One run of a command that prints JSON last; None when it cannot be run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    try:
        process = subprocess.Popen(list(map(str, arguments)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, **(environment or {})})
    except OSError:
        return None
    peak, ended = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process, peak, ended)) if watch else None
    if watcher:
        watcher.start()
    out, err = process.communicate()
    seconds = time.perf_counter() - begin
    ended.set()
    if watcher:
        watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        print(f"  {arguments[0]} ended with {process.returncode}: {err.strip().splitlines()[-1:] or out}", file=sys.stderr)
        return None
    said = last_json(out) if out.strip() else {}
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, float(said.get("seconds", seconds)), cpu, peak[0] / 1024, int(said.get("rows", 0)))


def last_json(text):
    return json.loads(text.strip().splitlines()[-1])


def median(runs, field):
    return statistics.median(getattr(one, field) for one in runs)
