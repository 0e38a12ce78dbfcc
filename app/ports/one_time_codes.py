"""Time-based one-time passwords (RFC 6238), and how an authenticator app learns their secret."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class QrCode:
    """Dark modules as lines of width 1, an SVG path, on a light square `size` wide: its quiet zone is part of it."""

    size: int
    path: str


class OneTimeCodes(Protocol):
    """Six digits that change every 30 seconds, by HMAC-SHA-1: what every authenticator app can do."""

    def new_secret(self) -> str:
        """160 random bits in base32."""

    def address(self, secret: str, *, issuer: str, label: str) -> str:
        """An `otpauth://` address that apps read."""

    def qr_code(self, address: str) -> QrCode: ...
    def step(self, secret: str, code: str, *, at: float, after: int) -> int | None:
        """The time step whose code this is: the present one or a neighbour of it, later than the step `after`.

        None where it is none of them. Compared in constant time.
        """
