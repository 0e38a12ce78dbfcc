"""Images as small as they can be."""

import struct
import zlib


def png(width: int = 64, height: int = 64) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\x00" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int = 64, height: int = 64, frame: int = 0xC0) -> bytes:
    """Headers without pixels."""
    about = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    size = struct.pack(">BBHBHHB", 0xFF, frame, 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + about + size + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x00" * 8 + b"\xff\xd9"


def webp(kind: bytes, width: int = 64, height: int = 64, *, animated: bool = False) -> bytes:
    """Headers without pixels."""
    sides = max(width - 1, 0), max(height - 1, 0)
    chunk = {
        b"VP8X": bytes([2 * animated, 0, 0, 0]) + sides[0].to_bytes(3, "little") + sides[1].to_bytes(3, "little"),
        b"VP8L": b"\x2f" + (sides[0] | sides[1] << 14).to_bytes(4, "little") + b"\x00" * 5,
        b"VP8 ": b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height),
    }[kind]
    body = b"WEBP" + kind + struct.pack("<I", len(chunk)) + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body
