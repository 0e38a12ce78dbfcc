"""Time-based one-time passwords (RFC 6238), and how an authenticator app gets their secret."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class QrCode:
    """Dark modules as an SVG path with lines of width 1, on a light square `size` wide, quiet zone included."""

    size: int
    path: str


class OneTimeCodes(Protocol):
    """Six digits that change every 30 seconds, by HMAC-SHA-1: every authenticator app supports this."""

    def new_secret(self) -> str:
        """160 random bits in base32."""

    def address(self, secret: str, *, issuer: str, label: str) -> str:
        """The `otpauth://` URI for apps."""

    def qr_code(self, address: str) -> QrCode: ...
    def step(self, secret: str, code: str, *, at: float, after: int) -> int | None:
        """The time step that this code belongs to: the present one or a neighbour, but later than the step `after`.

        None if it belongs to none of them. Compared in constant time.
        """
