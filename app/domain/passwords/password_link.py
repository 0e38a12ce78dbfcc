"""A link by which a person sets a password: mailed, good once and for a while, and only as long as nothing changes."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from app.domain.accounts.account import Account, AccountId
from app.domain.tenants.tenant import Status, Tenant, TenantId


class LinkKind(StrEnum):
    """What a link is for."""

    RESET = "reset"
    """Instead of a password that is forgotten."""
    INVITATION = "invitation"
    """The first password of an account."""


LIFETIME_S = {LinkKind.RESET: 3600, LinkKind.INVITATION: 7 * 86_400}


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """`state` is what the account was like when the link was made: it dies of any change of password or email."""

    kind: LinkKind
    tenant_id: TenantId
    account_id: AccountId
    password_epoch: int
    state: str
    expires_at: int

    @classmethod
    def made(cls, kind: LinkKind, tenant: Tenant, account: Account, stored: str | None, *, now: float) -> Self:
        """For this account as it is now; `stored` is its password hash."""
        return cls(
            kind=kind,
            tenant_id=tenant.id,
            account_id=account.id,
            password_epoch=tenant.password_epoch,
            state=_state(account, stored),
            expires_at=int(now) + LIFETIME_S[kind],
        )

    def problem(self, tenant: Tenant, account: Account | None, stored: str | None, *, now: float) -> str | None:
        """Why it opens nothing, for support, or None. `tenant` is whose page it was opened on."""
        if self.tenant_id != tenant.id:
            return "it belongs to another tenant"
        if now >= self.expires_at:
            return "it is too old"
        if self.password_epoch != tenant.password_epoch:
            return "the tenant was switched to sso_only since it was sent"
        if account is None or account.status is not Status.ACTIVE:
            return "the account is not active"
        if self.state != _state(account, stored):
            return "it was used, or the password or the email of the account has changed since it was sent"
        return None


def fingerprint(stored: str | None) -> str:
    """By which a password hash is compared without being carried about."""
    return hashlib.sha256((stored or "").encode()).hexdigest()


def _state(account: Account, stored: str | None) -> str:
    return fingerprint(json.dumps([stored, account.email]))
