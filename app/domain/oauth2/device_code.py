"""Signing in a device without a browser (RFC 8628)."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from app.domain.oauth2.authorization import AuthorizationId, TokenHash
from app.domain.oauth2.client import ClientId

DEVICE_CODE_S = 600
POLL_EVERY_S = 5
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Section 6.1: no vowels, so that no words come out; nothing that looks like a digit."""
LENGTH = 8
_HALF = LENGTH // 2


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


def user_code(secret: str) -> str:
    """What the person types, made from a random secret of at least 128 bits: 25,600,000,000 possible ones."""
    number = int.from_bytes(hashlib.sha256(secret.encode()).digest())
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def shown(code: str) -> str:
    """With a hyphen, for reading and comparing: `WDJB-MJHT`."""
    return f"{code[:_HALF]}-{code[_HALF:]}"


def typed(text: str) -> str | None:
    """As stored, from what a person has typed in whatever way; None if it cannot be one."""
    code = "".join(one for one in text.upper() if one not in " -\u2010\u2011\u2013\u00a0.")
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else None
