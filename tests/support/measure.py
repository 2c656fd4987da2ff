"""What test scripts share: input of the sample's form, and what a process and its children hold. Standard library only."""
import os
import pathlib


def write_rows(path, megabytes, start=0):
    """Writes about so many megabytes of rows like those of the sample."""
    size = 0
    row = start
    with open(path, "w", encoding="ascii") as out:
        while size < megabytes * 1_000_000:
            lines = [f"chr{i % 22 + 1}\t{i * 37 % 51_304_566}\t{i % 1001 / 10:.4f}\t{i % 71}\t{i % 53}\n" for i in range(row, row + 20_000)]
            size += out.write("".join(lines))
            row += len(lines)
    return row - start


def children_of(pid):
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def pss_bytes(pid):
    try:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def pss_of_family(pid):
    return pss_bytes(pid) + sum(pss_bytes(child) for child in children_of(pid))


def shm_bytes():
    info = os.statvfs("/dev/shm")
    return (info.f_blocks - info.f_bfree) * info.f_frsize
