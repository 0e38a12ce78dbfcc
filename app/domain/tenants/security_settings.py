"""A tenant's login requirements, in the names and units that people use: one set of rules for files and forms."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from app.domain.errors import Detail
from app.domain.tenants.security_policy import (
    ABSOLUTE_MINUTES,
    IDLE_MINUTES,
    MOST_NETWORKS,
    NOTHING_DEMANDED,
    OF_STAFF,
    THROTTLE_FAILURES,
    THROTTLE_MINUTES,
    SecurityPolicy,
    Throttling,
    TotpRule,
    network,
    network_problem,
)
from app.domain.tenants.tenant import STAFF, SessionLimits, Tenant
from app.domain.text import Text

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class TenantSecuritySettings:
    """The keys of a `[[tenants]]` entry; `allowed_networks` as typed or as stored."""

    allowed_networks: tuple[str, ...]
    session_idle_minutes: int
    session_absolute_minutes: int
    totp: TotpRule
    throttle_failures: int
    throttle_minutes: int
    shared_desk: bool

    @classmethod
    def of(cls, security: SecurityPolicy, limits: SessionLimits) -> "TenantSecuritySettings":
        return cls(
            allowed_networks=security.networks,
            session_idle_minutes=limits.idle_s // MINUTE_S,
            session_absolute_minutes=limits.absolute_s // MINUTE_S,
            totp=security.totp,
            throttle_failures=security.throttling.failures,
            throttle_minutes=security.throttling.window_s // MINUTE_S,
            shared_desk=security.shared_desk,
        )

    @classmethod
    def of_tenant(cls, tenant: Tenant) -> "TenantSecuritySettings":
        return cls.of(tenant.security, tenant.limits)

    def made_by(self, tenant: Tenant) -> Tenant:
        """`tenant` with these settings, which must have no problems; an unchanged tenant if they are its own."""
        if self == TenantSecuritySettings.of_tenant(tenant):
            return tenant
        return replace(
            tenant,
            security=SecurityPolicy(
                networks=tuple(dict.fromkeys(map(network, self.allowed_networks))),
                totp=self.totp,
                throttling=Throttling(failures=self.throttle_failures, window_s=self.throttle_minutes * MINUTE_S),
                shared_desk=self.shared_desk,
            ),
            limits=SessionLimits(
                idle_s=self.session_idle_minutes * MINUTE_S, absolute_s=self.session_absolute_minutes * MINUTE_S
            ),
        )

    def problems(self) -> Iterator[tuple[str, str]]:
        """Pairs of a key and what is wrong with it, in words that follow its name."""
        if len(self.allowed_networks) > MOST_NETWORKS:
            yield (
                "allowed_networks",
                Text("must not have more than %(most_networks)s entries", most_networks=str(MOST_NETWORKS)),
            )
        for place, text in enumerate(self.allowed_networks[:MOST_NETWORKS]):
            if problem := network_problem(text):
                yield f"allowed_networks[{place}]", problem
        ranges = {
            "session_idle_minutes": IDLE_MINUTES,
            "session_absolute_minutes": ABSOLUTE_MINUTES,
            "throttle_failures": THROTTLE_FAILURES,
            "throttle_minutes": THROTTLE_MINUTES,
        }
        for key, allowed in ranges.items():
            if getattr(self, key) not in allowed:
                yield (
                    key,
                    Text("must be between %(value)s and %(value2)s", value=str(allowed[0]), value2=str(allowed[-1])),
                )
        if self.session_idle_minutes > self.session_absolute_minutes:
            yield "session_idle_minutes", Text("must not be longer than the total limit (session_absolute_minutes)")

    def shown(self) -> dict[str, Detail]:
        """The form in which plans and audit entries show them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**values, "allowed_networks": list(self.allowed_networks), "totp": self.totp.value}

    @property
    def version(self) -> str:
        """Changes with the values: a form loaded before a change must not undo it."""
        return hashlib.sha256(json.dumps(self.shown(), sort_keys=True).encode()).hexdigest()[:16]


def usual_demands(slug: str) -> TenantSecuritySettings:
    """A new tenant's settings, which also stand for the keys that a file leaves out."""
    return TenantSecuritySettings.of(OF_STAFF if slug == STAFF else NOTHING_DEMANDED, SessionLimits())
