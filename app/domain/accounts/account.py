"""A person's login here. Several accounts may share an email; one person may have several accounts."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.domain.tenants.tenant import Status, TenantId

AccountId = NewType("AccountId", str)


class Role(StrEnum):
    """What an account may do. The last two exist in the tenant `staff` only."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    TENANT_ADMIN = "tenant_admin"
    SUPPORT = "support"
    OPERATOR = "operator"


TENANT_ROLES = (Role.AGENT, Role.SUPERVISOR, Role.TENANT_ADMIN)
STAFF_ROLES = (Role.SUPPORT, Role.OPERATOR)

_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def ascii_lower(text: str) -> str:
    """Lower-case A to Z only: Unicode folding would make different names equal (`K` and the Kelvin sign)."""
    return text.translate(_ASCII_LOWER)


@dataclass(frozen=True, slots=True)
class Account:
    """Does not hold the password hash, which is read only where it is verified."""

    id: AccountId
    tenant_id: TenantId
    username: str
    """Unique in the tenant without regard to ASCII case."""
    name: str = ""
    email: str | None = None
    roles: tuple[Role, ...] = (Role.AGENT,)
    external_id: str | None = None
    status: Status = Status.ACTIVE
    last_login_at: float | None = None
    last_sso_at: float | None = None
    """When the tenant's provider last led to this account, by a login or by a check without one."""
    last_password_at: float | None = None
    language: str | None = None
    """The tag of the language that the person wished for at the last login; None if no wish is known."""

    @property
    def version(self) -> str:
        """The version of what a form shows: it changes with any of it."""
        shown = [self.username, self.name, self.email, self.roles, self.external_id, self.status]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]
