"""What decides who is signed in when somebody comes back from their provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.accounts.account import Account
from app.domain.accounts.identity import ExternalIdentity, Standing
from app.domain.connections.connection import Connection
from app.domain.login.login_attempt import LoginAttempt
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.tenant import Tenant

Workspace = tuple[Tenant, Sequence[Connection]]
"""As `Connections.by_tenant_slug` finds it."""


@dataclass(frozen=True, slots=True)
class LoginFacts:
    """Everything that is stored about one login, as it is while its tenant is held."""

    connection: Connection
    tenant: Tenant
    standing: Standing
    with_value: Sequence[tuple[Account, str | None]]
    """As `Accounts.with_subjects` finds them."""
    client: Client | None = None
    """The app that the login leads to, if there is one."""


class Logins(Protocol):
    """Several questions in one round trip."""

    def for_app(self, client_id: str, slug: str) -> tuple[Client | None, Workspace | None]:
        """`Clients.get` and `Connections.by_tenant_slug`."""

    def claim(self, attempt: LoginAttempt) -> tuple[tuple[Connection, Tenant] | None, bool]:
        """`Connections.with_tenant`, and `Attempts.consume`: whether this is the first answer. For `write_once`."""

    def facts(
        self,
        checked: Connection,
        external: ExternalIdentity,
        value: str | None,
        *,
        began_at: float,
        client_id: ClientId | None = None,
    ) -> LoginFacts | None:
        """The connection with its tenant, held as by `Tenants.hold`, and what is true once it is.

        As `Identities.standing`, `Accounts.with_subjects` and `Clients.get` say it.
        `checked` is the connection as it was before, `value` what it matches by (None, if nothing came, is nobody's).
        None if the connection is gone.
        """
