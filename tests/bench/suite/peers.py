"""peers.py NAME [--threads N] [--out FILE] [--kind KIND] FILE...: does a job as users of other tools do it, in one process tree
of its own; prints its rows and its seconds (without imports) as JSON."""

import argparse
import json
import os
import sys
import time

ROW = [("chr", "S10"), ("pos", "i4"), ("pct", "f4"), ("c", "i4"), ("t", "i4")]
NAMES = [name for name, _ in ROW]
PANDAS = {"chr": str, "pos": "int32", "pct": "float32", "c": "int32", "t": "int32"}


def table_options(kind):
    """Separator, whether there is a header, and the names."""
    return {"meth": ("\t", None, NAMES), "wide": (",", 0, None), "csv": (",", 0, None)}[kind]


def synced(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _recipe_child(path, queue):
    import numpy as np
    from multiprocessing import shared_memory

    rows = np.loadtxt(path, dtype=ROW)
    memory = shared_memory.SharedMemory(create=True, size=rows.nbytes)
    np.ndarray(rows.shape, rows.dtype, buffer=memory.buf)[:] = rows
    queue.put((memory.name, rows.shape))
    memory.close()


def recipe(args):
    """loadtxt in a process for each file, SharedMemory and a queue, h5py in the parent."""
    import h5py
    import numpy as np
    from multiprocessing import Process, Queue, resource_tracker, shared_memory

    resource_tracker.ensure_running()  # else each child has one of its own, which removes the memory when the child ends
    begin = time.perf_counter()
    total, queue, waiting, running = 0, Queue(), list(args.files), []
    with h5py.File(args.out, "w") as file:
        data = file.create_dataset("data", (0,), maxshape=(None,), dtype=np.dtype(ROW), chunks=(40000,))
        for _ in args.files:
            while waiting and len([p for p in running if p.is_alive()]) < args.threads:
                running.append(Process(target=_recipe_child, args=(waiting.pop(0), queue)))
                running[-1].start()
            name, shape = queue.get()
            memory = shared_memory.SharedMemory(name)
            rows = np.ndarray(shape, np.dtype(ROW), buffer=memory.buf)
            data.resize((total + shape[0],))
            data[total:] = rows
            total += shape[0]
            del rows
            memory.close()
            memory.unlink()
        for process in running:
            process.join()
    synced(args.out)
    return total, time.perf_counter() - begin


def pytables(args):
    import pandas
    import tables

    begin = time.perf_counter()
    total = 0
    with tables.open_file(args.out, "w") as file:
        table = None
        for path in args.files:
            frame = pandas.read_csv(path, sep="\t", header=None, names=NAMES, dtype=PANDAS, engine="c")
            rows = frame.to_records(index=False, column_dtypes=dict(ROW))
            if table is None:
                table = file.create_table("/", "data", rows)
            else:
                table.append(rows)
            total += len(rows)
    synced(args.out)
    return total, time.perf_counter() - begin


def pandas_parse(args):
    import pandas

    separator, header, names = table_options(args.kind)
    begin = time.perf_counter()
    frames = [pandas.read_csv(path, sep=separator, header=header, names=names, engine="c") for path in args.files]
    return sum(map(len, frames)), time.perf_counter() - begin


def polars(args):
    os.environ["POLARS_MAX_THREADS"] = str(args.threads)
    import polars

    separator, header, names = table_options(args.kind)
    begin = time.perf_counter()
    frames = [polars.read_csv(path, separator=separator, has_header=header == 0, new_columns=names) for path in args.files]
    return sum(map(len, frames)), time.perf_counter() - begin


def duckdb(args):
    import duckdb as engine

    separator, header, _ = table_options(args.kind)
    base = engine.connect(":memory:", config={"threads": args.threads})
    begin = time.perf_counter()
    base.execute("create table data as select * from read_csv(?, delim = ?, header = ?)", [args.files, separator, header == 0])
    return base.execute("select count(*) from data").fetchone()[0], time.perf_counter() - begin


def pyarrow(args):
    import pyarrow
    from pyarrow import csv

    pyarrow.set_cpu_count(args.threads)
    separator, header, names = table_options(args.kind)
    begin = time.perf_counter()
    tables = [csv.read_csv(path, read_options=csv.ReadOptions(column_names=names, use_threads=args.threads > 1),
                           parse_options=csv.ParseOptions(delimiter=separator)) for path in args.files]
    return sum(map(len, tables)), time.perf_counter() - begin


def memchr(args):
    """How fast newlines alone are found in what is in memory already."""
    seconds = 0.0
    lines = 0
    for path in args.files:
        with open(path, "rb") as file:
            text = file.read()
        start = time.perf_counter()
        lines += text.count(b"\n")
        seconds += time.perf_counter() - start
    return lines, seconds


def h5py_write(args):
    """The rows of a .npy file to shuffle + gzip level 1."""
    import h5py
    import numpy as np

    rows = np.load(args.files[0])
    begin = time.perf_counter()
    with h5py.File(args.out, "w") as file:
        file.create_dataset("data", data=rows, chunks=(40000,), compression="gzip", compression_opts=1, shuffle=True)
    synced(args.out)
    return len(rows), time.perf_counter() - begin


def h5py_read(args):
    import h5py

    begin = time.perf_counter()
    with h5py.File(args.files[0], "r") as file:
        rows = file["data"][:]
    return len(rows), time.perf_counter() - begin


def _sender(size, repeats, queue, go):
    import numpy as np
    from multiprocessing import shared_memory

    for _ in range(repeats):
        rows = np.ones(size, np.uint8)
        filled = time.monotonic_ns()
        memory = shared_memory.SharedMemory(create=True, size=size)
        np.ndarray(size, np.uint8, buffer=memory.buf)[:] = rows
        queue.put((memory.name, filled))
        memory.close()
        go.get()


def handover(args):
    """An array through SharedMemory and a queue: the median of the seconds from filled to had."""
    from multiprocessing import Process, Queue, shared_memory

    size, repeats = int(args.files[0]), 5
    queue, go = Queue(), Queue()
    process = Process(target=_sender, args=(size, repeats, queue, go))
    process.start()
    took = []
    for _ in range(repeats):
        name, filled = queue.get()
        memory = shared_memory.SharedMemory(name)
        took.append((time.monotonic_ns() - filled) / 1e9)
        memory.close()
        memory.unlink()
        go.put(1)
    process.join()
    return repeats, sorted(took)[repeats // 2]


PEERS = {function.__name__: function
         for function in (recipe, pytables, pandas_parse, polars, duckdb, pyarrow, memchr, h5py_write, h5py_read, handover)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=sorted(PEERS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out")
    parser.add_argument("--kind", default="meth")
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    rows, seconds = PEERS[args.name](args)
    print(json.dumps({"rows": rows, "seconds": seconds}))


if __name__ == "__main__":
    sys.exit(main())
