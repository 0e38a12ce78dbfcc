"""Finds accounts by any part of their names, among all of one tenant's.

The texts have a table of their own (docs/decisions/0025): narrow rows that no login changes, one tenant's together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Integer, Select, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.executor import Executor, Statement, first_column
from app.adapters.sql.statements import among, contains, storable, upsert
from app.adapters.sql.tables import AccountRow, Base
from app.domain.accounts.account import Account, AccountId, ascii_lower
from app.domain.accounts.people import NO_PARTS, STORED, PeopleFilter, PeopleQuery
from app.domain.accounts.search_text import search_text
from app.domain.tenants.tenant import Status, TenantId


class AccountTextRow(Base):
    """What an account is searched by (domain/accounts/search_text). Changes when the account is saved."""

    __tablename__ = "account_texts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
        {"sqlite_with_rowid": False},  # the rows of a tenant lie together
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    username_key: Mapped[str]
    text: Mapped[str]


SAVE_TEXT = upsert(AccountTextRow, on=["tenant_id", "account_id"])

_OF_TEXTS = select(AccountTextRow.account_id).where(
    AccountTextRow.tenant_id == bindparam("tenant"),
    AccountTextRow.username_key > bindparam("after"),
    *(contains(AccountTextRow.text, f"part_{number}") for number in range(len(NO_PARTS))),
)
_OF_ACCOUNTS = select(AccountRow.id).where(
    AccountRow.tenant_id == bindparam("tenant"), AccountRow.username_key > bindparam("after")
)
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


def text_row(account: Account) -> dict[str, object]:
    return {
        "tenant_id": account.tenant_id,
        "account_id": account.id,
        "username_key": ascii_lower(account.username),
        "text": search_text(account),
    }


@cache
def found(*, by_text: bool, filters: frozenset[PeopleFilter], listed: bool) -> Statement:
    """One statement for each combination, made once: the executor keeps what it has compiled."""
    narrowed = bool(filters) or listed
    query: Select[Any] = _OF_TEXTS if by_text else _OF_ACCOUNTS
    if by_text and narrowed:
        query = query.join(AccountRow, _WITH_ACCOUNT)
    query = query.where(*(_PASSES[one] for one in sorted(filters)))
    if listed:
        query = query.where(_AMONG)
    name = AccountTextRow.username_key if by_text else AccountRow.username_key
    # By an expression without an index where few may be found: following the index of usernames, a database would
    # fetch all of a tenant's accounts in an order in which they are not stored.
    return query.order_by(name + "" if narrowed else name).limit(bindparam("most", type_=Integer))


@dataclass(frozen=True, slots=True)
class SqlPeople:
    """The port `People`."""

    sql: Executor

    def find(self, tenant_id: TenantId, query: PeopleQuery, *, most: int, after: str = "") -> Sequence[AccountId]:
        if not storable(after) or not all(map(storable, query.parts)):
            return []
        given: dict[str, object] = {"tenant": tenant_id, "after": ascii_lower(after), "most": most}
        by_text = query.parts != NO_PARTS
        if by_text:
            given |= {f"part_{number}": part for number, part in enumerate(query.parts)}
        if query.only is not None:
            given["only"] = list(query.only)
        statement = found(by_text=by_text, filters=query.filters & STORED, listed=query.only is not None)
        return [AccountId(one) for one in self.sql.all(statement, first_column, **given)]
