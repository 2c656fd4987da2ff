#!/usr/bin/env python3
"""kill -9 of the command in the middle of a load: within a second no child lives, no byte of shared memory is left, and no temporary file."""
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import measure  # noqa: E402

COMMAND = os.environ["FOREBAY_COMMAND"]
ROUNDS = 8


def wait_for_children(process, count):
    """The pidfds of the command's children, once there are so many. Each look gives the command 2 ms."""
    for _ in range(5_000):
        children = measure.children_of(process.pid)
        if len(children) >= count:
            return [os.pidfd_open(child) for child in children]
        try:
            process.wait(0.002)
            raise SystemExit("the load ended before it could be killed")
        except subprocess.TimeoutExpired:
            pass
    raise SystemExit("the children did not start")


def wait_for_output(process, bytes_wanted):
    """Lets the load go on until it has read so much; rounds end at different moments of its work."""
    for _ in range(5_000):
        try:
            read = int(pathlib.Path(f"/proc/{process.pid}/io").read_text().split("wchar:")[1].split()[0])
        except (OSError, IndexError):
            return
        if read >= bytes_wanted:
            return
        try:
            process.wait(0.002)
            return
        except subprocess.TimeoutExpired:
            pass


def all_end_within(pidfds, seconds):
    poll = select.poll()
    for fd in pidfds:
        poll.register(fd, select.POLLIN)
    left = len(pidfds)
    while left:
        ready = poll.poll(seconds * 1000)
        if not ready:
            return False
        for fd, _ in ready:
            poll.unregister(fd)
            os.close(fd)
            left -= 1
    return True


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source = folder / "input.txt"
        measure.write_rows(source, 60)
        before = measure.shm_bytes()
        for round_number in range(ROUNDS):
            work = folder / f"out{round_number}"
            work.mkdir()
            command = [COMMAND, "load", *[str(source)] * 6, "-o", str(work / "out.h5"), "--jobs", "2",
                       "--dtype", "chr:S10,pos:i4,pct:f4,c:i4,t:i4"]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
                pidfds = wait_for_children(process, 2)
                wait_for_output(process, round_number * 8_000_000)
                process.send_signal(signal.SIGKILL)
                process.wait()
            assert all_end_within(pidfds, 1.0), "a child outlived its parent by more than a second"
            left = {path.name for path in work.iterdir()} - {"out.h5", "out.h5-journal"}
            assert not left, f"temporary files were left: {left}"
        assert measure.shm_bytes() == before, "bytes were left in /dev/shm"
        print(f"{ROUNDS} kills: nothing left")


main()
