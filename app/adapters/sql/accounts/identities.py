"""How people appear at providers, and which accounts they have opened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, and_, bindparam, delete, select

from app.adapters.sql.statements import insert, storable
from app.adapters.sql.tables import IdentityAccountRow, IdentityRow
from app.domain.accounts.account import AccountId
from app.domain.accounts.identity import Identity, IdentityId
from app.domain.connections.connection import ConnectionId
from app.domain.tenants.tenant import TenantId

_LINKS = and_(IdentityAccountRow.tenant_id == IdentityRow.tenant_id, IdentityAccountRow.identity_id == IdentityRow.id)
_WITH_LINKED = (
    select(
        IdentityRow.tenant_id,
        IdentityRow.id,
        IdentityRow.connection_id,
        IdentityRow.issuer,
        IdentityRow.subject,
        IdentityRow.match_value,
        IdentityAccountRow.account_id,
    )
    .outerjoin(IdentityAccountRow, _LINKS)
    .order_by(IdentityAccountRow.last_used_at.desc(), IdentityAccountRow.account_id)
)
_FIND = _WITH_LINKED.where(
    IdentityRow.connection_id == bindparam("connection"),
    IdentityRow.issuer == bindparam("by"),
    IdentityRow.subject == bindparam("whom"),
)
_ONE = _WITH_LINKED.where(IdentityRow.tenant_id == bindparam("tenant"), IdentityRow.id == bindparam("wanted"))
_OTHERS = (
    select(IdentityAccountRow.account_id, IdentityRow.subject)
    .join(IdentityRow, _LINKS)
    .where(
        IdentityAccountRow.connection_id == bindparam("connection"),
        IdentityAccountRow.issuer == bindparam("by"),
        IdentityAccountRow.account_id.in_(bindparam("accounts", expanding=True)),
        IdentityRow.subject != bindparam("whom"),
    )
)
_UNLINK = delete(IdentityAccountRow).where(
    IdentityAccountRow.identity_id == bindparam("identity"),
    IdentityAccountRow.account_id.in_(bindparam("accounts", expanding=True)),
)

_NEW = insert(IdentityRow)
# The id that was stored first stays: two first logins of one person may race, each with an id of its own.
_SAVE = _NEW.on_conflict_do_update(
    index_elements=["connection_id", "issuer", "subject"],
    set_={"match_value": _NEW.excluded.match_value, "changed_at": _NEW.excluded.changed_at},
).returning(IdentityRow.id)
_NEW_LINK = insert(IdentityAccountRow)
_LINK = _NEW_LINK.on_conflict_do_update(
    index_elements=["connection_id", "issuer", "account_id"],
    set_={"last_used_at": _NEW_LINK.excluded.last_used_at},
    where=IdentityAccountRow.identity_id == _NEW_LINK.excluded.identity_id,
).execution_options(preserve_rowcount=True)


def to_domain(rows: Sequence[Sequence[Any]]) -> Identity | None:
    """From the rows of one identity, one a linked account."""
    if not rows:
        return None
    tenant_id, id_, connection_id, issuer, subject, match_value, _ = rows[0]
    return Identity(
        id=id_,
        tenant_id=tenant_id,
        connection_id=connection_id,
        issuer=issuer,
        subject=subject,
        match_value=match_value,
        linked=tuple(row[-1] for row in rows if row[-1] is not None),
    )


def from_domain(identity: Identity, *, at: float) -> Mapping[str, object]:
    return {
        "tenant_id": identity.tenant_id,
        "id": identity.id,
        "connection_id": identity.connection_id,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "match_value": identity.match_value,
        "created_at": at,
        "changed_at": at,
    }


@dataclass(frozen=True, slots=True)
class SqlIdentities:
    """The port `Identities`."""

    connection: Connection

    def find(self, connection_id: ConnectionId, *, issuer: str, subject: str) -> Identity | None:
        if not storable(subject):
            return None
        return self._one(_FIND, {"connection": connection_id, "by": issuer, "whom": subject})

    def get(self, tenant_id: TenantId, identity_id: IdentityId) -> Identity | None:
        return self._one(_ONE, {"tenant": tenant_id, "wanted": identity_id})

    def held_by_others(
        self, connection_id: ConnectionId, accounts: Collection[AccountId], *, issuer: str, subject: str
    ) -> dict[AccountId, str]:
        if not accounts:
            return {}
        wanted = {"connection": connection_id, "by": issuer, "whom": subject, "accounts": list(accounts)}
        rows = self.connection.execute(_OTHERS, wanted)
        return {AccountId(account_id): holder for account_id, holder in rows}

    def save(self, identity: Identity, *, at: float) -> IdentityId:
        return IdentityId(self.connection.execute(_SAVE, from_domain(identity, at=at)).scalar_one())

    def link(self, identity: Identity, account_id: AccountId, *, at: float) -> bool:
        link = {
            "connection_id": identity.connection_id,
            "issuer": identity.issuer,
            "account_id": account_id,
            "tenant_id": identity.tenant_id,
            "identity_id": identity.id,
            "linked_at": at,
            "last_used_at": at,
        }
        return self.connection.execute(_LINK, link).rowcount == 1

    def unlink(self, identity_id: IdentityId, accounts: Collection[AccountId]) -> None:
        if accounts:
            self.connection.execute(_UNLINK, {"identity": identity_id, "accounts": list(accounts)})

    def _one(self, query: Executable, wanted: Mapping[str, object]) -> Identity | None:
        return to_domain(self.connection.execute(query, wanted).all())
