"""What is asked about a login, in one round trip."""

from dataclasses import dataclass

from app.adapters.sql.accounts.accounts import with_subjects
from app.adapters.sql.accounts.identities import standing, standing_of
from app.adapters.sql.connections.connections import by_tenant_slug, held_with_tenant, with_tenant, workspace_of
from app.adapters.sql.executor import Executor
from app.adapters.sql.login.attempts import consume
from app.adapters.sql.oauth2.clients import with_id
from app.adapters.sql.statements import storable
from app.domain.accounts.identity import ExternalIdentity
from app.domain.connections.connection import Connection
from app.domain.login.login_attempt import LoginAttempt
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.tenant import Tenant
from app.ports.logins import LoginFacts, Workspace


@dataclass(frozen=True, slots=True)
class SqlLogins:
    """The port `Logins`."""

    sql: Executor

    def for_app(self, client_id: str, slug: str) -> tuple[Client | None, Workspace | None]:
        if not storable(client_id) or not storable(slug):
            return None, None
        clients, rows = self.sql.together(with_id(client_id), by_tenant_slug(slug))
        return (clients[0] if clients else None), workspace_of(rows)

    def claim(self, attempt: LoginAttempt) -> tuple[tuple[Connection, Tenant] | None, bool]:
        found, consumed = self.sql.together(
            with_tenant(attempt.connection_id), consume(attempt.id, expires_at=attempt.expires_at)
        )
        return (found[0] if found else None), bool(consumed)

    def facts(
        self,
        checked: Connection,
        external: ExternalIdentity,
        value: str | None,
        *,
        began_at: float,
        client_id: ClientId | None = None,
    ) -> LoginFacts | None:
        tenant_id, by, issuer = checked.tenant_id, checked.provider.match_by, external.issuer
        # One after the other, not as one query: who had to wait for the tenant sees what was committed meanwhile.
        held, known, found, *apps = self.sql.together(
            held_with_tenant(checked.id),
            standing(
                tenant_id, checked.id, issuer=issuer, subject=external.subject, sid=external.sid, began_at=began_at
            ),
            with_subjects(tenant_id, by, value, connection_id=checked.id, issuer=issuer),
            *([with_id(client_id)] if client_id else []),
        )
        if not held:
            return None
        connection, tenant = held[0]
        client = apps[0][0] if apps and apps[0] else None
        return LoginFacts(connection, tenant, standing_of(known), found, client)
