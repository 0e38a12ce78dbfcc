"""Browsers that somebody has signed in with by a password before, so that strangers cannot keep that person out.

As OWASP describes it ("Slow down online guessing attacks with device cookies"). The cookie opens nothing and says
nothing of its own: policy, password and code are asked for as ever. Whoever comes with it is counted by themselves.
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
"""Of people at one desk; who signed in longest ago is a stranger again."""


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
        """Under which name this browser's guesses at `username` are counted; empty: like any stranger's."""
        wanted = _name(tenant, username)
        return next((known.device for known in self._known(cookie) if known.name == wanted), "")

    def remembering(self, cookie: str | None, tenant: Tenant, username: str) -> str:
        """The cookie after a login. Counted under a new name: whoever has stolen the old one keeps nobody out."""
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
