"""How people appear at providers, and which accounts they have opened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, bindparam, delete, exists, literal_column, select, update

from app.adapters.sql.accounts.held import HeldLoginRow
from app.adapters.sql.executor import Executor, Query, Row, Statement
from app.adapters.sql.live import logout_keys, signed_out_since
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import among, insert, storable
from app.adapters.sql.tables import IdentityAccountRow, IdentityRow
from app.domain.accounts.account import AccountId
from app.domain.accounts.identity import Identity, IdentityId, LinkedIdentity, Standing
from app.domain.connections.connection import ConnectionId
from app.domain.tenants.tenant import TenantId

IDENTITY = RowMapper(Identity, IdentityRow)

_LINKS = and_(IdentityAccountRow.tenant_id == IdentityRow.tenant_id, IdentityAccountRow.identity_id == IdentityRow.id)
_WITH_LINKED = (
    select(*IDENTITY.columns, IdentityAccountRow.account_id)
    .outerjoin(IdentityAccountRow, _LINKS)
    .order_by(IdentityAccountRow.last_used_at.desc(), IdentityAccountRow.account_id)
)
_FIND = _WITH_LINKED.where(
    IdentityRow.connection_id == bindparam("connection"),
    IdentityRow.issuer == bindparam("by"),
    IdentityRow.subject == bindparam("whom"),
)
# From a row that always exists: what stops a login is told of an unknown subject as well.
_ALWAYS = select(literal_column("1").label("always")).subquery("always")
_STANDING = (
    select(
        exists().where(
            HeldLoginRow.tenant_id == bindparam("tenant"),
            HeldLoginRow.issuer == bindparam("by"),
            HeldLoginRow.subject == bindparam("whom"),
        ),
        signed_out_since(),
        *IDENTITY.columns,
        IdentityAccountRow.account_id,
    )
    .select_from(_ALWAYS)
    .outerjoin(
        IdentityRow,
        and_(
            IdentityRow.connection_id == bindparam("connection"),
            IdentityRow.issuer == bindparam("by"),
            IdentityRow.subject == bindparam("whom"),
        ),
    )
    .outerjoin(IdentityAccountRow, _LINKS)
    .order_by(IdentityAccountRow.last_used_at.desc(), IdentityAccountRow.account_id)
)
_ONE = _WITH_LINKED.where(IdentityRow.tenant_id == bindparam("tenant"), IdentityRow.id == bindparam("wanted"))
_OTHERS = (
    select(IdentityAccountRow.account_id, IdentityRow.subject)
    .join(IdentityRow, _LINKS)
    .where(
        IdentityAccountRow.connection_id == bindparam("connection"),
        IdentityAccountRow.issuer == bindparam("by"),
        among(IdentityAccountRow.account_id, "accounts"),
        IdentityRow.subject != bindparam("whom"),
    )
)
_HOLDERS = (
    select(
        IdentityAccountRow.connection_id, IdentityAccountRow.issuer, IdentityAccountRow.account_id, IdentityRow.subject
    )
    .join(IdentityRow, _LINKS)
    .where(among(IdentityAccountRow.connection_id, "connections"), among(IdentityAccountRow.account_id, "accounts"))
)
_OF_ACCOUNT = (
    select(IdentityAccountRow.linked_at, IdentityAccountRow.last_used_at, *IDENTITY.columns)
    .join(IdentityRow, _LINKS)
    .where(IdentityAccountRow.tenant_id == bindparam("tenant"), IdentityAccountRow.account_id == bindparam("wanted"))
    .order_by(IdentityAccountRow.last_used_at.desc(), IdentityRow.id)
)
_UNLINK = delete(IdentityAccountRow).where(
    IdentityAccountRow.identity_id == bindparam("identity"),
    among(IdentityAccountRow.account_id, "accounts"),
)

_NEW = insert(IdentityRow)
# The id stored first stays: two first logins of one person may race, each with its own id.
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
_USED = (
    update(IdentityAccountRow)
    .where(
        IdentityAccountRow.connection_id == bindparam("connection"),
        IdentityAccountRow.issuer == bindparam("by"),
        IdentityAccountRow.account_id == bindparam("account"),
        IdentityAccountRow.identity_id == bindparam("identity"),
    )
    .values(last_used_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class SqlIdentities:
    """The port `Identities`."""

    sql: Executor

    def find(self, connection_id: ConnectionId, *, issuer: str, subject: str) -> Identity | None:
        if not storable(subject):
            return None
        return self._one(_FIND, connection=connection_id, by=issuer, whom=subject)

    def standing(
        self,
        tenant_id: TenantId,
        connection_id: ConnectionId,
        *,
        issuer: str,
        subject: str,
        sid: str | None,
        began_at: float,
    ) -> Standing:
        asked = standing(tenant_id, connection_id, issuer=issuer, subject=subject, sid=sid, began_at=began_at)
        (rows,) = self.sql.together(asked)
        return standing_of(rows)

    def get(self, tenant_id: TenantId, identity_id: IdentityId) -> Identity | None:
        return self._one(_ONE, tenant=tenant_id, wanted=identity_id)

    def held_by_others(
        self, connection_id: ConnectionId, accounts: Collection[AccountId], *, issuer: str, subject: str
    ) -> dict[AccountId, str]:
        if not accounts:
            return {}
        wanted = {"connection": connection_id, "by": issuer, "whom": subject, "accounts": list(accounts)}
        return {AccountId(account_id): holder for account_id, holder in self.sql.all(_OTHERS, tuple, **wanted)}

    def holders(
        self, connections: Collection[ConnectionId], accounts: Collection[AccountId]
    ) -> Mapping[tuple[ConnectionId, str, AccountId], str]:
        found = self.sql.all(_HOLDERS, tuple, connections=list(connections), accounts=list(accounts))
        return {(connection_id, issuer, account_id): subject for connection_id, issuer, account_id, subject in found}

    def of_account(self, tenant_id: TenantId, account_id: AccountId) -> Sequence[LinkedIdentity]:
        if not storable(account_id):
            return []
        rows = self.sql.all(_OF_ACCOUNT, tuple, tenant=tenant_id, wanted=account_id)
        return [LinkedIdentity(IDENTITY.to_domain(row[2:]), row[0], row[1]) for row in rows]

    def save(self, identity: Identity, *, at: float) -> IdentityId:
        return IdentityId(self.sql.value(_SAVE, **IDENTITY.from_domain(identity), created_at=at, changed_at=at))

    def link(self, identity: Identity, account_id: AccountId, *, at: float) -> bool:
        linked = self.sql.changed(
            _LINK,
            connection_id=identity.connection_id,
            issuer=identity.issuer,
            account_id=account_id,
            tenant_id=identity.tenant_id,
            identity_id=identity.id,
            linked_at=at,
            last_used_at=at,
        )
        return linked == 1

    def used(self, identity: Identity, account_id: AccountId, *, at: float) -> None:
        link = {"connection": identity.connection_id, "by": identity.issuer, "account": account_id}
        self.sql.send(_USED, **link, identity=identity.id, at=at)

    def unlink(self, identity_id: IdentityId, accounts: Collection[AccountId]) -> None:
        if accounts:
            self.sql.changed(_UNLINK, identity=identity_id, accounts=list(accounts))

    def _one(self, query: Statement, **wanted: object) -> Identity | None:
        rows = self.sql.all(query, tuple, **wanted)
        return _identity(rows) if rows else None


def standing(
    tenant_id: TenantId, connection_id: ConnectionId, *, issuer: str, subject: str, sid: str | None, began_at: float
) -> Query[Row]:
    return Query(
        _STANDING,
        tuple,
        {
            "tenant": tenant_id,
            "connection": connection_id,
            "by": issuer,
            "whom": subject if storable(subject) else "",  # nobody's: what no database can hold is not stored
            "logouts": logout_keys(connection_id, issuer, sid=sid, subject=subject),
            "began_at": began_at,
        },
    )


def standing_of(rows: Sequence[Row]) -> Standing:
    """From what `standing` returns."""
    was_held, signed_out, *known = rows[0]
    identity = None if known[0] is None else _identity([row[2:] for row in rows])
    return Standing(identity, was_held=bool(was_held), signed_out=bool(signed_out))


def _identity(rows: Sequence[Row]) -> Identity:
    """From one row per account that it has opened, or a single one without an account."""
    linked = tuple(row[-1] for row in rows if row[-1] is not None)
    return replace(IDENTITY.to_domain(rows[0]), linked=linked)
