"""What the steps of a login return to the page: where to redirect, or which accounts to choose from."""

from dataclasses import dataclass

from app.domain.accounts.account import Account, AccountId
from app.domain.login.login_attempt import LoginAttempt
from app.domain.tenants.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Begun:
    """Send the browser to `url`; keep `sealed` in a cookie named after the attempt."""

    url: str
    attempt: LoginAttempt
    sealed: str


@dataclass(frozen=True, slots=True)
class Choice:
    """More than one account: the person must choose within five minutes, in the same browser."""

    tenant: Tenant
    connection: str
    accounts: tuple[Account, ...]
    last: AccountId | None
    """The account chosen last time, listed first."""
    email: str | None
    """As the provider sent it."""
    ticket: str
