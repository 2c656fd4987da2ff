#!/bin/sh
# run.sh test|features|clippy|fmt|doc|dialects|library WORKSPACE: one of the checks of the Rust binding, by cargo. Exit 77: cargo, or the part
# of it that is needed, is missing. $CARGO may name another cargo. Only the optional dependencies come from a registry; without one all but
# `features` is checked.
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

# found_with VARIABLE=value...: the folder that the build script links from, with nothing else in the environment.
found_with() {
  env -i PATH="$PATH" OUT_DIR="$CARGO_TARGET_DIR/find" CARGO_CFG_TARGET_ARCH=x86_64 "$@" "$script" 2>&1 | sed -n 's/^cargo:libdir=//p'
}

# Where it is looked for first, next and last.
check_order() {
  # shellcheck disable=SC2012
  script=$(ls -t "$CARGO_TARGET_DIR"/debug/build/forebay-sys-*/build-script-build | head -n 1)
  find=$CARGO_TARGET_DIR/find
  for folder in given conda/lib pkg linker; do
    mkdir -p "$find/$folder"
    ln -sf "$FOREBAY_LIBRARY" "$find/$folder/libforebay.so"
  done
  printf 'libdir=%s\nName: forebay\nDescription: test\nVersion: 0.1.0\n' "$find/pkg" >"$find/pkg/forebay.pc"
  last="LIBRARY_PATH=$find/linker"
  command -v pkg-config >/dev/null || return 0
  # Why joined: a function that is tested by its caller goes on behind a failure.
  [ "$(found_with "$last" PKG_CONFIG_LIBDIR=/nowhere)" = "$find/linker" ] &&
    [ "$(found_with "$last" PKG_CONFIG_PATH="$find/pkg")" = "$find/pkg" ] &&
    [ "$(found_with "$last" PKG_CONFIG_PATH="$find/pkg" CONDA_PREFIX="$find/conda")" = "$find/conda/lib" ] &&
    # Its own folder: it has links to the file, whatever that is called.
    [ "$(found_with "$last" CONDA_PREFIX="$find/conda" FOREBAY_LIBRARY="$find/given")" = "$find" ] &&
    [ "$(readlink -f "$find/libforebay.so.0")" = "$(readlink -f "$FOREBAY_LIBRARY")" ]
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
  check_order || { echo "the library is not looked for in the order that build.rs tells"; exit 1; }
}

# Why: an old cargo does not say to doctests where the library is, nor does anyone to a program that is started directly.
if [ -n "${FOREBAY_LIBRARY:-}" ]; then
  LD_LIBRARY_PATH=$(dirname "$FOREBAY_LIBRARY")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export LD_LIBRARY_PATH
fi

# Whether the crates of the optional dependencies are here, or can be had: of the versions that Cargo.lock has, which is made when it is not
# there.
has_registry() {
  host=$("${RUSTC:-rustc}" -vV | sed -n 's/^host: //p')
  [ -f Cargo.lock ] && "$cargo" fetch --offline --locked --target "$host" >/dev/null 2>&1 && return
  # Why remembered: the other checks need not wait for it again.
  [ -z "$(find "$CARGO_TARGET_DIR/no-registry" -mmin -60 2>/dev/null)" ] || return
  CARGO_NET_RETRY=0 timeout 60 "$cargo" fetch --target "$host" >"$CARGO_TARGET_DIR/fetch.log" 2>&1 && return
  touch "$CARGO_TARGET_DIR/no-registry"
  return 1
}

# Why a copy: cargo looks all dependencies up, also those of features that nobody asks for.
without_registry() {
  root=$(cd ../.. && pwd)
  away=$CARGO_TARGET_DIR/without-registry
  rm -rf "$away"
  mkdir -p "$away/bindings"
  cp -rp . "$away/bindings/rust"
  for name in docs include tests README.md; do ln -s "$root/$name" "$away/$name"; done
  cd "$away/bindings/rust"
  sed -i -e '/optional = true/d' -e 's/"dep:[^"]*"//' forebay/Cargo.toml
  rm -f Cargo.lock
  "$cargo" generate-lockfile --offline
}

what=$1
cd "$2"
needs
mkdir -p "$CARGO_TARGET_DIR"
features=--all-features
if ! has_registry; then
  echo "no registry of crates can be reached: without the features arrow and ndarray"
  [ "$what" != features ] || exit 77
  features=
  without_registry >"$CARGO_TARGET_DIR/without.log" 2>&1 || { cat "$CARGO_TARGET_DIR/without.log"; exit 1; }
fi
case $what in
  test) "$cargo" test --offline --locked --jobs 2 --no-fail-fast ;;
  features)
    "$cargo" test --offline --locked --jobs 2 --all-features -p forebay --test features
    "$cargo" test --offline --locked --jobs 2 --all-features -p forebay --doc
    ;;
  clippy)
    needs clippy
    # shellcheck disable=SC2086
    "$cargo" clippy --offline --locked --jobs 2 --all-targets $features -- -D warnings
    ;;
  fmt)
    needs fmt
    "$cargo" fmt --all -- --check
    ;;
  # shellcheck disable=SC2086
  doc) RUSTDOCFLAGS="-D warnings" "$cargo" doc --offline --locked --jobs 2 --no-deps $features ;;
  dialects)
    "$cargo" build --offline --locked --jobs 2 --example dialects
    "${PYTHON:-python3}" -c 'import numpy' 2>/dev/null || skip numpy
    "${PYTHON:-python3}" tests/dialects.py "$CARGO_TARGET_DIR/debug/examples/dialects"
    ;;
  library) check_library ;;
  *) echo "run.sh: unknown check '$what'" >&2; exit 2 ;;
esac
