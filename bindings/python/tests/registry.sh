#!/bin/sh
# registry.sh make VENV PYTHON: packages of requirements.txt from PyPI into VENV, among them an h5py that brings an HDF5 of its own.
# registry.sh run VENV ARGUMENTS...: its python. Exit 77, with the reason: they could not be had.
set -eu
wanted=$(dirname "$0")/requirements.txt
what=$1
venv=$2
shift 2

make_venv() {
  cmp -s "$wanted" "$venv/ready" && return
  rm -rf "$venv"
  "$1" -m venv --without-pip "$venv" &&
    "$1" -m pip --python "$venv/bin/python" install -q --disable-pip-version-check --no-input --timeout 10 --retries 1 -r "$wanted" &&
    cp "$wanted" "$venv/ready"
}

case $what in
  make)
    if make_venv "$1" >"$venv.log" 2>&1; then echo "$venv is ready"; exit 0; fi
    tail -n 3 "$venv.log"
    exit 77
    ;;
  run)
    [ -f "$venv/ready" ] || { echo "the packages of $wanted could not be had:"; tail -n 3 "$venv.log" || true; exit 77; }
    exec "$venv/bin/python" "$@"
    ;;
  *) echo "registry.sh: unknown command '$what'" >&2; exit 2 ;;
esac
