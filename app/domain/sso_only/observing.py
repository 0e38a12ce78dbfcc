"""Observe mode: nothing changes for a tenant, but it sees what `sso_only` would refuse and whom its provider finds."""

from urllib.parse import urlencode

from app.domain.accounts.account import Account
from app.domain.errors import Detail
from app.domain.tenants.login_policy import LoginPolicy, Method, refusal
from app.domain.tenants.tenant import Tenant

TRY_SSO = "/account/try-sso"
"""Where someone who uses a password checks whether OAuth Login finds the same account."""


def observed(tenant: Tenant, method: Method) -> dict[str, Detail]:
    """What to add to the trace of a login that opens a session: whether `sso_only` would have refused it."""
    code = refusal(LoginPolicy.SSO_ONLY, method) if tenant.observing_since is not None else None
    return {} if code is None else {"would_be_refused": code.value}


def unproven(tenant: Tenant, account: Account) -> bool:
    """Whether, since observe mode began, the provider has never been seen to lead to this account."""
    if tenant.observing_since is None:
        return False
    return account.last_sso_at is None or account.last_sso_at < tenant.observing_since


def after_password_login(tenant: Tenant, account: Account, return_to: str) -> str:
    """Where a password login leads: through an offer to try OAuth Login, if this account has not yet."""
    return f"{TRY_SSO}?{urlencode({'next': return_to})}" if unproven(tenant, account) else return_to
