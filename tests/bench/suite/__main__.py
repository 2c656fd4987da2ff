"""suite --build BUILD --source SOURCE --folder FOLDER [--mb N] [--repeats N] [--only JOB,...] [--plots FOLDER]

Every job side by side with its peers, repetitions interleaved: medians and ratios. A peer that is not installed is left out and
named. FOLDER is where files are written: on the disk that is to be measured.
"""

import argparse
import os
import pathlib
import platform
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import figures  # noqa: E402
import inputs  # noqa: E402
import measure  # noqa: E402

HERE = pathlib.Path(__file__).parent


class Suite:
    def __init__(self, args):
        self.args = args
        self.folder = pathlib.Path(args.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.command = pathlib.Path(args.build) / "bin/forebay"
        self.files_tool = pathlib.Path(args.build) / "tests/bench_files"
        self.read_tool = pathlib.Path(args.build) / "tests/bench_read"
        self.handover_tool = pathlib.Path(args.build) / "tests/bench_handover"
        os.environ["FOREBAY_LOADER"] = str(pathlib.Path(args.build) / "bin/forebay-loader")
        self.results = {"machine": machine(self.folder), "jobs": {}}

    # The commands of a job: (name, arguments, whether only its own seconds count).
    def load(self, files, dtype, jobs, *options):
        out = self.folder / "out.h5"
        return [self.command, "load", *files, "-o", out, "--force", "--json", "--quiet", "--jobs", jobs, "--dtype", dtype,
                *options]

    def parse(self, files, dtype, children, delimiter="\t", header=0, arrays="keep"):
        return [self.files_tool, arrays, children, dtype, delimiter, header, *files]

    def peer(self, name, files, threads=2, kind="meth"):
        return [self.args.python, HERE / "peers.py", name, "--threads", threads, "--kind", kind, "--out",
                self.folder / "peer.h5", *files]

    def fread(self, files, threads, kind="meth"):
        return ["Rscript", HERE / "fread.R", threads, kind, *files]

    def direct_write(self, size):
        return ["dd", "if=/dev/zero", f"of={self.folder}/dd.bin", "bs=2M", f"count={max(1, size >> 21)}", "oflag=direct",
                "conv=fsync"]

    def measured(self, arguments, watch=False):
        """One run, into files that are not there: to give an old one's room back takes a disk longer than many a job. To look
        at the memory of a job takes a processor's time from it: that has a run of its own."""
        for name in ("out.h5", "peer.h5", "dd.bin"):
            (self.folder / name).unlink(missing_ok=True)
        os.sync()
        return measure.run(arguments, watch)

    def job(self, name, title, size, commands, inner=False):
        """Interleaved repetitions; the first command is what ratios are to."""
        if self.args.only and name.split("_")[0] not in self.args.only:
            return
        print(f"\n[{name}] {title}", flush=True)
        runs = {key: [] for key, _ in commands}
        for repeat in range(self.args.repeats):
            for key, arguments in commands:
                if repeat > 0 and not runs[key]:
                    continue
                one = self.measured(arguments)
                if one is not None:
                    runs[key].append(one)
                    print(f"  {repeat + 1}/{self.args.repeats} {key}: {one.inner if inner else one.seconds:.2f} s", flush=True)
        field = "inner" if inner else "seconds"
        rows, first = [], None
        for key, arguments in commands:
            if not runs[key]:
                continue
            seconds = measure.median(runs[key], field)
            first = first or seconds
            watched = self.measured(arguments, watch=True)
            rows.append((key, seconds, size / 1e6 / seconds, measure.median(runs[key], "cpu"),
                         watched.peak_mib if watched else 0, seconds / first))
        figures.table(title, rows)
        self.results["jobs"][name] = {
            "title": title, "bytes": size,
            "runs": [dict(zip(("name", "seconds", "rate", "cpu", "peak_mib", "ratio"), row)) for row in rows],
            "missing": [key for key, _ in commands if not runs[key]]}

    def run(self):
        size = self.args.mb * 1_000_000
        text = inputs.sample(self.args.source)
        four = [inputs.repeated(self.folder / f"meth{i}.txt", text, size // 4) for i in range(4)]
        total = sum(path.stat().st_size for path in four)
        self.durable(four, total)
        self.parsing(four, total)
        self.large(text)
        self.shapes(size)
        self.compressed(four[0])
        self.binary(four)
        if not self.args.only or "sizes" in self.args.only:
            self.sizes(text)
        if not self.args.only or "handover" in self.args.only:
            self.handover()
        figures.save(self.results, self.folder / "results.json")
        if self.args.plots:
            figures.plots(self.results, self.args.plots)
        print(f"\n{self.folder / 'results.json'}")

    def durable(self, four, total):
        self.job("durable", f"4 text files, {total / 1e6:.0f} MB, to a durable HDF5 file", total, [
            ("forebay load, 2 children", self.load(four, inputs.METH, 2)),
            ("forebay load, 1 child", self.load(four, inputs.METH, 1)),
            ("loadtxt + SharedMemory + h5py", self.peer("recipe", four)),
            ("pandas + PyTables", self.peer("pytables", four)),
            ("fread, 2 threads, in memory only", self.fread(four, 2)),
            ("dd, direct, bytes of the text", self.direct_write(total)),
        ])

    def parsing(self, four, total):
        self.job("parse", f"4 text files, {total / 1e6:.0f} MB, parsed into memory (seconds without the start of programs)", total, [
            ("forebay, 2 children", self.parse(four, inputs.METH, 2)),
            ("forebay, 1 child", self.parse(four, inputs.METH, 1)),
            ("forebay, 2 children, released", self.parse(four, inputs.METH, 2, arrays="release")),
            ("forebay, 1 child, released", self.parse(four, inputs.METH, 1, arrays="release")),
            ("fread, 2 threads", self.fread(four, 2)),
            ("fread, 1 thread", self.fread(four, 1)),
            ("polars, 2 threads", self.peer("polars", four)),
            ("DuckDB, 2 threads", self.peer("duckdb", four)),
            ("pyarrow.csv, 2 threads", self.peer("pyarrow", four)),
            ("pandas", self.peer("pandas_parse", four, 1)),
            ("memchr for newlines, 1 thread", self.peer("memchr", four, 1)),
        ], inner=True)

    def large(self, text):
        """As durable and parsing, of four times as much: what a program takes before and after weighs less."""
        if self.args.only and "large" not in self.args.only:
            return
        files = [inputs.repeated(self.folder / f"large{i}.txt", text, self.args.mb * 1_000_000) for i in range(4)]
        total = sum(path.stat().st_size for path in files)
        self.job("large", f"4 text files, {total / 1e6:.0f} MB, to a durable HDF5 file", total, [
            ("forebay load, 2 children", self.load(files, inputs.METH, 2)),
            ("forebay load, 1 child", self.load(files, inputs.METH, 1)),
            ("loadtxt + SharedMemory + h5py", self.peer("recipe", files)),
            ("dd, direct, bytes of the text", self.direct_write(total)),
        ])
        self.job("large_parse", f"4 text files, {total / 1e6:.0f} MB, parsed into memory, each array released at once", total, [
            (f"forebay, {name}", self.parse(files, inputs.METH, children, arrays="release"))
            for name, children in (("2 children", 2), ("1 child", 1))], inner=True)
        for path in files:
            path.unlink()

    def shapes(self, size):
        wide = inputs.wide(self.folder / "wide.csv", size // 2)
        dtype = ",".join(f"c{i}:f8" for i in range(inputs.WIDE_COLUMNS))
        csv = inputs.quoted(self.folder / "quoted.csv", size // 2)
        for name, path, kind, columns in (("wide", wide, "wide", dtype), ("quoted", csv, "csv", inputs.CSV)):
            titles = {"wide": "a climate grid, 1,000 columns of decimals", "quoted": "a quoted CSV with a header"}
            bytes_in = path.stat().st_size
            self.job(name, f"{titles[name]}, {bytes_in / 1e6:.0f} MB, parsed into memory", bytes_in, [
                ("forebay, 2 children", self.parse([path], columns, 2, ",", 1)),
                ("forebay, 1 child", self.parse([path], columns, 1, ",", 1)),
                ("fread, 2 threads", self.fread([path], 2, kind)),
                ("polars, 2 threads", self.peer("polars", [path], kind=kind)),
                ("DuckDB, 2 threads", self.peer("duckdb", [path], kind=kind)),
                ("pyarrow.csv, 2 threads", self.peer("pyarrow", [path], kind=kind)),
            ], inner=True)

    def compressed(self, plain):
        gz = inputs.packed(self.folder / "meth.txt.gz", plain, ["gzip", "-6c"])
        bytes_in = plain.stat().st_size
        commands = [("forebay, 2 children", self.parse([gz], inputs.METH, 2)),
                    ("forebay, 1 child", self.parse([gz], inputs.METH, 1)),
                    ("fread, 2 threads", self.fread([gz], 2)),
                    ("polars, 2 threads", self.peer("polars", [gz])),
                    ("pandas", self.peer("pandas_parse", [gz], 1)),
                    ("pyarrow.csv, 2 threads", self.peer("pyarrow", [gz]))]
        self.job("gz", f"one gz file, {bytes_in / 1e6:.0f} MB of text, parsed into memory", bytes_in, commands, inner=True)
        if shutil.which("bgzip"):
            bgz = inputs.packed(self.folder / "meth.txt.bgz", plain, ["bgzip", "-c"])
            self.job("bgzf", f"one bgzf file, {bytes_in / 1e6:.0f} MB of text, parsed into memory", bytes_in, [
                ("forebay, 2 children", self.parse([bgz], inputs.METH, 2)),
                ("forebay, 1 child", self.parse([bgz], inputs.METH, 1))], inner=True)

    def binary(self, four):
        npy = self.folder / "meth.npy"
        if not npy.exists():
            subprocess.run([self.command, "load", *four, "-o", self.folder / "rows.h5", "--force", "--quiet", "--dtype",
                            inputs.METH], check=True)
            subprocess.run([self.command, "cat", self.folder / "rows.h5", "--format", "npy", "-o", npy], check=True)
        size = npy.stat().st_size
        self.job("npy", f"raw rows (.npy), {size / 1e6:.0f} MB, to a durable HDF5 file", size, [
            ("forebay load, 2 children", self.load([npy], inputs.METH, 2)),
            ("dd, direct, same bytes", self.direct_write(size))])
        self.job("packed", f"text to a durable file with shuffle and deflate level 1, {size / 1e6:.0f} MB of rows", size, [
            ("forebay load, 2 children", self.load(four, inputs.METH, 2, "--deflate", 1, "--shuffle")),
            ("h5py, write of the rows alone", self.peer("h5py_write", [npy]))])
        self.reading(four, size)

    def reading(self, four, size):
        """A compressed table into memory; from the page cache, so that decoding is what is measured."""
        if self.args.only and "readback" not in self.args.only:
            return
        files = {}
        for name, options in (("deflate", ("--deflate", "1")), ("zstd", ("--zstd", "1")), ("lz4", ("--lz4",))):
            files[name] = self.folder / f"read_{name}.h5"
            subprocess.run([self.command, "load", *four, "-o", files[name], "--force", "--quiet", "--shuffle", *options,
                            "--dtype", inputs.METH], check=True)
        deflate = files["deflate"]
        self.job("readback", f"{size / 1e6:.0f} MB of rows with shuffle and a compressor, read back into memory", size, [
            ("forebay, deflate, 2 processors", [self.read_tool, deflate, "data"]),
            ("forebay, deflate, 1 processor", ["taskset", "-c", "0", self.read_tool, deflate, "data"]),
            ("h5py, deflate", self.peer("h5py_read", [deflate], 1)),
            ("forebay, zstd, 2 processors", [self.read_tool, files["zstd"], "data"]),
            ("forebay, lz4, 2 processors", [self.read_tool, files["lz4"], "data"]),
        ], inner=True)
        for path in files.values():
            path.unlink()

    def sizes(self, text):
        points = []
        for mb in (10, 30, 100, 300, 1000, 2000):
            if mb > 5 * self.args.mb:
                continue
            path = inputs.repeated(self.folder / f"size{mb}.txt", text, mb * 1_000_000)
            command = self.load([path], inputs.METH, 2)
            runs = [self.measured(command) for _ in range(max(self.args.repeats, 9 if mb < 200 else 5))]
            points.append({"mb": path.stat().st_size / 1e6, "seconds": measure.median(runs, "seconds"),
                           "peak_mib": self.measured(command, watch=True).peak_mib})
            print(f"  {mb} MB: {points[-1]['seconds']:.3f} s, peak {points[-1]['peak_mib']:.0f} MiB", flush=True)
            path.unlink()
        slope = [(b["seconds"] - a["seconds"]) / (b["mb"] - a["mb"]) for a, b in zip(points, points[1:])]
        start = points[0]["seconds"] - slope[0] * points[0]["mb"] if slope else points[0]["seconds"]
        self.results["sizes"] = {"points": points, "a_seconds": start, "b_seconds_per_mb": slope}
        print(f"  a = {start * 1000:.0f} ms, b = {', '.join(f'{s * 1000:.2f}' for s in slope)} ms a MB")

    def handover(self):
        points = []
        for size in (1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26, 1 << 28):
            ours = subprocess.run([self.handover_tool, str(size), "21"], capture_output=True, text=True, check=True)
            theirs = measure.run(self.peer("handover", [size]), watch=False)
            points.append({"bytes": size, "forebay_us": measure.last_json(ours.stdout)["median_us"],
                           "queue_us": theirs.inner * 1e6 if theirs else None})
            print(f"  {size >> 10} KiB: {points[-1]['forebay_us']:.0f} us; queue {points[-1]['queue_us'] or 0:.0f} us", flush=True)
        self.results["handover"] = points


def machine(folder):
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    kind = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return {"cpu": cpu, "processors": os.cpu_count(), "memory_mib": memory, "kernel": platform.release(), "file_system": kind}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--python", default=sys.executable, help="that has the peers")
    parser.add_argument("--mb", type=int, default=480)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", type=lambda text: text.split(","))
    parser.add_argument("--plots")
    Suite(parser.parse_args()).run()


if __name__ == "__main__":
    main()
