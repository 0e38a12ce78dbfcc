"""A tenant's logo: which images are accepted. Read from the file's own headers, never from its name or declared type.

SVG is a document that can carry a script, so it is not an image here.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

MOST_BYTES = 100 * 1024
MOST_PIXELS = 1024
LEAST_PIXELS = 16
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Markers of a frame, whose header holds the size; the three others mean something else (T.81, table B.1)."""
_JPEG_SCAN = 0xDA
_MARKER = 0xFF
_LEAST_SEGMENT = 2
_LEAST_PNG = 45
_LEAST_WEBP = 30
_LOSSLESS = 0x2F


class LogoProblem(StrEnum):
    """Why a file is no logo."""

    MISSING = "missing"
    TOO_LARGE = "too_large"
    SVG = "svg"
    NO_IMAGE = "no_image"
    DIMENSIONS = "dimensions"


class Size(NamedTuple):
    """In pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Logo:
    """An accepted image."""

    content: bytes
    content_type: str

    @property
    def version(self) -> str:
        """Names this image in its URL: another image has another one."""
        return hashlib.sha256(self.content).hexdigest()[:16]


class LogoRefused(ValueError):
    """Nothing was stored."""

    def __init__(self, problem: LogoProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def logo_of(content: bytes) -> Logo:
    """Raises LogoRefused."""
    if not content:
        raise LogoRefused(LogoProblem.MISSING)
    if len(content) > MOST_BYTES:
        raise LogoRefused(LogoProblem.TOO_LARGE)
    for content_type, read in _READERS.items():
        size = read(content)
        if size is not None:
            if not all(LEAST_PIXELS <= side <= MOST_PIXELS for side in size):
                raise LogoRefused(LogoProblem.DIMENSIONS)
            return Logo(content, content_type)
    raise LogoRefused(LogoProblem.SVG if b"<svg" in content[:4096].lower() else LogoProblem.NO_IMAGE)


def _png(content: bytes) -> Size | None:
    """PNG (ISO 15948), 5.2 and 11.2.1: the signature, IHDR first, IEND last."""
    if not (
        content.startswith(_PNG + b"\x00\x00\x00\rIHDR") and content.endswith(_PNG_END) and len(content) > _LEAST_PNG
    ):
        return None
    return Size(_big(content[16:20]), _big(content[20:24]))


def _jpeg(content: bytes) -> Size | None:
    """JPEG (ITU-T T.81), annex B: segment after segment up to the frame's header."""
    if not (content.startswith(_JPEG) and content.rstrip(b"\x00").endswith(_JPEG_END)):
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == _MARKER:
        marker, length = content[at + 1], _big(content[at + 2 : at + 4])
        if marker in _JPEG_FRAMES:
            return Size(_big(content[at + 7 : at + 9]), _big(content[at + 5 : at + 7]))
        if marker == _JPEG_SCAN or length < _LEAST_SEGMENT:
            return None
        at += 2 + length
    return None


def _webp(content: bytes) -> Size | None:
    """WebP (RFC 9649), 2.4 to 2.7: one of three first chunks, each with the size in its own form; not animated."""
    if not (content[:4] == b"RIFF" and content[8:12] == b"WEBP" and len(content) >= _LEAST_WEBP):
        return None
    if _little(content[4:8]) + 8 != len(content):
        return None
    match content[12:16]:
        case b"VP8X":
            return None if content[20] & 0x02 else Size(_little(content[24:27]) + 1, _little(content[27:30]) + 1)
        case b"VP8L" if content[20] == _LOSSLESS:
            bits = _little(content[21:25])
            return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 " if content[23:26] == b"\x9d\x01\x2a":
            return Size(_little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF)
    return None


def _big(digits: bytes) -> int:
    return int.from_bytes(digits, "big")


def _little(digits: bytes) -> int:
    return int.from_bytes(digits, "little")


_READERS: dict[str, Callable[[bytes], Size | None]] = {"image/png": _png, "image/jpeg": _jpeg, "image/webp": _webp}
