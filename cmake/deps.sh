#!/bin/sh
# deps.sh [build|lint|docs|bench|fuzz|julia]...: installs the packages that are missing for these purposes (default: build, which includes
# the tests).
# Where there is no apt it names what is missing and fails only then.
set -eu

build="cmake ninja-build g++ gcc binutils pkg-config libhdf5-dev hdf5-tools libuv1-dev libisal-dev libdeflate-dev
  libzstd-dev liblz4-dev libblosc-dev libbz2-dev liblzma-dev libxxhash-dev libfast-float-dev libcli11-dev libcmocka-dev libcfitsio-dev
  abigail-tools
  python3 python3-numpy python3-h5py python3-pandas python3-pip python3-setuptools python3-wheel
  r-base-core r-base-dev r-cran-testthat r-cran-data.table r-cran-jsonlite r-cran-bit64 r-cran-knitr r-cran-markdown"
# For the Rust binding, unless there is a cargo already; 1.63 is enough.
command -v cargo >/dev/null 2>&1 || build="$build rustc cargo"
lint="clang-format clang-tidy python3"
docs="doxygen"
bench="libsqlite3-dev r-cran-data.table r-cran-r.utils tabix python3-tables python3-matplotlib python3-venv"
fuzz="clang"
julia="debootstrap"

packages=""
for purpose in "${@:-build}"; do
  case $purpose in
    build) packages="$packages $build" ;;
    lint) packages="$packages $lint" ;;
    docs) packages="$packages $docs" ;;
    bench) packages="$packages $bench" ;;
    fuzz) packages="$packages $fuzz" ;;
    julia) packages="$packages $julia" ;;
    *) echo "deps.sh: unknown purpose '$purpose'; give build, lint, docs, bench, fuzz or julia" >&2; exit 2 ;;
  esac
done

# Another system: look for what the packages bring, as the build will.
check_elsewhere() {
  missing=""
  for tool in cmake ninja g++ gcc objcopy pkg-config h5dump python3; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
  done
  if command -v pkg-config >/dev/null 2>&1; then
    pkg-config --exists hdf5-serial || pkg-config --exists hdf5 || missing="$missing hdf5"
    for module in libuv libisal libdeflate libzstd liblz4 blosc liblzma cmocka; do
      pkg-config --exists "$module" || missing="$missing $module"
    done
  fi
  if command -v g++ >/dev/null 2>&1; then
    for header in bzlib.h xxhash.h fast_float/fast_float.h CLI/CLI.hpp; do
      echo "#include <$header>" | g++ -std=c++20 -fsyntax-only -x c++ - 2>/dev/null || missing="$missing $header"
    done
  fi
  python=/usr/bin/python3 # the one that the tests take; see cmake/ForebayDependencies.cmake
  [ -x "$python" ] || python=python3
  "$python" -c 'import numpy, h5py, pandas' 2>/dev/null ||
    missing="$missing python3-numpy python3-h5py python3-pandas"
  [ -z "$missing" ] && exit 0
  {
    echo "forebay: this system has no apt, so the packages must be installed by hand."
    echo "Missing:$missing"
    echo "Names of the packages on Debian and Ubuntu:"
    for package in $packages; do echo "  $package"; done
    echo "libuv is needed as a static library too (libuv_a.a). Then run make again."
  } >&2
  exit 1
}

command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1 || check_elsewhere

missing=""
for package in $packages; do
  # shellcheck disable=SC2016
  state=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$state" = "install ok installed" ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

sudo=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "forebay: missing packages, and neither root nor sudo to install them. As root: apt-get install$missing" >&2
    exit 1
  fi
  sudo="sudo"
fi
echo "forebay: installing$missing"
$sudo apt-get update -q
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
