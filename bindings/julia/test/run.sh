#!/bin/sh
# run.sh: builds the library in /forebay/build and runs the tests against it. cmake/test_julia.sh calls it inside of its chroot.
set -eu
build=/forebay/build
source=/forebay/source
export CCACHE_DIR=$build/ccache CCACHE_BASEDIR=$source CCACHE_NOHASHDIR=1
cmake -G Ninja -S $source -B $build/cmake -DFOREBAY_TESTS=OFF -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache >$build/configure.log 2>&1 ||
  { cat $build/configure.log; exit 1; }
cmake --build $build/cmake --target forebay forebay_loader_program -j 2
cc -std=c11 -I$source/include -o $build/layout $source/tests/abi/layout.c

export FOREBAY_ROOT=$source FOREBAY_LIBRARY=$build/cmake/lib/libforebay.so.0 FOREBAY_LOADER=$build/cmake/bin/forebay-loader FOREBAY_LAYOUT=$build/layout
export JULIA_DEPOT_PATH=$build/depot JULIA_LOAD_PATH=$source/bindings/julia:@stdlib
cd $build
# Why -O0: most of the time goes into compiling code that is run once.
# shellcheck disable=SC2086
julia --startup-file=no -O0 $source/bindings/julia/test/runtests.jl ${JULIA_TESTS:-}
