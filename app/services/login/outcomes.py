"""What the steps of a login hand to the page that asked: where to go, or whom to choose from."""

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
    """More than one account: the person chooses, within five minutes, in the same browser."""

    tenant: Tenant
    connection: str
    accounts: tuple[Account, ...]
    last: AccountId | None
    """The account chosen last time: it stands first."""
    email: str | None
    """As the provider sent it."""
    ticket: str
