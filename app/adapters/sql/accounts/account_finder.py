"""Accounts of all tenants by the beginning of what they are called."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, func, literal_column, select

from app.adapters.sql.accounts.accounts import ACCOUNT
from app.adapters.sql.executor import Executor
from app.adapters.sql.statements import storable
from app.adapters.sql.tables import AccountRow
from app.domain.accounts.account import Account, ascii_lower
from app.domain.tenants.tenant import TenantId

NAME_INDEXED = 100
"""Characters of a name in its index."""
_LAST_CHARACTER = chr(0x10FFFF)
# With the numbers in the text: the planner compares the expression with that of the index.
_NAME = func.substr(func.lower(AccountRow.name), literal_column("1"), literal_column(str(NAME_INDEXED)))

BEGINNING = [
    select(*ACCOUNT.columns)
    # Not BETWEEN: PostgreSQL does not take the collation of its first bound.
    .where(key >= bindparam("begin"), key < bindparam("beyond"), AccountRow.tenant_id != bindparam("but"))
    .order_by(key)
    .limit(bindparam("most", type_=Integer))
    for key in (AccountRow.username_key, AccountRow.email_key, _NAME)
]


@dataclass(frozen=True, slots=True)
class SqlAccountFinder:
    """The port `AccountFinder`."""

    sql: Executor

    def beginning(self, text: str, *, most: int, but: TenantId | None = None) -> Sequence[Account]:
        begin = ascii_lower(text)[:NAME_INDEXED]
        if not begin or not storable(begin):
            return []
        wanted = {"begin": begin, "beyond": begin + _LAST_CHARACTER, "but": but or "", "most": most}
        found = [account for statement in BEGINNING for account in self.sql.all(statement, ACCOUNT.to_domain, **wanted)]
        return list({(account.tenant_id, account.id): account for account in found}.values())
