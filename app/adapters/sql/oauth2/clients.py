"""The vendor's apps, API credentials, and the scopes they may have."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from app.adapters.sql.executor import Executor, Query
from app.adapters.sql.oauth2.rows import ClientRow, ScopeRow
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import storable, upsert
from app.domain.oauth2.client import Client, ClientId, Scope
from app.domain.tenants.tenant import TenantId

CLIENT = RowMapper(Client, ClientRow, as_text=("redirect_uris", "grants", "scopes", "post_logout_redirect_uris"))
SCOPE = RowMapper(Scope, ScopeRow)

_ALL = select(*CLIENT.columns).order_by(ClientRow.client_id)
_ONE = select(*CLIENT.columns).where(ClientRow.client_id == bindparam("wanted"))
_BY_NAME = select(*CLIENT.columns).order_by(ClientRow.name, ClientRow.client_id)
OF_TENANT = _BY_NAME.where(ClientRow.tenant_id == bindparam("tenant"))
_OF_NO_TENANT = _BY_NAME.where(ClientRow.tenant_id.is_(None))
_SAVE = upsert(ClientRow, on=["client_id"], never=["last_used_at"])
_USED = update(ClientRow).where(ClientRow.client_id == bindparam("wanted")).values(last_used_at=bindparam("at"))
_SCOPES = select(*SCOPE.columns).order_by(ScopeRow.name)
_SAVE_SCOPE = upsert(ScopeRow, on=["name"])


def with_id(client_id: str) -> Query[Client]:
    """To be asked with others."""
    return Query(_ONE, CLIENT.to_domain, {"wanted": client_id})


@dataclass(frozen=True, slots=True)
class SqlClients:
    """The port `Clients`."""

    sql: Executor

    def get(self, client_id: str) -> Client | None:
        return self.sql.first(_ONE, CLIENT.to_domain, wanted=client_id) if storable(client_id) else None

    def all(self) -> Sequence[Client]:
        return self.sql.all(_ALL, CLIENT.to_domain)

    def of_owner(self, tenant_id: TenantId | None) -> Sequence[Client]:
        if tenant_id is None:
            return self.sql.all(_OF_NO_TENANT, CLIENT.to_domain)
        return self.sql.all(OF_TENANT, CLIENT.to_domain, tenant=tenant_id)

    def save(self, client: Client) -> None:
        self.sql.changed(_SAVE, **CLIENT.from_domain(client))

    def used(self, client_id: ClientId, *, at: float) -> None:
        self.sql.send(_USED, wanted=client_id, at=at)

    def scopes(self) -> Sequence[Scope]:
        return self.sql.all(_SCOPES, SCOPE.to_domain)

    def save_scope(self, scope: Scope) -> None:
        self.sql.changed(_SAVE_SCOPE, **SCOPE.from_domain(scope))
