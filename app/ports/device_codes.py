"""Storage for devices that wait to be signed in."""

from typing import Protocol

from app.domain.oauth2.authorization import AuthorizationId, TokenHash
from app.domain.oauth2.device_code import DeviceCode


class DeviceCodes(Protocol):
    """Found by secrets only: the device by the hash of its code, the person by what the device shows."""

    def add(self, code: DeviceCode) -> bool:
        """False if another device shows the same user code."""

    def get(self, device_hash: TokenHash) -> DeviceCode | None: ...
    def waiting(self, user_code: str, *, now: float) -> DeviceCode | None:
        """The one that shows this code, has not expired and has not been answered."""

    def approve(self, device_hash: TokenHash, authorization_id: AuthorizationId) -> bool:
        """False if somebody has answered already, even in a race."""

    def deny(self, device_hash: TokenHash) -> bool:
        """The same."""

    def polled(self, device_hash: TokenHash, *, at: float, interval_s: int) -> None: ...
    def redeem(self, device_hash: TokenHash) -> bool:
        """True once, after it was approved; False otherwise, even in a race."""
