"""The machine's clock and randomness."""

import base64
import secrets
import time

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class SystemClock:
    """The real time."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


class SystemRandomness:
    """The operating system's generator."""

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def short_id(self) -> str:
        return base64.b32encode(secrets.token_bytes(10)).decode().lower()

    def reference(self) -> str:
        number = secrets.randbits(50)
        letters = "".join(CROCKFORD[(number >> shift) & 31] for shift in range(45, -1, -5))
        return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
