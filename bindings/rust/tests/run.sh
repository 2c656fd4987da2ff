#!/bin/sh
# run.sh test|clippy|fmt|doc|dialects|library WORKSPACE: one of the checks of the Rust binding, by cargo and without a network. Exit 77: cargo, or
# the part of it that is needed, is missing. $CARGO may name another cargo.
set -eu

cargo=${CARGO:-cargo}
# Why: a test environment may have no home, and cargo is often installed below it.
[ -d "${HOME:-/nowhere}/.cargo/bin" ] && PATH="$HOME/.cargo/bin:$PATH"

skip() {
  echo "$1 is missing; the Rust binding needs rustc and cargo 1.63 or later (Debian: rustc cargo; clippy and rustfmt by rustup)"
  exit 77
}

needs() {
  "$cargo" "$@" --version >/dev/null 2>&1 || skip "cargo $*"
}

expect() {
  grep -q "$1" "$2" && return
  echo "this does not say: $1"
  cat "$2"
  exit 1
}

# What is said when the library is missing, and when it is of another ABI.
check_library() {
  log=$CARGO_TARGET_DIR/library.log
  if FOREBAY_LIBRARY=/nowhere/libforebay.so "$cargo" build --offline --locked -p forebay-sys \
    --target-dir "$CARGO_TARGET_DIR/missing" >"$log" 2>&1; then
    echo "a library that is missing is not missed"
    exit 1
  fi
  expect 'set FOREBAY_LIBRARY to its path. Tried: $FOREBAY_LIBRARY, /nowhere/libforebay.so' "$log"

  "$cargo" build --offline --locked --jobs 2 --example frames
  stub=$CARGO_TARGET_DIR/stub
  printf 'unsigned forebay_abi_version(void) { return 99; }\nconst char *forebay_version(void) { return "9.0"; }\n' >"$stub.c"
  ${CC:-cc} -shared -fPIC -o "$stub.so" "$stub.c"
  if LD_PRELOAD=$stub.so "$CARGO_TARGET_DIR/debug/examples/frames" 2>"$log"; then
    echo "a library of another ABI is used"
    exit 1
  fi
  expect 'libforebay 9.0 with ABI 99, but this program needs ABI 1' "$log"
}

# Why: an old cargo does not say to doctests where the library is, nor does anyone to a program that is started directly.
if [ -n "${FOREBAY_LIBRARY:-}" ]; then
  LD_LIBRARY_PATH=$(dirname "$FOREBAY_LIBRARY")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export LD_LIBRARY_PATH
fi

what=$1
cd "$2"
needs
case $what in
  test) "$cargo" test --offline --locked --jobs 2 --no-fail-fast ;;
  clippy)
    needs clippy
    "$cargo" clippy --offline --locked --jobs 2 --all-targets -- -D warnings
    ;;
  fmt)
    needs fmt
    "$cargo" fmt --all -- --check
    ;;
  doc) RUSTDOCFLAGS="-D warnings" "$cargo" doc --offline --locked --jobs 2 --no-deps ;;
  dialects)
    "$cargo" build --offline --locked --jobs 2 --example dialects
    "${PYTHON:-python3}" -c 'import numpy' 2>/dev/null || skip numpy
    "${PYTHON:-python3}" tests/dialects.py "$CARGO_TARGET_DIR/debug/examples/dialects"
    ;;
  library) check_library ;;
  *) echo "run.sh: unknown check '$what'" >&2; exit 2 ;;
esac
