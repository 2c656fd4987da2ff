#!/usr/bin/env python3
"""Arrays from another process, with nothing but ctypes.

share.py listen SOCKET      takes what share_sender.c hands over, by SCM_RIGHTS
share.py inherit NUMBER     attaches a descriptor that this process was started with
share.py start              shares an array and starts itself with the descriptor inherited

The library: $FOREBAY_LIBRARY, or libforebay.so.0 where the system finds it.
"""
import array
import ctypes
import os
import socket
import subprocess
import sys

DTYPE = b"chr:S10,pos:i4,pct:f4,c:i4,t:i4"
OK = 0


class Error(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("code", ctypes.c_int32), ("os_errno", ctypes.c_int32),
                ("source", ctypes.c_uint32), ("line", ctypes.c_uint64), ("byte", ctypes.c_uint64),
                ("column", ctypes.c_uint32), ("reserved", ctypes.c_uint32), ("path", ctypes.c_char * 512),
                ("message", ctypes.c_char * 512)]


class View(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("layout", ctypes.c_int32), ("data", ctypes.c_void_p),
                ("rows", ctypes.c_uint64), ("row_bytes", ctypes.c_uint64), ("capacity", ctypes.c_uint64),
                ("fields", ctypes.c_uint32), ("source", ctypes.c_uint32), ("first_row", ctypes.c_uint64),
                ("read_only", ctypes.c_uint32), ("reserved", ctypes.c_uint32), ("generation", ctypes.c_uint64)]


class Column(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("reserved", ctypes.c_uint32), ("data", ctypes.c_void_p),
                ("stride", ctypes.c_uint64), ("validity", ctypes.c_void_p), ("heap", ctypes.c_void_p)]


LIBRARY = ctypes.CDLL(os.environ.get("FOREBAY_LIBRARY", "libforebay.so.0"))
LIBRARY.forebay_array_release.argtypes = [ctypes.c_void_p]
LIBRARY.forebay_array_release.restype = None


def call(name, *arguments):
    error = Error(struct_size=ctypes.sizeof(Error))
    if getattr(LIBRARY, name)(*arguments, ctypes.byref(error)) != OK:
        raise RuntimeError(error.message.decode())


def parse(text):
    dtype = ctypes.c_void_p()
    call("forebay_dtype_parse", text, ctypes.byref(dtype))
    return dtype


def attach(descriptor):
    """The array behind a descriptor, which is closed."""
    handle = ctypes.c_void_p()
    try:
        call("forebay_array_attach", ctypes.c_int32(descriptor), parse(DTYPE), ctypes.byref(handle))
    finally:
        os.close(descriptor)
    return handle


def view_of(handle):
    view = View(struct_size=ctypes.sizeof(View))
    call("forebay_array_view_get", handle, ctypes.byref(view))
    return view


def column(handle, index, kind):
    """The values of a field of numbers, straight from the shared memory."""
    place = Column(struct_size=ctypes.sizeof(Column))
    call("forebay_array_column_get", handle, ctypes.c_uint32(index), ctypes.byref(place))
    values = (kind.from_address(place.data + i * place.stride) for i in range(view_of(handle).rows))
    return [value.value for value in values]


def report(handles):
    rows = sum(view_of(handle).rows for handle in handles)
    total = sum(sum(column(handle, 1, ctypes.c_int32)) for handle in handles)
    for handle in handles:
        LIBRARY.forebay_array_release(handle)
    print(f"{rows} rows, sum of pos {total}")


def listen(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(path)
        listener.listen(1)
        print("listening", flush=True)
        connection, _ = listener.accept()
    os.unlink(path)
    handles = []
    while True:
        data, control, _, _ = connection.recvmsg(1, socket.CMSG_SPACE(4))
        if not data:
            return report(handles)
        descriptors = array.array("i", control[0][2])
        handles.append(attach(descriptors[0]))


def start():
    """Ten rows whose `pos` is 0, 1, 2 and so on, for a process of its own."""
    arena, handle, descriptor = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_int32(-1)
    call("forebay_arena_open", ctypes.c_uint64(1 << 20), ctypes.byref(arena))
    call("forebay_array_lease", arena, parse(DTYPE), ctypes.c_uint64(10), ctypes.byref(handle))
    view = view_of(handle)
    ctypes.memset(view.data, 0, 10 * view.row_bytes)
    for i in range(10):
        ctypes.c_int32.from_address(view.data + i * view.row_bytes + 10).value = i
    call("forebay_array_set_rows", handle, ctypes.c_uint64(10))
    call("forebay_array_share", handle, ctypes.byref(descriptor))
    LIBRARY.forebay_array_release(handle)
    command = [sys.executable, __file__, "inherit", str(descriptor.value)]
    return subprocess.run(command, pass_fds=[descriptor.value]).returncode


def main(arguments):
    if arguments[:1] == ["listen"] and len(arguments) == 2:
        return listen(arguments[1])
    if arguments[:1] == ["inherit"] and len(arguments) == 2:
        return report([attach(int(arguments[1]))])
    if arguments == ["start"]:
        return start()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
