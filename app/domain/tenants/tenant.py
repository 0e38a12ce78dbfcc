"""A customer organisation. It owns its connections, accounts and clients; tenants share nothing."""

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import PlannedSwitch, SwitchRequest
from app.domain.tenants.security_policy import NOTHING_DEMANDED, SecurityPolicy
from app.domain.text import ENGLISH, UTC_ZONE, Reader

TenantId = NewType("TenantId", str)

STAFF = "staff"
"""The reserved slug of the vendor's own tenant (docs/rules.md, rule 13)."""

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

ACCENTS = ("indigo", "blue", "teal", "green", "amber", "orange", "red", "pink", "purple", "slate")
"""The colours for a tenant's pages; each is legible in the light and the dark scheme."""


class Status(StrEnum):
    """The status of a tenant, connection, account or client."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a tenant's sessions last, in seconds."""

    idle_s: int = 8 * 3600
    """Ends after this long without a request."""
    absolute_s: int = 24 * 3600
    """Ends this long after the login in any case."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """`password_epoch` grows with every switch to `sso_only`: what came from a password before is invalid."""

    id: TenantId
    slug: str
    name: str
    policy: LoginPolicy = LoginPolicy.PASSWORD
    password_epoch: int = 1
    email_domains: tuple[str, ...] = ()
    """What the vendor set, by file or in the console: lower case, IDNA A-labels. Empty: any domain may be matched."""
    accent: str = "indigo"
    status: Status = Status.ACTIVE
    limits: SessionLimits = SessionLimits()
    security: SecurityPolicy = NOTHING_DEMANDED
    observing_since: float | None = None
    """Since when password logins record that `sso_only` would have refused them; None if they do not."""
    planned: PlannedSwitch | None = None
    requested: SwitchRequest | None = None
    language: str = ENGLISH
    """Of its pages, for browsers that ask for none that we have, and of its mails."""
    time_zone: str = UTC_ZONE
    """Of its pages, until a browser has told its own, and of its mails: a name of the IANA database."""
    logo: str = ""
    """The version of its logo (domain/tenants/logo.py), which its URL names; empty for none."""
    proven_domains: tuple[str, ...] = ()
    """What the tenant's admins added and proved by a DNS record (domain/tenants/domain_claim.py)."""

    @property
    def reader(self) -> Reader:
        """Whoever belongs to it, as long as nothing better is known about them."""
        return Reader(self.language, self.time_zone)

    def reader_of(self, language: str | None) -> Reader:
        """One of its people, whose language may be known."""
        return Reader(language or self.language, self.time_zone)

    @property
    def own_domains(self) -> tuple[str, ...]:
        """All that are known to be its own: set by the vendor, or proven."""
        return tuple(dict.fromkeys((*self.email_domains, *self.proven_domains)))

    @property
    def matched_domains(self) -> tuple[str, ...]:
        """The only domains that may be matched; empty: any. To prove one adds to a list, and never makes one."""
        return self.own_domains if self.email_domains else ()

    @property
    def version(self) -> str:
        """The version of what a form shows: it changes with any of it."""
        described = [self.name, self.email_domains, self.accent, self.status, self.language, self.time_zone]
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:16]
