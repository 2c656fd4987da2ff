#!/bin/sh
# installed.sh BUILD FLAGS: installs BUILD into a temporary prefix, moves it, builds C11 and C++17 programs against the moved tree
# only (pkg-config, then find_package; shared, then static) and runs each of them. FLAGS: the sanitizer options of BUILD, if any.
set -eu
build=$1
flags=${2:-}
source=$(cd "$(dirname "$0")/installed" && pwd)
work=$(mktemp -d /tmp/forebay-installed-XXXXXX)
trap 'rm -rf "$work"' EXIT INT TERM

cmake --install "$build" --prefix "$work/first" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
# Why moved: nothing in an installed tree may name the place it was configured for.
mv "$work/first" "$work/tree"
prefix=$work/tree
pc=$(dirname "$(find "$prefix" -name forebay.pc)")
lib=$(dirname "$(find "$prefix" -name libforebay.a)")
export PKG_CONFIG_PATH="$pc"
unset FOREBAY_LOADER
test -x "$prefix/libexec/forebay/forebay-loader" || { echo "forebay-loader is not installed"; exit 1; }

awk 'BEGIN { for (i = 1; i <= 1000; i++) printf "chr22\t%d\n", i }' >"$work/rows.txt"
want="1000 rows, sum 500500, forebay $(pkg-config --modversion forebay)"

# try NAME PROGRAM: runs it and looks at what it printed and wrote.
try() {
  rm -f "$work/out.h5"
  got=$("$2" "$work/rows.txt" "$work/out.h5") || { echo "$1: failed"; exit 1; }
  [ "$got" = "$want" ] || { echo "$1: printed '$got', not '$want'"; exit 1; }
  if command -v h5dump >/dev/null 2>&1; then
    h5dump -H "$work/out.h5" | grep -q '( 1000 )' || { echo "$1: h5dump does not show 1000 rows"; exit 1; }
  fi
  echo "$1: $got"
}

# shellcheck disable=SC2046,SC2086
by_pkg_config() {
  strict="-Wall -Wextra -Wpedantic -Werror $flags"
  cc -std=c11 $strict "$source/consumer.c" -o "$work/c" $(pkg-config --cflags --libs forebay)
  c++ -std=c++17 $strict "$source/consumer.cpp" -o "$work/cpp" $(pkg-config --cflags --libs forebay)
  LD_LIBRARY_PATH=$lib try "pkg-config, C, shared" "$work/c"
  LD_LIBRARY_PATH=$lib try "pkg-config, C++, shared" "$work/cpp"

  # A statically linked host is its own child: the installed program is out of reach.
  mv "$prefix/libexec" "$work/hidden"
  cc -std=c11 $strict -DOWN_CHILD "$source/consumer.c" -o "$work/c_static" $(pkg-config --cflags --libs forebay-static)
  c++ -std=c++17 $strict -DOWN_CHILD "$source/consumer.cpp" -o "$work/cpp_static" \
    $(pkg-config --cflags forebay) $(pkg-config --static --libs forebay | sed 's/-lforebay/-l:libforebay.a/')
  for program in c_static cpp_static; do
    if ldd "$work/$program" | grep libforebay; then echo "$program links the shared library"; exit 1; fi
    try "pkg-config, $program" "$work/$program"
  done
  mv "$work/hidden" "$prefix/libexec"
}

# The line of the guide, on the program that it names.
by_guide() {
  root=$(cd "$source/../../.." && pwd)
  line=$(sed -n '/^```sh$/,/^```$/p' "$root/docs/guide/c.md" | grep '^cc ')
  cp "$root/docs/examples/load_files.c" "$work/load_files.c"
  (cd "$work" && eval "$line $flags" && LD_LIBRARY_PATH=$lib ./load_files guide.h5 "$root"/tests/data/imr90_r1.head.txt)
}

by_cmake() {
  cmake -S "$source" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags" \
    >"$work/configure.log" 2>&1 || { cat "$work/configure.log"; exit 1; }
  cmake --build "$work/build" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
  for program in consumer_c consumer_cpp; do
    try "find_package, $program" "$work/build/$program"
  done
  mv "$prefix/libexec" "$work/hidden"
  for program in consumer_c_static consumer_cpp_static; do
    try "find_package, $program" "$work/build/$program"
  done
  mv "$work/hidden" "$prefix/libexec"
}

# The installed command finds library and child from its own place.
by_command() {
  [ -x "$prefix/bin/forebay" ] || { echo "the command is not installed"; exit 1; }
  "$prefix/bin/forebay" load "$work/rows.txt" -o "$work/command.h5" --dtype 'chr:S10,pos:i4'
  "$prefix/bin/forebay" verify "$work/command.h5"
}

if grep -rIl "$build" "$pc" "$lib/cmake"; then
  echo "the files above name the build tree"
  exit 1
fi
by_pkg_config
by_guide
by_cmake
by_command
