"""Writes BGZF (SAM specification, 4.1) from bytes, block by block."""

import struct
import zlib

END_MARKER = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
MOST = 65280  # bytes of a block, as bgzip has them


def block(data, level=6, extra=b""):
    """One block. `extra`: subfields before the one with the length."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    packed = deflate.compress(data) + deflate.flush()
    total = 12 + len(extra) + 6 + len(packed) + 8
    header = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H", len(extra) + 6)
    field = extra + b"BC\x02\0" + struct.pack("<H", total - 1)
    return header + field + packed + struct.pack("<II", zlib.crc32(data), len(data))


def pack(data, size=MOST, level=6, end=END_MARKER):
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    return b"".join(block(part, level) for part in parts) + end
