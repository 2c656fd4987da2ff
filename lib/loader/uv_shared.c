/* Three objects of libc that a libuv archive compiled without -fPIC refers to directly, so that it
 * can be linked into a shared library. Compiled only where cmake/ForebayUv.cmake finds that it is
 * needed, which also renames the references.
 *
 * Why this is sound: only libuv's streams, UDP, processes and debug output use them, and forebay
 * calls none of these. Why not libc's own: a shared object cannot reach another's data without
 * position-independent code. */

#define HIDDEN __attribute__((visibility("hidden")))

extern char** forebay_uv_environ;
extern const unsigned char forebay_uv_in6addr_any[16];
extern void* forebay_uv_stderr;

HIDDEN char** forebay_uv_environ;
HIDDEN const unsigned char forebay_uv_in6addr_any[16] = {0};
HIDDEN void* forebay_uv_stderr;
