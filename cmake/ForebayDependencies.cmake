# Every outside library, found once; docs/dependencies.md gives the reason for each.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
# Why not pkg-config: Debian 12 has no bzip2.pc.
find_package(BZip2 REQUIRED)
# What the folder codec needs, for all that link it; forebayConfig.cmake.in and the .pc.in files name the same.
set(FOREBAY_CODEC_LIBRARIES PkgConfig::ISAL PkgConfig::DEFLATE PkgConfig::ZSTD PkgConfig::LZMA BZip2::BZip2)
find_path(FOREBAY_XXHASH_INCLUDE xxhash.h REQUIRED)
find_path(FOREBAY_FAST_FLOAT_INCLUDE fast_float/fast_float.h REQUIRED)

# Why static: a host such as Julia carries its own libuv; ours is linked in with hidden symbols.
find_library(FOREBAY_UV_STATIC NAMES libuv_a.a libuv.a)
if(NOT FOREBAY_UV_STATIC)
  message(FATAL_ERROR "the static libuv (libuv_a.a) was not found; `make deps` installs it")
endif()

pkg_search_module(HDF5 REQUIRED IMPORTED_TARGET ${FOREBAY_HDF5})
if(FOREBAY_TESTS)
  pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
  # For an example; the tests pass without it.
  pkg_check_modules(CFITSIO IMPORTED_TARGET cfitsio)
endif()
find_package(CLI11 CONFIG REQUIRED)

# The system's own python3, which has the numpy and h5py packages that tests compare with.
find_program(FOREBAY_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(FOREBAY_PYTHON NAMES python3 REQUIRED)
