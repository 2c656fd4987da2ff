"""What pyproject.toml cannot say: with $FOREBAY_BUNDLE, a build folder or an installed tree, the wheel brings the library
and its child program, and is of one platform then."""

import os
import pathlib
import shutil
import subprocess

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70.1
    from wheel.bdist_wheel import bdist_wheel

BUNDLE = os.environ.get("FOREBAY_BUNDLE")


def copy_stripped(source, target):
    shutil.copy(source, target)
    if shutil.which("strip"):  # nine tenths of it are debug information
        subprocess.run(["strip", "--strip-unneeded", str(target)], check=True)


def found(name, *folders):
    for folder in folders:
        for path in sorted(pathlib.Path(BUNDLE).glob(f"{folder}/{name}")):
            return path
    raise SystemExit(f"FOREBAY_BUNDLE: there is no {name} in {BUNDLE}; give the build folder, or an installation's prefix")


class WithLibrary(build_py):
    def run(self):
        super().run()
        folder = pathlib.Path(self.build_lib) / "forebay" / "_lib"
        shutil.rmtree(folder, ignore_errors=True)
        if BUNDLE:
            folder.mkdir(parents=True)
            copy_stripped(found("libforebay.so.0", "lib", "lib64", "lib/*"), folder / "libforebay.so.0")
            copy_stripped(found("forebay-loader", "bin", "libexec/forebay"), folder / "forebay-loader")


class OfPlatform(bdist_wheel):
    def get_tag(self):
        # Any Python 3 of this platform: nothing is compiled against Python.
        return ("py3", "none", super().get_tag()[2]) if BUNDLE else super().get_tag()


class Bundled(Distribution):
    def has_ext_modules(self):
        return bool(BUNDLE)


setup(cmdclass={"build_py": WithLibrary, "bdist_wheel": OfPlatform}, distclass=Bundled)
