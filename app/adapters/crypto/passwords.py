"""Passwords by argon2id (RFC 9106)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Hasher:
    """The second of RFC 9106's recommended settings; see docs/decisions for what it costs."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536) -> None:
        self._argon2 = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        # Verified where an account has no password: the same work, and nothing matches it.
        self._nobody = self._argon2.hash("nobody's password, verified to spend the same time")

    def hash(self, password: str) -> str:
        return self._argon2.hash(_bytes(password))

    def verify(self, password: str, stored: str | None) -> bool:
        try:
            self._argon2.verify(stored or self._nobody, _bytes(password))
        except (VerificationError, InvalidHashError, UnicodeError):
            return False
        return bool(stored)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
