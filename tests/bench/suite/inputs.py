"""The inputs: the real methylation rows repeated, a wide numeric matrix, a quoted CSV, each of a wanted size; made once, kept in
the folder."""

import gzip
import pathlib
import random
import subprocess

METH = "chr:S10,pos:i4,pct:f4,c:i4,t:i4"
WIDE_COLUMNS = 1000
CSV = "id:i8,name:S24,city:S24,amount:f8,when:M8[D]"


def sample(source):
    """The rows of the sample files, real ones where they are at hand."""
    real = sorted(pathlib.Path(source).parent.glob("shared/data/*.txt.gz"))
    if real:
        return b"".join(gzip.decompress(path.read_bytes()) for path in real)
    return (pathlib.Path(source) / "tests/data/imr90_r1.head.txt").read_bytes()


def repeated(path, text, size):
    if not path.exists():
        part = path.with_suffix(".part")
        with open(part, "wb") as out:
            written = 0
            while written < size:
                out.write(text)
                written += len(text)
        part.rename(path)
    return path


def wide(path, size):
    if not path.exists():
        chance = random.Random(7)
        line_of = lambda: ",".join(f"{chance.gauss(283, 12):.3f}" for _ in range(WIDE_COLUMNS)) + "\n"
        lines = "".join(line_of() for _ in range(200)).encode()
        header = ",".join(f"c{i}" for i in range(WIDE_COLUMNS)).encode() + b"\n"
        part = path.with_suffix(".part")
        with open(part, "wb") as out:
            out.write(header)
            for _ in range(max(1, size // len(lines))):
                out.write(lines)
        part.rename(path)
    return path


def quoted(path, size):
    if not path.exists():
        chance = random.Random(11)
        names = ['"Smith, John"', '"O""Hara, Ann"', '"Jones"', '"Nguyen, T."']
        cities = ['"New York, NY"', '"Paris"', '"S\u00e3o Paulo"', '"Cairo"']
        lines = "".join(f"{i},{chance.choice(names)},{chance.choice(cities)},{chance.random() * 1e4:.2f},"
                        f"20{chance.randint(10, 24)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}\n"
                        for i in range(20000)).encode()
        part = path.with_suffix(".part")
        with open(part, "wb") as out:
            out.write(b"id,name,city,amount,when\n")
            for _ in range(max(1, size // len(lines))):
                out.write(lines)
        part.rename(path)
    return path


def packed(path, source, command):
    """`source` through a packer that writes to standard output."""
    if not path.exists():
        part = path.with_suffix(".part")
        with open(part, "wb") as out:
            subprocess.run([*command, str(source)], stdout=out, check=True)
        part.rename(path)
    return path
