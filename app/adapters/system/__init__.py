"""The machine's clock and randomness."""

import secrets
import time

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


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
        return "".join(secrets.choice(_BASE32) for _ in range(16))

    def reference(self) -> str:
        letters = "".join(secrets.choice(CROCKFORD) for _ in range(10))
        return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
