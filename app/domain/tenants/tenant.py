"""A customer organisation. It owns connections, accounts and clients; nothing of it is ever shared."""

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import PlannedSwitch, SwitchRequest
from app.domain.tenants.security_policy import NOTHING_DEMANDED, SecurityPolicy

TenantId = NewType("TenantId", str)

STAFF = "staff"
"""The reserved slug of the vendor's own people (docs/rules.md, rule 13)."""

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

ACCENTS = ("indigo", "blue", "teal", "green", "amber", "orange", "red", "pink", "purple", "slate")
"""The colours that a tenant's pages may have; each is legible in the light and the dark scheme."""


class Status(StrEnum):
    """Of tenants, connections, accounts and clients."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session of a tenant lasts, in seconds."""

    idle_s: int = 8 * 3600
    """Ends after so long without a request."""
    absolute_s: int = 24 * 3600
    """Ends so long after the login, whatever happens."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """`password_epoch` rises with every switch to `sso_only`: what was born of a password before is dead."""

    id: TenantId
    slug: str
    name: str
    policy: LoginPolicy = LoginPolicy.PASSWORD
    password_epoch: int = 1
    email_domains: tuple[str, ...] = ()
    """Lower case, IDNA A-labels. Empty: any domain may be matched."""
    accent: str = "indigo"
    status: Status = Status.ACTIVE
    limits: SessionLimits = SessionLimits()
    security: SecurityPolicy = NOTHING_DEMANDED
    observing_since: float | None = None
    """Since when password logins record that `sso_only` would have refused them; None: they do not."""
    planned: PlannedSwitch | None = None
    requested: SwitchRequest | None = None

    @property
    def version(self) -> str:
        """Of what a form describes: another one once somebody has changed any of it."""
        described = [self.name, self.email_domains, self.accent, self.status]
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:16]
