#!/bin/sh
# test_julia.sh BUILD: the tests of bindings/julia, with the Julia of Debian 11 (1.5.3) and the library built there with g++ 10, in a folder that
# debootstrap makes. Needs root, or sudo, for chroot.
#   JULIA_ROOT      a Debian 11 tree to use; default BUILD/julia/root, made if it is not there
#   JULIA_MIRROR    where debootstrap and apt get packages; default: that of this system's own sources
#   JULIA_TESTS     files of bindings/julia/test to run; default: all
# Nothing is mounted outside a mount namespace of its own, so nothing is left mounted however this ends.
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1/julia/build"
build=$(cd "$1/julia" && pwd)
root=${JULIA_ROOT:-$build/root}
packages="cmake ninja-build g++ gcc binutils pkg-config libhdf5-dev libuv1-dev libisal-dev libdeflate-dev libzstd-dev libbz2-dev
  liblzma-dev libxxhash-dev ccache julia"
# Headers only, which Debian 11 does not have: those of this system.
headers="libfast-float-dev libcli11-dev"

if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "test_julia.sh: chroot needs root, and there is no sudo" >&2; exit 1; }
  exec sudo env JULIA_ROOT="${JULIA_ROOT:-}" JULIA_MIRROR="${JULIA_MIRROR:-}" JULIA_TESTS="${JULIA_TESTS:-}" sh "$0" "$1"
fi

mirror() {
  [ -n "${JULIA_MIRROR:-}" ] && { echo "$JULIA_MIRROR"; return; }
  apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Component: main' | head -n 1
}

make_root() {
  command -v debootstrap >/dev/null 2>&1 || { echo "test_julia.sh: debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }
  from=$(mirror)
  [ -n "$from" ] || { echo "test_julia.sh: set JULIA_MIRROR to a mirror that has Debian 11 (bullseye)" >&2; exit 1; }
  echo "forebay: making a Debian 11 in $root"
  rm -rf "$root.partial"
  debootstrap --variant=minbase bullseye "$root.partial" "$from" >"$build/debootstrap.log" 2>&1 || { tail -n 20 "$build/debootstrap.log"; exit 1; }
  mv "$root.partial" "$root"
}

install_packages() {
  # shellcheck disable=SC2016,SC2086
  there=$(chroot "$root" dpkg-query -W -f='${db:Status-Abbrev}\n' $packages 2>/dev/null | grep -c '^ii') || true
  [ "$there" -eq "$(echo $packages | wc -w)" ] || {
    echo "forebay: installing packages in $root"
    { chroot "$root" apt-get update -q &&
      chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages; } >"$build/apt.log" 2>&1 ||
      { tail -n 20 "$build/apt.log"; exit 1; }
  }
  # shellcheck disable=SC2086
  dpkg -L $headers | grep -E '^/usr/(include|lib/cmake|share/cmake)/' | tar -C / --no-recursion -cf - -T - 2>/dev/null | tar -C "$root" -xf -
}

[ -e "$root/etc/debian_version" ] || make_root
install_packages
mkdir -p "$root/forebay/source" "$root/forebay/build" "$root/forebay/shared"
export root source build JULIA_TESTS
exec unshare --mount --propagation private sh -eu -c '
  mount --bind "$source" "$root/forebay/source"
  mount --bind "$build/build" "$root/forebay/build"
  [ ! -d "$source/../shared" ] || mount --bind "$source/../shared" "$root/forebay/shared"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin JULIA_TESTS="${JULIA_TESTS:-}" \
    sh /forebay/source/bindings/julia/test/run.sh'
