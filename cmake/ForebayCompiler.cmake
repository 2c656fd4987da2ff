# Warnings, hardening and sanitizers for every target of the project.
add_library(forebay_flags INTERFACE)
target_compile_options(forebay_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wundef -Wvla
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough>
  -fstack-protector-strong -fno-strict-overflow)
if(FOREBAY_WERROR)
  target_compile_options(forebay_flags INTERFACE -Werror)
endif()
if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT FOREBAY_SANITIZE)
  target_compile_definitions(forebay_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
target_compile_definitions(forebay_flags INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_include_directories(forebay_flags INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib)
if(FOREBAY_FUZZ) # the edges that libFuzzer counts; tests/fuzz links its main
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(FOREBAY_SANITIZE)
  string(REPLACE ";" "," _sanitizers "${FOREBAY_SANITIZE}")
  add_compile_options(-fsanitize=${_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${_sanitizers})
endif()
