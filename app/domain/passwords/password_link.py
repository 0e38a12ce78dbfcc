"""A mailed link for setting a password: works once, for a limited time, and only while nothing else changes."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from app.domain.accounts.account import Account, AccountId
from app.domain.tenants.tenant import Status, Tenant, TenantId
from app.domain.text import Text


class LinkKind(StrEnum):
    """What a link is for."""

    RESET = "reset"
    """Replaces a forgotten password."""
    INVITATION = "invitation"
    """The first password of an account."""


LIFETIME_S = {LinkKind.RESET: 3600, LinkKind.INVITATION: 7 * 86_400}


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """`state` captures the account when the link was made: a new password or email makes the link invalid."""

    kind: LinkKind
    tenant_id: TenantId
    account_id: AccountId
    password_epoch: int
    state: str
    expires_at: int

    @classmethod
    def made(cls, kind: LinkKind, tenant: Tenant, account: Account, stored: str | None, *, now: float) -> Self:
        """A link for this account as it is now; `stored` is its password hash."""
        return cls(
            kind=kind,
            tenant_id=tenant.id,
            account_id=account.id,
            password_epoch=tenant.password_epoch,
            state=_state(account, stored),
            expires_at=int(now) + LIFETIME_S[kind],
        )

    def problem(self, tenant: Tenant, account: Account | None, stored: str | None, *, now: float) -> str | None:
        """Why the link is invalid, for support; None if it is valid. `tenant` is the one whose page was opened."""
        if self.tenant_id != tenant.id:
            return Text("it belongs to another tenant")
        if now >= self.expires_at:
            return Text("it is too old")
        if self.password_epoch != tenant.password_epoch:
            return Text("the tenant was switched to sso_only since it was sent")
        if account is None or account.status is not Status.ACTIVE:
            return Text("the account is not active")
        if self.state != _state(account, stored):
            return Text("it was used, or the password or the email of the account has changed since it was sent")
        return None


def fingerprint(stored: str | None) -> str:
    """Lets a password hash be compared without carrying the hash itself."""
    return hashlib.sha256((stored or "").encode()).hexdigest()


def _state(account: Account, stored: str | None) -> str:
    return fingerprint(json.dumps([stored, account.email]))
