#!/usr/bin/env python3
"""The library is found without help, and what is missing is said. Its symbols meet nobody's."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import support
from support import needs

IMPORT = "import forebay; print(forebay.library_path)"


def library():
    return pathlib.Path(os.environ["FOREBAY_LIBRARY"]).resolve()


def clean(**changes):
    """The environment without what tells where the library is."""
    names = ("FOREBAY_LIBRARY", "LD_LIBRARY_PATH", "CONDA_PREFIX", "PKG_CONFIG_PATH")
    return {**{name: value for name, value in os.environ.items() if name not in names}, **changes}


class Finding(support.Case):
    def path_with(self, environment, package=support.PACKAGE):
        done = support.run(IMPORT, env={**environment, "PYTHONPATH": str(package)})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def failure_with(self, environment):
        done = support.run(IMPORT, env={**environment, "PYTHONPATH": str(support.PACKAGE)})
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("ImportError", done.stderr)
        return done.stderr.splitlines()[-1]

    def test_variable_comes_first(self):
        copy = self.folder / "mine.so"
        shutil.copy(library(), copy)
        self.assertEqual(self.path_with(clean(FOREBAY_LIBRARY=str(copy))), str(copy))

    def test_copy_inside_the_package_comes_next(self):
        package = self.folder / "site"
        shutil.copytree(support.PACKAGE / "forebay", package / "forebay", ignore=shutil.ignore_patterns("__pycache__"))
        (package / "forebay" / "_lib").mkdir()
        os.symlink(library(), package / "forebay" / "_lib" / "libforebay.so.0")
        prefix = self.folder / "conda"
        (prefix / "lib").mkdir(parents=True)
        found = self.path_with(clean(CONDA_PREFIX=str(prefix)), package)
        self.assertEqual(found, str(package / "forebay" / "_lib" / "libforebay.so.0"))

    def test_folder_of_the_environment_is_searched(self):
        prefix = self.folder / "conda"
        (prefix / "lib").mkdir(parents=True)
        os.symlink(library(), prefix / "lib" / "libforebay.so.0")
        self.assertEqual(self.path_with(clean(CONDA_PREFIX=str(prefix))), str(prefix / "lib" / "libforebay.so.0"))

    def test_pkg_config_is_asked(self):
        if not shutil.which("pkg-config"):
            self.skipTest("pkg-config is not installed")
        self.write("forebay.pc", f"libdir={self.folder}\nName: forebay\nDescription: test\nVersion: 0.1.0\n")
        os.symlink(library(), self.folder / "libforebay.so.0")
        found = self.path_with(clean(PKG_CONFIG_PATH=str(self.folder)))
        self.assertEqual(found, str(self.folder / "libforebay.so.0"))

    def test_loader_of_the_system_is_asked_last(self):
        os.symlink(library(), self.folder / "libforebay.so.0")
        self.assertEqual(self.path_with(clean(LD_LIBRARY_PATH=str(self.folder))), "libforebay.so.0")

    def test_missing_library_says_what_to_do(self):
        message = self.failure_with(clean(FOREBAY_LIBRARY="/nowhere/libforebay.so"))
        self.assertIn("/nowhere/libforebay.so", message)
        self.assertIn("FOREBAY_LIBRARY", message)
        self.assertIn("make install", message)

    def test_library_of_another_abi_is_refused(self):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            self.skipTest("there is no C compiler")
        self.write(
            "other.c",
            'unsigned forebay_abi_version(void) { return 7; }\nconst char *forebay_version(void) { return "9.9.9"; }\n',
        )
        subprocess.run([compiler, "-shared", "-fPIC", "-o", "other.so", "other.c"], check=True)
        message = self.failure_with(clean(FOREBAY_LIBRARY=str(self.folder / "other.so")))
        self.assertIn("libforebay 9.9.9 with ABI 7", message)
        self.assertIn("needs ABI 1", message)


@needs("h5py")
class Symbols(support.Case):
    """One process with forebay and h5py, whose HDF5 is the same library (Debian's) or one of its own (PyPI's)."""

    CODE = (
        "import {0}, {1}, numpy as np\n"
        "with forebay.open('a.h5', 'w') as s: s.table('data', 'x:i4').append(np.zeros(9, [('x', 'i4')]))\n"
        "with h5py.File('a.h5', 'r') as f: assert f['data'].shape == (9,)\n"
        "print(h5py.version.hdf5_version)\n"
    )

    def bindings(self, first, second):
        """Every symbol that the dynamic linker bound: (from, to, symbol)."""
        log = self.folder / "bindings"
        environment = {**os.environ, "LD_DEBUG": "bindings", "LD_DEBUG_OUTPUT": str(log), "LD_BIND_NOW": "1"}
        done = subprocess.run(
            [sys.executable, "-c", self.CODE.format(first, second)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        found = set()
        for path in self.folder.glob("bindings.*"):
            text = path.read_text(errors="replace")
            found |= set(re.findall(r"binding file (\S+) \[\d+\] to (\S+) \[\d+\]: normal symbol `(\w+)'", text))
            path.unlink()
        return found

    def test_no_symbol_meets_the_wrong_library(self):
        name = library().name
        for order in (("forebay", "h5py"), ("h5py", "forebay")):
            with self.subTest(order):
                bound = self.bindings(*order)
                ours = {
                    (target, symbol)
                    for source, target, symbol in bound
                    if pathlib.Path(source).name.startswith("libforebay")
                }
                hdf5 = {target for target, symbol in ours if symbol.startswith("H5")}
                self.assertEqual(len(hdf5), 1, hdf5)
                wheel = {
                    target
                    for source, target, symbol in bound
                    if symbol.startswith("H5") and "/h5py/" in source and "h5py.libs" in target
                }
                if wheel:  # two libraries: each has its own users
                    self.assertFalse(hdf5 & wheel)
                into = {
                    (source, symbol)
                    for source, target, symbol in bound
                    if pathlib.Path(target).name == name
                    and not symbol.startswith("forebay_")
                    and pathlib.Path(source).name != name
                    and symbol.startswith(("H5", "uv_", "deflate", "inflate"))
                }
                self.assertEqual(into, set())


class Built(support.Case):
    def setUp(self):
        super().setUp()
        if subprocess.run([sys.executable, "-c", "import setuptools, wheel, pip"], capture_output=True).returncode:
            self.skipTest("pip, setuptools and wheel are not all installed")
        self.source = self.folder / "python"
        ignored = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
        shutil.copytree(support.HERE.parent, self.source, ignore=ignored)

    def pip(self, *words, **changes):
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, words)]
        # Without the sources' path: pip would find the package installed there.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run(command, check=True, capture_output=True, env={**environment, **changes})

    def wheel(self, pattern, **changes):
        # What pip calls, without the time that it takes itself.
        code = "import sys, setuptools.build_meta as backend; backend.build_wheel(sys.argv[1])"
        command = [sys.executable, "-c", code, str(self.folder / "wheels")]
        subprocess.run(command, cwd=self.source, check=True, capture_output=True, env={**os.environ, **changes})
        (built,) = (self.folder / "wheels").glob(pattern)
        return built

    def test_wheel_is_built_by_its_backend(self):
        built = self.wheel("forebay-0.1.0-py3-none-any.whl")
        subprocess.run([sys.executable, "-m", "zipfile", "-e", str(built), "site"], check=True)
        self.assertTrue((self.folder / "site" / "forebay" / "py.typed").exists())
        self.assertFalse((self.folder / "site" / "forebay" / "_lib").exists())
        done = support.run(
            "import forebay; print(forebay.__file__)", env={**os.environ, "PYTHONPATH": str(self.folder / "site")}
        )
        self.assertEqual((done.stdout.strip(), done.stderr), (str(self.folder / "site/forebay/__init__.py"), ""))

    def test_wheel_with_the_library_works_alone_in_a_venv(self):
        built = self.wheel("forebay-0.1.0-py3-none-linux_*.whl", FOREBAY_BUNDLE=str(library().parent.parent))
        shutil.rmtree(self.source)
        venv = self.folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
        self.pip("--python", venv / "bin/python", "install", "-q", "--no-index", "--no-deps", built)
        # numpy is this Python's: no registry is needed.
        numpy = pathlib.Path(support.np.__file__).parent.parent
        code = (
            "import sys, forebay\n"
            "with forebay.open('a.h5', 'w') as store: print(store.load(sys.argv[1:], sys.stdin.read()).rows)\n"
            "print(forebay.library_path)"
        )
        environment = {name: value for name, value in clean(PYTHONPATH=str(numpy)).items() if name != "FOREBAY_LOADER"}
        done = subprocess.run(
            [str(venv / "bin/python"), "-W", "error", "-c", code, *map(str, support.SAMPLE)],
            capture_output=True, text=True, input=support.DTYPE, env=environment, check=False,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows, path = done.stdout.split()
        self.assertEqual(rows, "40000")
        self.assertTrue(pathlib.Path(path).is_relative_to(venv) and path.endswith("forebay/_lib/libforebay.so.0"), path)

    def test_bundle_that_has_no_library_is_refused(self):
        done = subprocess.run(
            [sys.executable, "setup.py", "-q", "build_py"], cwd=self.source, capture_output=True, text=True, check=False,
            env={**os.environ, "FOREBAY_BUNDLE": str(self.folder)},
        )  # fmt: skip
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("there is no libforebay.so.0 in", done.stderr)


if __name__ == "__main__":
    support.main()
