"""The vendor's apps, API credentials, and the scopes they may have."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.adapters.sql.statements import storable, upsert
from app.adapters.sql.tables import ClientRow, ScopeRow
from app.domain.oauth2.client import Client, Grant, Scope
from app.domain.tenants.tenant import Status

COLUMNS = (
    ClientRow.client_id,
    ClientRow.name,
    ClientRow.secret_hash,
    ClientRow.redirect_uris,
    ClientRow.grants,
    ClientRow.scopes,
    ClientRow.trusted,
    ClientRow.tenant_id,
    ClientRow.status,
)

_ALL = select(*COLUMNS).order_by(ClientRow.client_id)
_ONE = select(*COLUMNS).where(ClientRow.client_id == bindparam("wanted"))
_SAVE = upsert(ClientRow, on=["client_id"])
_SCOPES = select(ScopeRow.name, ScopeRow.description).order_by(ScopeRow.name)
_SAVE_SCOPE = upsert(ScopeRow, on=["name"])


def to_domain(values: Sequence[Any]) -> Client:
    """From the values of `COLUMNS`."""
    client_id, name, secret_hash, redirect_uris, grants, scopes, trusted, tenant_id, status = values
    return Client(
        client_id=client_id,
        name=name,
        secret_hash=secret_hash,
        redirect_uris=tuple(redirect_uris),
        grants=tuple(map(Grant, grants)),
        scopes=tuple(scopes),
        trusted=trusted,
        tenant_id=tenant_id,
        status=Status(status),
    )


def from_domain(client: Client) -> Mapping[str, object]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "secret_hash": client.secret_hash,
        "redirect_uris": list(client.redirect_uris),
        "grants": [grant.value for grant in client.grants],
        "scopes": list(client.scopes),
        "trusted": client.trusted,
        "tenant_id": client.tenant_id,
        "status": client.status.value,
    }


@dataclass(frozen=True, slots=True)
class SqlClients:
    """The port `Clients`."""

    connection: Connection

    def get(self, client_id: str) -> Client | None:
        if not storable(client_id):
            return None
        row = self.connection.execute(_ONE, {"wanted": client_id}).first()
        return None if row is None else to_domain(row)

    def all(self) -> Sequence[Client]:
        return [to_domain(row) for row in self.connection.execute(_ALL)]

    def save(self, client: Client) -> None:
        self.connection.execute(_SAVE, from_domain(client))

    def scopes(self) -> Sequence[Scope]:
        rows = self.connection.execute(_SCOPES)
        return [Scope(name=name, description=description) for name, description in rows]

    def save_scope(self, scope: Scope) -> None:
        self.connection.execute(_SAVE_SCOPE, asdict(scope))
