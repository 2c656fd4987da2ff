# forebay_uv_objects(<out>): what to link into the shared library for libuv: the static archive, made fit for it where that is needed.
#
# Why: Debian's libuv_a.a is not compiled for shared objects. All of it can still be linked into one, but for its direct
# references to three objects of libc (see lib/loader/uv_shared.c). In a copy of the archive these get names of our own.
# Not `environ` itself: our own code must go on seeing the host's.
set(FOREBAY_UV_LIBC_OBJECTS environ in6addr_any stderr)

function(forebay_uv_links_shared out archive)
  file(WRITE ${PROJECT_BINARY_DIR}/CMakeFiles/uv_probe.c "#include <uv.h>
uv_loop_t probe_loop;
int probe(void);
int probe(void) { return uv_loop_init(&probe_loop) + uv_run(&probe_loop, UV_RUN_NOWAIT) + uv_loop_close(&probe_loop); }
")
  try_compile(links ${PROJECT_BINARY_DIR}/CMakeFiles/uv_probe
    SOURCES ${PROJECT_BINARY_DIR}/CMakeFiles/uv_probe.c ${ARGN}
    COMPILE_DEFINITIONS -fPIC -D_GNU_SOURCE
    CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${UV_INCLUDE_DIRS}
    LINK_OPTIONS -shared -Wl,--no-undefined
    LINK_LIBRARIES ${archive} Threads::Threads ${CMAKE_DL_LIBS})
  set(${out} ${links} PARENT_SCOPE)
endfunction()

function(forebay_uv_objects out)
  if(NOT DEFINED FOREBAY_UV_AS_IT_IS)
    forebay_uv_links_shared(links ${FOREBAY_UV_STATIC})
    set(FOREBAY_UV_AS_IT_IS ${links} CACHE INTERNAL "The static libuv links into a shared library")
  endif()
  if(FOREBAY_UV_AS_IT_IS)
    set(${out} ${FOREBAY_UV_STATIC} PARENT_SCOPE)
    return()
  endif()
  set(renames)
  foreach(object ${FOREBAY_UV_LIBC_OBJECTS})
    list(APPEND renames --redefine-sym ${object}=forebay_uv_${object})
  endforeach()
  set(archive ${PROJECT_BINARY_DIR}/CMakeFiles/libuv_shared.a)
  set(shim ${PROJECT_SOURCE_DIR}/lib/loader/uv_shared.c)
  execute_process(COMMAND ${CMAKE_OBJCOPY} ${renames} ${FOREBAY_UV_STATIC} ${archive} RESULT_VARIABLE failed)
  if(NOT DEFINED FOREBAY_UV_RENAMED)
    forebay_uv_links_shared(links ${archive} ${shim})
    set(FOREBAY_UV_RENAMED ${links} CACHE INTERNAL "The static libuv links into a shared library with uv_shared.c")
  endif()
  if(failed OR NOT FOREBAY_UV_RENAMED)
    message(FATAL_ERROR "${FOREBAY_UV_STATIC} cannot be linked into a shared library: "
      "build libuv with -fPIC and pass -DFOREBAY_UV_STATIC=/path/to/libuv_a.a")
  endif()
  add_library(forebay_uv_shared OBJECT ${shim})
  target_link_libraries(forebay_uv_shared PRIVATE forebay_flags)
  set(${out} $<TARGET_OBJECTS:forebay_uv_shared> ${archive} PARENT_SCOPE)
endfunction()
