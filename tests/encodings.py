"""Whether a text can be read by somebody who has no key."""

import binascii
import re
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import suppress


def reads(sealed: str, told: str) -> bool:
    """Whether `told` stands in it plainly, or under base64, hex or compression, in whole or in a part."""
    return any(told.encode() in text for text in _readings(sealed))


def _readings(sealed: str) -> Iterator[bytes]:
    yield sealed.encode()
    for part in {sealed, *re.split(r"[.|:~$]", sealed)}:
        yield from map(_unpacked, _decoded(part))


def _decoded(part: str) -> Iterator[bytes]:
    alphabet = part.translate(str.maketrans("+/", "-_")).rstrip("=")
    for skipped in range(4):  # whatever stands before it
        rest = alphabet[skipped:]
        with suppress(ValueError):
            yield urlsafe_b64decode(rest[: len(rest) - (len(rest) % 4 == 1)] + "=" * (-len(rest) % 4))
    with suppress(ValueError):
        yield binascii.unhexlify(part)


def _unpacked(text: bytes) -> bytes:
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS):
        with suppress(zlib.error):
            return zlib.decompress(text, window)
    return text
