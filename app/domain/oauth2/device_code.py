"""Signing in a device without a browser (RFC 8628)."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.oauth2.authorization import AuthorizationId, TokenHash
from app.domain.oauth2.client import ClientId

DEVICE_CODE_S = 600
POLL_EVERY_S = 5


class DeviceState(StrEnum):
    """What the person has said."""

    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """`user_code` as stored: upper case, without its hyphen."""

    device_hash: TokenHash
    user_code: str
    client_id: ClientId
    scopes: tuple[str, ...]
    asked_from: str
    """The device's address, which the person is shown."""
    made_at: float
    expires_at: float
    interval_s: int = POLL_EVERY_S
    state: DeviceState = DeviceState.WAITING
    polled_at: float | None = None
    authorization_id: AuthorizationId | None = None
