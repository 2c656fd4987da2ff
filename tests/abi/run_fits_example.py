#!/usr/bin/env python3
"""run_fits_example.py COMMAND FITS_CHILD MAKE_FITS: the command loads FITS tables by the example's child program."""

import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

COMMAND, CHILD, MAKE = sys.argv[1:4]
DTYPE = "ra:f8,id:i4,n:i8,flag:i2,flux:f4"


def run(*arguments, code=0, folder, **options):
    done = subprocess.run([*map(str, arguments)], capture_output=True, text=True, cwd=folder, timeout=60, **options)
    assert done.returncode == code, (arguments, done)
    return done


def check_values(file, rows):
    with h5py.File(file, "r") as opened:
        stars = opened["data"]
        ids = np.arange(rows, dtype="i4")
        assert stars["id"].shape == (rows,), stars["id"].shape
        assert (stars["id"][:] == ids).all()
        assert (stars["ra"][:] == ids * 0.1).all()
        assert (stars["flux"][:] == ids.astype("f4") * np.float32(0.5)).all()
        assert (stars["n"][:] == ids.astype("i8") * 1000000007).all()
        assert (stars["flag"][:] == ids % 7).all()


def main(folder):
    run(MAKE, "a.fits", 30000, 0, folder=folder)
    run(MAKE, "b.fits", 12345, 30000, folder=folder)
    # By a name in PATH, with the notes.
    options = ["--dtype", DTYPE, "--layout", "columns", "--chunk-rows", 4096]
    environment = dict(os.environ, PATH=f"{pathlib.Path(CHILD).parent}:{os.environ['PATH']}")
    load = [COMMAND, "load", "a.fits", "b.fits", "-o", "out.h5", "--child", pathlib.Path(CHILD).name, *options]
    done = run(*load, "--verbose", folder=folder, env=environment)
    assert "info: a.fits: 30000 rows in 6 columns (child " in done.stderr, done.stderr
    assert "info: b.fits: 12345 rows in 6 columns (child " in done.stderr, done.stderr
    check_values(folder / "out.h5", 42345)
    # Without --verbose nothing is said. A bad file fails by name, a good one beside it is loaded.
    (folder / "bad.fits").write_bytes(b"no FITS file at all\n" * 200)
    files = ["a.fits", "bad.fits", "b.fits"]
    done = run(COMMAND, "load", *files, "-o", "two.h5", "--child", CHILD, *options, folder=folder, code=2)
    assert done.stderr.startswith("forebay: bad.fits: cfitsio says: "), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    check_values(folder / "two.h5", 42345)
    options[1] = "nope:f8"
    done = run(COMMAND, "load", "a.fits", "-o", "c.h5", "--child", CHILD, *options, folder=folder, code=2)
    assert "a.fits: nope is no column of the table" in done.stderr, done.stderr
    done = run(COMMAND, "load", "a.fits", "-o", "c.h5", "--child", "no-such-child", *options, folder=folder, code=4)
    assert "no-such-child: no folder of $PATH has such a program" in done.stderr, done.stderr


with tempfile.TemporaryDirectory(prefix="forebay-fits-") as name:
    main(pathlib.Path(name))
