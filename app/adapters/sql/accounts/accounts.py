"""Logins here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, Integer, bindparam, select, update

from app.adapters.sql.statements import storable, upsert
from app.adapters.sql.tables import AccountRow
from app.domain.accounts.account import Account, AccountId, Role, ascii_lower
from app.domain.accounts.email_address import parse_email
from app.domain.connections.connection import MatchBy
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status, TenantId

COLUMNS = (
    AccountRow.tenant_id,
    AccountRow.id,
    AccountRow.username,
    AccountRow.name,
    AccountRow.email,
    AccountRow.roles,
    AccountRow.external_id,
    AccountRow.status,
    AccountRow.last_login_at,
    AccountRow.last_sso_at,
    AccountRow.last_password_at,
)

_THIS = (AccountRow.tenant_id == bindparam("tenant"), AccountRow.id == bindparam("wanted"))
_ONE = select(*COLUMNS).where(*_THIS)
_OF_TENANT = select(*COLUMNS).where(AccountRow.tenant_id == bindparam("tenant")).order_by(AccountRow.username_key)
_WITH_USERNAME = _OF_TENANT.where(AccountRow.username_key == bindparam("wanted"))
_AT_ONCE = 500
_WITH_USERNAMES = _OF_TENANT.where(AccountRow.username_key.in_(bindparam("wanted", expanding=True)))
_WITH_EMAIL = _OF_TENANT.where(AccountRow.email_key == bindparam("wanted"))
_WITH_EXTERNAL_ID = _OF_TENANT.where(AccountRow.external_id == bindparam("wanted"))
_PAGE = _OF_TENANT.where(AccountRow.username_key > bindparam("after")).limit(bindparam("most", type_=Integer))
# Sorted by an expression, for which there is no index: or SQLite would read along all of a tenant's names instead.
_KEY = AccountRow.username_key + ""
_EXACTLY = (
    select(*COLUMNS)
    .where(AccountRow.tenant_id == bindparam("tenant"), bindparam("after") < _KEY)
    .order_by(_KEY)
    .limit(bindparam("most", type_=Integer))
)
_BEGINNING = _OF_TENANT.where(AccountRow.username_key < bindparam("beyond")).limit(bindparam("most", type_=Integer))
# One bound from below: of two, SQLite reads from the one that was written first.
_FROM_THE_FIRST = _BEGINNING.where(AccountRow.username_key >= bindparam("wanted"))
_FROM_THERE_ON = _BEGINNING.where(AccountRow.username_key > bindparam("after"))
_WITH_EXACTLY = (
    _EXACTLY.where(AccountRow.email_key == bindparam("wanted_email")),
    _EXACTLY.where(AccountRow.external_id == bindparam("wanted_id")),
)
_KEYS = {
    MatchBy.EMAIL: AccountRow.email_key,
    MatchBy.USERNAME: AccountRow.username_key,
    MatchBy.EXTERNAL_ID: AccountRow.external_id,
}
_LAST_CHARACTER = chr(0x10FFFF)
_PASSWORD_HASH = select(AccountRow.password_hash).where(*_THIS)
# What has a method of its own is not overwritten by somebody who read the account a while ago.
_SAVE = upsert(
    AccountRow, on=["tenant_id", "id"], never=["password_hash", "last_login_at", "last_sso_at", "last_password_at"]
)
_SET_PASSWORD_HASH = update(AccountRow).where(*_THIS).values(password_hash=bindparam("secret"))
_SIGNED_IN = {
    Method.SSO: update(AccountRow).where(*_THIS).values(last_login_at=bindparam("at"), last_sso_at=bindparam("at")),
    Method.PASSWORD: update(AccountRow)
    .where(*_THIS)
    .values(last_login_at=bindparam("at"), last_password_at=bindparam("at")),
}
_PROVEN = update(AccountRow).where(*_THIS).values(last_sso_at=bindparam("at"))


def to_domain(values: Sequence[Any]) -> Account:
    """From the values of `COLUMNS`."""
    tenant_id, id_, username, name, email, roles, external_id, status, *seen = values
    last_login_at, last_sso_at, last_password_at = seen
    return Account(
        id=id_,
        tenant_id=tenant_id,
        username=username,
        name=name,
        email=email,
        roles=tuple(map(Role, roles)),
        external_id=external_id,
        status=Status(status),
        last_login_at=last_login_at,
        last_sso_at=last_sso_at,
        last_password_at=last_password_at,
    )


def from_domain(account: Account) -> Mapping[str, object]:
    """Raises ValueError where the email is none: it could never be matched."""
    return {
        "tenant_id": account.tenant_id,
        "id": account.id,
        "username": account.username,
        "username_key": ascii_lower(account.username),
        "name": account.name,
        "email": account.email,
        "email_key": None if account.email is None else parse_email(account.email).key,
        "roles": [role.value for role in account.roles],
        "external_id": account.external_id,
        "status": account.status.value,
        "last_login_at": account.last_login_at,
        "last_sso_at": account.last_sso_at,
        "last_password_at": account.last_password_at,
    }


def _email_key(text: str) -> str | None:
    try:
        return parse_email(text).key
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class SqlAccounts:
    """The port `Accounts`."""

    connection: Connection

    def get(self, tenant_id: TenantId, account_id: AccountId) -> Account | None:
        return next(iter(self._all(_ONE, tenant_id, account_id)), None)

    def by_username(self, tenant_id: TenantId, username: str) -> Account | None:
        return next(iter(self.with_username(tenant_id, username)), None)

    def of_tenant(self, tenant_id: TenantId) -> Sequence[Account]:
        return [to_domain(row) for row in self.connection.execute(_OF_TENANT, {"tenant": tenant_id})]

    def with_email(self, tenant_id: TenantId, email_key: str) -> Sequence[Account]:
        return self._all(_WITH_EMAIL, tenant_id, email_key)

    def with_username(self, tenant_id: TenantId, username: str) -> Sequence[Account]:
        return self._all(_WITH_USERNAME, tenant_id, ascii_lower(username))

    def with_external_id(self, tenant_id: TenantId, external_id: str) -> Sequence[Account]:
        return self._all(_WITH_EXTERNAL_ID, tenant_id, external_id)

    def search(self, tenant_id: TenantId, query: str, *, most: int, after: str = "") -> Sequence[Account]:
        if not storable(query) or not storable(after):
            return []
        page: dict[str, Any] = {"tenant": tenant_id, "after": ascii_lower(after), "most": most}
        if not query:
            return [to_domain(row) for row in self.connection.execute(_PAGE, page)]
        begins = ascii_lower(query)
        wanted = {"wanted": begins, "beyond": begins + _LAST_CHARACTER}
        exactly = {"wanted_email": _email_key(query), "wanted_id": query}
        first = _FROM_THE_FIRST if page["after"] < begins else _FROM_THERE_ON
        rows = [*self.connection.execute(first, page | wanted)]
        for search in _WITH_EXACTLY:
            rows += self.connection.execute(search, page | exactly)
        found = {ascii_lower(row.username): row for row in rows}
        return [to_domain(found[key]) for key in sorted(found)[:most]]

    def by_usernames(self, tenant_id: TenantId, usernames: Collection[str]) -> Mapping[str, Account]:
        found: dict[str, Account] = {}
        wanted = [ascii_lower(username) for username in usernames if storable(username)]
        for first in range(0, len(wanted), _AT_ONCE):
            some = {"tenant": tenant_id, "wanted": wanted[first : first + _AT_ONCE]}
            for account in map(to_domain, self.connection.execute(_WITH_USERNAMES, some)):
                found[ascii_lower(account.username)] = account
        return found

    def near(
        self,
        tenant_id: TenantId,
        by: MatchBy,
        *,
        values: Collection[str],
        beginnings: Sequence[str],
        most: int,
    ) -> Sequence[Account]:
        key = _KEYS[by]
        of_tenant = select(*COLUMNS).where(AccountRow.tenant_id == tenant_id).limit(most)
        ranges = [key.between(begin, begin + _LAST_CHARACTER) for begin in beginnings if storable(begin)]
        searches = [of_tenant.where(key.in_([value for value in values if storable(value)]))]
        searches += [of_tenant.where(range_) for range_ in ranges]
        found = [to_domain(row) for search in searches for row in self.connection.execute(search)]
        return list({account.id: account for account in found}.values())

    def save(self, *accounts: Account) -> None:
        if accounts:
            self.connection.execute(_SAVE, [from_domain(account) for account in accounts])

    def password_hash(self, tenant_id: TenantId, account_id: AccountId) -> str | None:
        wanted = {"tenant": tenant_id, "wanted": account_id}
        return self.connection.execute(_PASSWORD_HASH, wanted).scalar()

    def set_password_hash(self, tenant_id: TenantId, account_id: AccountId, password_hash: str) -> None:
        self.connection.execute(
            _SET_PASSWORD_HASH, {"tenant": tenant_id, "wanted": account_id, "secret": password_hash}
        )

    def signed_in(self, tenant_id: TenantId, account_id: AccountId, *, at: float, method: Method) -> None:
        self.connection.execute(_SIGNED_IN[method], {"tenant": tenant_id, "wanted": account_id, "at": at})

    def proven(self, tenant_id: TenantId, account_id: AccountId, *, at: float) -> None:
        self.connection.execute(_PROVEN, {"tenant": tenant_id, "wanted": account_id, "at": at})

    def _all(self, query: Executable, tenant_id: TenantId, wanted: str) -> list[Account]:
        if not storable(wanted):
            return []
        rows = self.connection.execute(query, {"tenant": tenant_id, "wanted": wanted})
        return [to_domain(row) for row in rows]
