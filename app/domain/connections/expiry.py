"""When a connection stops working by itself: its client secret and its client certificate have a last day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.domain.connections.connection import SECRET_AUTH, Connection

WARN_DAYS = (30, 14, 3)
"""How many days ahead people are warned."""
DAY_S = 86_400


class Credential(StrEnum):
    """What expires."""

    CLIENT_SECRET = "client_secret"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Expiry:
    """`at` in Unix seconds. `days_left` is rounded down, and negative once it has expired."""

    credential: Credential
    at: float
    days_left: int
    replaced: bool = False
    """Its successor is stored already, and takes its place by itself."""

    @property
    def warning(self) -> int | None:
        """The last of `WARN_DAYS` that has been reached; None while there is time."""
        return min((days for days in WARN_DAYS if self.days_left < days), default=None)


def expiries(connection: Connection, *, now: float) -> Sequence[Expiry]:
    """Soonest first. A day counts from its beginning (UTC): the provider may be in another time zone."""
    found = []
    by_secret = connection.provider.client_auth in SECRET_AUTH
    if connection.client_secret_expires and connection.client_secret is not None and by_secret:
        at = datetime.fromisoformat(connection.client_secret_expires).replace(tzinfo=UTC).timestamp()
        replaced = connection.next_client_secret is not None
        found.append(Expiry(Credential.CLIENT_SECRET, at, _days(at, now), replaced))
    if connection.certificate_expires_at is not None and connection.certificate is not None:
        at = connection.certificate_expires_at
        found.append(Expiry(Credential.CERTIFICATE, at, _days(at, now)))
    return sorted(found, key=lambda expiry: expiry.at)


def _days(at: float, now: float) -> int:
    return int((at - now) // DAY_S)
