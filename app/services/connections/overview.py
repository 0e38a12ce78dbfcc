"""A tenant's connections as their pages show them: with drafts, and when somebody last signed in through each."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.connections.connection import Connection, ConnectionId
from app.domain.connections.draft import Draft, DraftKind
from app.domain.errors import NotFound
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from app.domain.traces.activity import Ended, LoginFilter
from app.ports.repositories import Database, Work


@dataclass(frozen=True, slots=True)
class ConnectionAtAGlance:
    """`last_login_at` is that of the newest trace of a login that succeeded; None if there is none any more.

    A test that passed is no login.
    """

    connection: Connection
    draft: Draft | None
    last_login_at: float | None

    @property
    def being_set_up(self) -> bool:
        """It has never been active."""
        return self.draft is not None and self.draft.kind is DraftKind.NEW

    @property
    def settings(self) -> Connection:
        """Those that count; while it is being set up, its draft's."""
        return self.draft.settings if self.draft is not None and self.being_set_up else self.connection

    @property
    def has_next_secret(self) -> bool:
        """The connection, or the draft beside it."""
        drafted = self.draft is not None and self.draft.settings.next_client_secret is not None
        return drafted or self.connection.next_client_secret is not None


@dataclass(frozen=True, slots=True)
class ConnectionOverview:
    """Read-only. Another tenant's connection is not found."""

    database: Database

    def of_tenant(self, tenant: Tenant) -> Sequence[ConnectionAtAGlance]:
        """By name."""
        with self.database.read() as work:
            drafts = {draft.id: draft for draft in work.connection_drafts.of_tenant(tenant.id)}
            return [_at_a_glance(work, one, drafts.get(one.id)) for one in work.connections.of_tenant(tenant.id)]

    def one(self, tenant: Tenant, connection_id: ConnectionId) -> ConnectionAtAGlance:
        """Raises NotFound."""
        with self.database.read() as work:
            connection = work.connections.get(tenant.id, connection_id)
            if connection is None:
                raise NotFound("connection", connection_id)
            return _at_a_glance(work, connection, work.connection_drafts.get(tenant.id, connection_id))


def _at_a_glance(work: Work, connection: Connection, draft: Draft | None) -> ConnectionAtAGlance:
    wanted = LoginFilter(ended=Ended.SIGNED_IN, method=Method.SSO, connection=connection.name)
    newest = work.login_activity.page(connection.tenant_id, wanted, most=1)
    return ConnectionAtAGlance(connection, draft, newest[0].at if newest else None)
