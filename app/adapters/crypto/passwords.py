"""Passwords by argon2id (RFC 9106), a few at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

AT_ONCE = 2
WAITING = 8
WAIT_S = 3.0
RETRY_AFTER_S = 5


class Argon2Hasher:
    """The second of RFC 9106's recommended settings; see docs/decisions for what it costs."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536) -> None:
        self._argon2 = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._queue = threading.BoundedSemaphore(AT_ONCE + WAITING)
        # Verified where an account has no password: the same work, and nothing matches it.
        self._nobody = self._argon2.hash("nobody's password, verified to spend the same time")

    def hash(self, password: str) -> str:
        with self._place():
            return self._argon2.hash(_bytes(password))

    def verify(self, password: str, stored: str | None) -> bool:
        with self._place():
            return self._verify(password, stored)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Each one takes a core and 64 MiB. A flood of them must leave cores and threads to SSO logins."""
        with _place(self._queue, wait_s=0.0), _place(self._places, wait_s=WAIT_S):
            yield

    def _verify(self, password: str, stored: str | None) -> bool:
        try:
            self._argon2.verify(stored or self._nobody, _bytes(password))
        except (VerificationError, InvalidHashError, UnicodeError):
            return False
        return bool(stored)


@contextmanager
def _place(semaphore: threading.BoundedSemaphore, *, wait_s: float) -> Iterator[None]:
    if not semaphore.acquire(timeout=wait_s):
        raise SsoError(ReasonCode.THROTTLED, retry_after_s=RETRY_AFTER_S)
    try:
        yield
    finally:
        semaphore.release()


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
