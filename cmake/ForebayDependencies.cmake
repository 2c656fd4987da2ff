# Every outside library, found once; docs/dependencies.md gives the reason for each.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
# What pkg-config is to be told of libdeflate by those who link us statically: its name, or the flag where it has no file.
set(FOREBAY_PC_DEFLATE libdeflate)
set(FOREBAY_PC_DEFLATE_FLAG "")
pkg_check_modules(DEFLATE IMPORTED_TARGET libdeflate)
if(NOT DEFLATE_FOUND) # Debian 11 has no libdeflate.pc
  find_path(FOREBAY_DEFLATE_INCLUDE libdeflate.h REQUIRED)
  find_library(FOREBAY_DEFLATE deflate REQUIRED)
  add_library(PkgConfig::DEFLATE INTERFACE IMPORTED)
  target_include_directories(PkgConfig::DEFLATE INTERFACE ${FOREBAY_DEFLATE_INCLUDE})
  target_link_libraries(PkgConfig::DEFLATE INTERFACE ${FOREBAY_DEFLATE})
  set(FOREBAY_PC_DEFLATE "")
  set(FOREBAY_PC_DEFLATE_FLAG "-ldeflate ")
endif()
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LZ4 IMPORTED_TARGET liblz4)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
# Why not pkg-config: Debian 12 has no bzip2.pc.
find_package(BZip2 REQUIRED)
# What the folder codec needs, for all that link it; forebayConfig.cmake.in and the .pc.in files name the same.
set(FOREBAY_CODEC_LIBRARIES PkgConfig::ISAL PkgConfig::DEFLATE PkgConfig::ZSTD PkgConfig::LZMA BZip2::BZip2)
set(FOREBAY_PC_LZ4)
if(LZ4_FOUND)
  list(APPEND FOREBAY_CODEC_LIBRARIES PkgConfig::LZ4)
  set(FOREBAY_PC_LZ4 liblz4)
else()
  message(STATUS "liblz4 was not found: tables with the lz4 filter are refused")
endif()
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
  # The system's own python3, which has the numpy and h5py packages that tests compare with.
  find_program(FOREBAY_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
  find_program(FOREBAY_PYTHON NAMES python3 REQUIRED)
endif()
find_package(CLI11 CONFIG REQUIRED)
