"""Finds accounts by any part of their names, among all of one tenant's.

The texts have a table of their own (docs/decisions/0025): narrow rows that no login changes, one tenant's together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Float, ForeignKeyConstraint, Integer, Select, and_, bindparam, func, or_, select

from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor, Statement, first_column
from app.adapters.sql.statements import among, contains, storable, upsert
from app.adapters.sql.tables import AccountRow
from app.domain.accounts.account import Account, AccountId, ascii_lower
from app.domain.accounts.people import NO_PARTS, STORED, PeopleFilter, PeopleOrder, PeopleQuery, Place
from app.domain.accounts.search_text import search_text
from app.domain.tenants.tenant import Status, TenantId


class AccountTextRow(Base, sqlite_with_rowid=False):  # the rows of a tenant lie together
    """What an account is searched by (domain/accounts/search_text). Changes when the account is saved."""

    __tablename__ = "account_texts"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),)

    tenant_id: Column[str] = column(primary_key=True)
    account_id: Column[str] = column(primary_key=True)
    username_key: Column[str]
    text: Column[str]


SAVE_TEXT = upsert(AccountTextRow, on=["tenant_id", "account_id"])

_OF_TEXTS = select(AccountTextRow.account_id).where(
    AccountTextRow.tenant_id == bindparam("tenant"),
    *(contains(AccountTextRow.text, f"part_{number}") for number in range(len(NO_PARTS))),
)
_OF_ACCOUNTS = select(AccountRow.id).where(AccountRow.tenant_id == bindparam("tenant"))
_WITH_ACCOUNT = (AccountRow.tenant_id == AccountTextRow.tenant_id) & (AccountRow.id == AccountTextRow.account_id)
_SHARED = (
    select(AccountRow.email_key)
    .where(AccountRow.tenant_id == bindparam("tenant"), AccountRow.email_key.is_not(None))
    .group_by(AccountRow.email_key)
    .having(func.count() > 1)
)
_PASSES = {
    PeopleFilter.NEVER_SSO: AccountRow.last_sso_at.is_(None),
    PeopleFilter.DISABLED: AccountRow.status == Status.DISABLED.value,
    PeopleFilter.SHARED_EMAIL: AccountRow.email_key.in_(_SHARED),
}
_AMONG = among(AccountRow.id, "only")


_TIMES = {PeopleOrder.LAST_LOGIN: AccountRow.last_login_at, PeopleOrder.LAST_SSO: AccountRow.last_sso_at}
_LAST_NAME, _LAST_TIME = chr(0x10FFFF), 1e18


def text_row(account: Account) -> dict[str, object]:
    return {
        "tenant_id": account.tenant_id,
        "account_id": account.id,
        "username_key": ascii_lower(account.username),
        "text": search_text(account),
    }


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement consists of."""

    by_text: bool = False
    filters: frozenset[PeopleFilter] = frozenset()
    listed: bool = False
    order: PeopleOrder = PeopleOrder.USERNAME
    descending: bool = False

    @property
    def narrowed(self) -> bool:
        """Few may be found."""
        return bool(self.filters) or self.listed or self.order is not PeopleOrder.USERNAME


@cache
def found(shape: Shape) -> Statement:
    """One statement for each combination, made once: the executor keeps what it has compiled."""
    query: Select[Any] = _OF_TEXTS if shape.by_text else _OF_ACCOUNTS
    if shape.by_text and shape.narrowed:
        query = query.join(AccountRow, _WITH_ACCOUNT)
    query = query.where(*(_PASSES[one] for one in sorted(shape.filters)))
    if shape.listed:
        query = query.where(_AMONG)
    return _sorted(query, shape).limit(bindparam("most", type_=Integer))


def _sorted(query: Select[Any], shape: Shape) -> Select[Any]:
    """From the place on where the page begins.

    No index follows the times of logins, which every login would have to write: the tenant's own accounts are sorted.
    """
    name = AccountTextRow.username_key if shape.by_text else AccountRow.username_key
    # By an expression without an index where few may be found: following the index of usernames, a database would
    # fetch all of a tenant's accounts in an order in which they are not stored.
    key = name + "" if shape.narrowed else name
    beyond = name < bindparam("after") if shape.descending else name > bindparam("after")
    order = key.desc() if shape.descending else key
    if shape.order is PeopleOrder.USERNAME:
        return query.where(beyond).order_by(order)
    at, place = func.coalesce(_TIMES[shape.order], 0.0), bindparam("after_at", type_=Float)
    further = at < place if shape.descending else at > place
    return query.where(or_(further, and_(at == place, beyond))).order_by(at.desc() if shape.descending else at, order)


@dataclass(frozen=True, slots=True)
class SqlPeople:
    """The port `People`."""

    sql: Executor

    def find(
        self, tenant_id: TenantId, query: PeopleQuery, *, most: int, after: Place | None = None
    ) -> Sequence[AccountId]:
        start = after or (Place(_LAST_NAME, _LAST_TIME) if query.descending else Place("", -1.0))
        if not storable(start.username) or not all(map(storable, query.parts)):
            return []
        given: dict[str, object] = {"tenant": tenant_id, "after": ascii_lower(start.username), "most": most}
        by_text = query.parts != NO_PARTS
        if by_text:
            given |= {f"part_{number}": part for number, part in enumerate(query.parts)}
        if query.only is not None:
            given["only"] = list(query.only)
        if query.order is not PeopleOrder.USERNAME:
            given["after_at"] = start.at
        listed = query.only is not None
        shape = Shape(by_text, query.filters & STORED, listed, order=query.order, descending=query.descending)
        return [AccountId(one) for one in self.sql.all(found(shape), first_column, **given)]
