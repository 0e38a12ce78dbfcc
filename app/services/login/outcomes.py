"""Where a login goes on: to the provider, to the choice among accounts, to the app that waits for the person."""

from dataclasses import dataclass
from typing import Protocol

from app.domain.accounts.account import Account, AccountId
from app.domain.login.login_attempt import LoginAttempt
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.tenant import Tenant
from app.ports.repositories import Work
from app.services.sessions.sessions import Opened


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


class WaitingApp(Protocol):
    """The app that may wait for a login to end, and is answered by its transaction (docs/decisions/0030)."""

    def expected(self, return_to: str) -> ClientId | None:
        """Which app is expected where the login leads to; None if none waits there. To be asked before `answer`."""

    def answer(self, work: Work, opened: Opened, client: Client | None) -> None:
        """Within the transaction that opens the session; `client` is the app as read in it.

        Whatever is wrong with the app's request, the person is signed in.
        """
