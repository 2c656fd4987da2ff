#!/usr/bin/env python3
"""Readers beside a writer that is killed and started again: stock h5py with swmr=True and forebay's own snapshots. None may
err, hang, see a torn row or part of a commit, or see a row go away. Prints its figures and its seed."""
import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
WRITER = os.environ["FOREBAY_LIVE_WRITER"]
READER = os.environ.get("FOREBAY_LIVE_READER")
PYTHON = "/usr/bin/python3"
START = 20.0  # seconds in which a writer must have made its first commits


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--opens", type=int, default=0, help="go on until the stock readers have opened it so often")
    parser.add_argument("--stock", type=int, default=2)
    parser.add_argument("--snapshots", type=int, default=1)
    parser.add_argument("--rate", type=int, default=200, help="commits a second")
    parser.add_argument("--every", type=int, default=5, help="a new table every so many commits; 0: none")
    parser.add_argument("--kill", type=float, default=0.0, help="seconds, on average, until the writer is killed; 0: never")
    parser.add_argument("--durability", type=int, default=2)
    parser.add_argument("--longest", type=float, default=1000.0, help="milliseconds that an open may take")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def start_writer(path, args):
    return subprocess.Popen([WRITER, path, str(args.rate), str(args.every), "1000000000", str(args.durability)],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def start_readers(path, args):
    readers = []
    for number in range(args.stock):
        command = [PYTHON, str(HERE / "live_stock_reader.py"), path, str(args.seed * 1000 + number)]
        readers.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    for number in range(args.snapshots if READER else 0):
        command = [READER, path, str(args.seed * 1000 + 500 + number)]
        readers.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    return readers


def check_writer(writer):
    if writer.poll() is not None:
        raise SystemExit(f"the writer ended: {writer.stderr.read().decode()}")


def wait_for_file(path, writer):
    """Until the writer has committed. Each look gives it 10 ms."""
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        check_writer(writer)
        try:
            with open(path, "rb") as file:
                if file.read(12)[-1:] == b"\x05":
                    return
        except FileNotFoundError:
            pass
        time.sleep(0.01)
    raise SystemExit("the writer made no commit")


def drive(path, args, chance):
    """Lets the readers run; kills the writer now and then and starts it again. The number of kills, and the readers."""
    writer = start_writer(path, args)
    wait_for_file(path, writer)
    readers = start_readers(path, args)
    end = time.monotonic() + args.seconds
    kills = 0
    while time.monotonic() < end:
        pause = chance.expovariate(1 / args.kill) if args.kill else args.seconds
        time.sleep(max(0.0, min(pause, end - time.monotonic())))
        check_writer(writer)
        if any(reader.poll() is not None for reader in readers):
            break
        if args.kill and time.monotonic() < end:
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            kills += 1
            writer = start_writer(path, args)
    reports = [stop_reader(reader) for reader in readers]
    check_writer(writer)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    return kills, reports


def stop_reader(reader):
    try:
        out, err = reader.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        reader.kill()
        return {"error": "did not stop"}
    text = out.decode().strip()
    if reader.returncode == -signal.SIGALRM:
        return {"error": "hung: an open did not end within its deadline"}
    if not text:
        return {"error": f"ended with {reader.returncode}: {err.decode()[-500:]}"}
    return json.loads(text)


def main():
    args = parse()
    print("seed", args.seed, flush=True)
    chance = random.Random(args.seed)
    opens = {"stock": 0, "snapshots": 0}
    total_kills = tables = commits = 0
    longest = {"stock": 0.0, "snapshots": 0.0}
    started = time.monotonic()
    while True:
        with tempfile.TemporaryDirectory() as folder:
            path = str(pathlib.Path(folder) / "live.h5")
            kills, reports = drive(path, args, chance)
        total_kills += kills
        for number, report in enumerate(reports):
            kind = "stock" if number < args.stock else "snapshots"
            assert not report.get("error"), f"{kind} reader {number}: {report}"
            opens[kind] += report["opens"]
            tables += report["tables"]
            longest[kind] = max(longest[kind], report["longest_ms"])
        commits += max(report["commit"] for report in reports)
        if opens["stock"] >= args.opens:
            break
    seconds = time.monotonic() - started
    print(f"{opens['stock']} stock opens, {opens['snapshots']} snapshots, {tables} new tables read, {commits} commits in "
          f"{seconds:.0f} s, {total_kills} kills: 0 errors, longest open {longest['stock']} ms, of a snapshot {longest['snapshots']} ms")
    assert opens["stock"] > 0 or args.stock == 0
    assert longest["stock"] < args.longest, "an open took too long"


if __name__ == "__main__":
    sys.exit(main())
