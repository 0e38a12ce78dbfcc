"""Passwords by argon2id (RFC 9106)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_NOBODYS_SALT, _NOBODYS_HASH = "A" * 22, "A" * 43
"""16 and 32 zero bytes in base64. Verified if an account has no password: the same work, and nothing matches."""


class Argon2Hasher:
    """The second of RFC 9106's recommended settings; see docs/decisions for what it costs."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536) -> None:
        self._argon2 = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._nobody = f"$argon2id$v=19$m={memory_kib},t={time_cost},p=1${_NOBODYS_SALT}${_NOBODYS_HASH}"

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
