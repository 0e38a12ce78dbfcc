"""Browsers in which someone has signed in with a password before, so that others cannot lock that person out.

As described by OWASP ("Slow down online guessing attacks with device cookies"). The cookie grants nothing: policy,
password and code are checked as always. It only gives the person a count of their own.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.accounts.account import ascii_lower
from app.domain.tenants.tenant import Tenant
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock, Randomness

PURPOSE = "device"
KEPT_S = 90 * 24 * 3600
NAMES_MOST = 8
"""People who share one computer; the one who signed in longest ago is dropped."""


class _Known(NamedTuple):
    name: str
    """A hash of tenant and username."""
    device: str
    until: float


@dataclass(frozen=True, slots=True)
class Devices:
    """Reads and writes the cookie."""

    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def of(self, cookie: str | None, tenant: Tenant, username: str) -> str:
        """The key for counting this browser's guesses at `username`; empty for an unknown browser."""
        wanted = _name(tenant, username)
        return next((known.device for known in self._known(cookie) if known.name == wanted), "")

    def remembering(self, cookie: str | None, tenant: Tenant, username: str) -> str:
        """The cookie after a login. It gets a new key, so that a thief of the old one cannot lock the person out."""
        name = _name(tenant, username)
        others = [known for known in self._known(cookie) if known.name != name]
        newest = _Known(name, self.randomness.short_id(), self.clock.now() + KEPT_S)
        return self.sealer.seal(json.dumps([newest, *others][:NAMES_MOST]).encode(), purpose=PURPOSE)

    def _known(self, cookie: str | None) -> list[_Known]:
        try:
            rows = json.loads(self.sealer.open(cookie or "", purpose=PURPOSE))
        except SealBroken:
            return []
        return [known for known in (_Known(*row) for row in rows) if known.until > self.clock.now()]


def _name(tenant: Tenant, username: str) -> str:
    return hashlib.sha256(f"{tenant.id}/{ascii_lower(username)}".encode("utf-8", "replace")).hexdigest()[:32]
