"""People's accounts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Text, and_, bindparam, func, select, update

from app.adapters.sql.accounts.search import SAVE_TEXT, text_row
from app.adapters.sql.declaration import Column
from app.adapters.sql.executor import Executor, Query, Row, Statement
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import among, storable, upsert
from app.adapters.sql.tables import AccountRow, IdentityAccountRow, IdentityRow
from app.domain.accounts.account import Account, AccountId, ascii_lower
from app.domain.accounts.email_address import parse_email
from app.domain.connections.connection import ConnectionId, MatchBy
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import TenantId
from app.ports.repositories import AccountRows

ACCOUNT = RowMapper(Account, AccountRow, as_text=("roles",))

_THIS = (AccountRow.tenant_id == bindparam("tenant"), AccountRow.id == bindparam("wanted"))
_ONE = select(*ACCOUNT.columns).where(*_THIS)
_OF_TENANT = (
    select(*ACCOUNT.columns).where(AccountRow.tenant_id == bindparam("tenant")).order_by(AccountRow.username_key)
)
_WITH_USERNAME = _OF_TENANT.where(AccountRow.username_key == bindparam("wanted"))
_WITH_USERNAMES = _OF_TENANT.where(among(AccountRow.username_key, "wanted"))
_WITH_EMAIL = _OF_TENANT.where(AccountRow.email_key == bindparam("wanted"))
_WITH_EXTERNAL_ID = _OF_TENANT.where(AccountRow.external_id == bindparam("wanted"))
_PAGE = _OF_TENANT.where(AccountRow.username_key > bindparam("after")).limit(bindparam("most", type_=Integer))
# Sorted by an expression without an index, or SQLite would read all of a tenant's names instead.
_KEY = AccountRow.username_key + ""
_EXACTLY = (
    select(*ACCOUNT.columns)
    .where(AccountRow.tenant_id == bindparam("tenant"), bindparam("after") < _KEY)
    .order_by(_KEY)
    .limit(bindparam("most", type_=Integer))
)
_BEGINNING = _OF_TENANT.where(AccountRow.username_key < bindparam("beyond")).limit(bindparam("most", type_=Integer))
# Only one lower bound: of two, SQLite uses the one written first.
_FROM_THE_FIRST = _BEGINNING.where(AccountRow.username_key >= bindparam("start"))
_FROM_THERE_ON = _BEGINNING.where(AccountRow.username_key > bindparam("start"))
_WITH_EXACT_EMAIL = _EXACTLY.where(AccountRow.email_key == bindparam("wanted"))
_WITH_EXACT_ID = _EXACTLY.where(AccountRow.external_id == bindparam("wanted"))
_KEYS: Mapping[MatchBy, Column[Any]] = {
    MatchBy.EMAIL: AccountRow.email_key,
    MatchBy.USERNAME: AccountRow.username_key,
    MatchBy.EXTERNAL_ID: AccountRow.external_id,
}
_SOME = (
    select(*ACCOUNT.columns).where(AccountRow.tenant_id == bindparam("tenant")).limit(bindparam("most", type_=Integer))
)
_EQUAL = {by: _SOME.where(among(key, "wanted")) for by, key in _KEYS.items()}
# Not BETWEEN: PostgreSQL does not take the collation of its first bound.
_NEAR = {by: _SOME.where(key >= bindparam("begin"), key <= bindparam("end")) for by, key in _KEYS.items()}
_IN_TENANTS = among(AccountRow.tenant_id, "tenants")
_THESE = select(*ACCOUNT.columns).where(_IN_TENANTS, among(AccountRow.id, "wanted"))
_MATCHING = {
    by: select(key, *ACCOUNT.columns).where(_IN_TENANTS, among(key, "wanted")).order_by(_KEY)
    for by, key in _KEYS.items()
}
_LINKED = and_(
    IdentityAccountRow.tenant_id == AccountRow.tenant_id,
    IdentityAccountRow.account_id == AccountRow.id,
    IdentityAccountRow.connection_id == bindparam("connection"),
    IdentityAccountRow.issuer == bindparam("issuer"),
)
_WITH_SUBJECTS = {
    by: select(*ACCOUNT.columns, IdentityRow.subject)
    .outerjoin(IdentityAccountRow, _LINKED)
    .outerjoin(
        IdentityRow,
        and_(IdentityRow.tenant_id == IdentityAccountRow.tenant_id, IdentityRow.id == IdentityAccountRow.identity_id),
    )
    .where(AccountRow.tenant_id == bindparam("tenant"), key == bindparam("wanted"))
    .order_by(AccountRow.username_key)
    for by, key in _KEYS.items()
}
_LAST_CHARACTER = chr(0x10FFFF)
_PASSWORD_HASH = select(AccountRow.password_hash).where(*_THIS)
# Columns with a method of their own are not overwritten by someone who read the account earlier.
_SAVE = upsert(
    AccountRow,
    on=["tenant_id", "id"],
    never=["password_hash", "last_login_at", "last_sso_at", "last_password_at", "language"],
)
_SET_PASSWORD_HASH = update(AccountRow).where(*_THIS).values(password_hash=bindparam("secret"))
_LOGIN = (
    update(AccountRow)
    .where(*_THIS)
    .values(
        last_login_at=bindparam("at"),
        language=func.coalesce(bindparam("spoken", type_=Text), AccountRow.language),
    )
)
_SIGNED_IN = {
    Method.SSO: _LOGIN.values(last_sso_at=bindparam("at")),
    Method.PASSWORD: _LOGIN.values(last_password_at=bindparam("at")),
}
_PROVEN = update(AccountRow).where(*_THIS).values(last_sso_at=bindparam("at"))


def from_domain(account: Account) -> Mapping[str, object]:
    """Raises ValueError if the email is invalid: it could never be matched."""
    email_key = None if account.email is None else parse_email(account.email).key
    return ACCOUNT.from_domain(account) | {"username_key": ascii_lower(account.username), "email_key": email_key}


def _email_key(text: str) -> str | None:
    try:
        return parse_email(text).key
    except ValueError:
        return None


def with_subjects(
    tenant_id: TenantId, by: MatchBy, value: str | None, *, connection_id: ConnectionId, issuer: str
) -> Query[tuple[Account, str | None]]:
    if value and by is MatchBy.USERNAME:
        value = ascii_lower(value)
    return Query(
        _WITH_SUBJECTS[by],
        _with_subject,
        {
            "tenant": tenant_id,
            "wanted": value if value and storable(value) else None,  # equal to nothing
            "connection": connection_id,
            "issuer": issuer,
        },
    )


def _with_subject(row: Row) -> tuple[Account, str | None]:
    return ACCOUNT.to_domain(row), row[-1]


@dataclass(frozen=True, slots=True)
class SqlAccounts:
    """The port `Accounts`."""

    sql: Executor

    def get(self, tenant_id: TenantId, account_id: AccountId) -> Account | None:
        return next(iter(self._with(_ONE, tenant_id, account_id)), None)

    def these(self, wanted: Collection[tuple[TenantId, AccountId]]) -> Mapping[tuple[TenantId, AccountId], Account]:
        pairs = [pair for pair in wanted if all(map(storable, pair))]
        tenants, accounts = [tenant_id for tenant_id, _ in pairs], [account_id for _, account_id in pairs]
        found = self.sql.all(_THESE, ACCOUNT.to_domain, tenants=tenants, wanted=accounts)
        return {(one.tenant_id, one.id): one for one in found if (one.tenant_id, one.id) in wanted}

    def by_username(self, tenant_id: TenantId, username: str) -> Account | None:
        return next(iter(self.with_username(tenant_id, username)), None)

    def of_tenant(self, tenant_id: TenantId) -> Sequence[Account]:
        return self.sql.all(_OF_TENANT, ACCOUNT.to_domain, tenant=tenant_id)

    def with_email(self, tenant_id: TenantId, email_key: str) -> Sequence[Account]:
        return self._with(_WITH_EMAIL, tenant_id, email_key)

    def with_username(self, tenant_id: TenantId, username: str) -> Sequence[Account]:
        return self._with(_WITH_USERNAME, tenant_id, ascii_lower(username))

    def with_external_id(self, tenant_id: TenantId, external_id: str) -> Sequence[Account]:
        return self._with(_WITH_EXTERNAL_ID, tenant_id, external_id)

    def matching(
        self, by: MatchBy, wanted: Collection[tuple[TenantId, str]]
    ) -> Mapping[tuple[TenantId, str], Sequence[Account]]:
        keys = {
            (tenant_id, ascii_lower(value) if by is MatchBy.USERNAME else value): (tenant_id, value)
            for tenant_id, value in wanted
            if storable(value)
        }
        found: dict[tuple[TenantId, str], list[Account]] = {pair: [] for pair in wanted}
        tenants, values = [tenant_id for tenant_id, _ in keys], [value for _, value in keys]
        for value, *columns in self.sql.all(_MATCHING[by], tuple, tenants=tenants, wanted=values):
            account = ACCOUNT.to_domain(columns)
            if pair := keys.get((account.tenant_id, value)):
                found[pair].append(account)
        return found

    def with_subjects(
        self, tenant_id: TenantId, by: MatchBy, value: str, *, connection_id: ConnectionId, issuer: str
    ) -> Sequence[tuple[Account, str | None]]:
        (found,) = self.sql.together(with_subjects(tenant_id, by, value, connection_id=connection_id, issuer=issuer))
        return found

    def search(self, tenant_id: TenantId, query: str, *, most: int, after: str = "") -> Sequence[Account]:
        if not storable(query) or not storable(after):
            return []
        page: dict[str, Any] = {"tenant": tenant_id, "after": ascii_lower(after), "most": most}
        if not query:
            return self.sql.all(_PAGE, ACCOUNT.to_domain, **page)
        begins = ascii_lower(query)
        first, start = (_FROM_THE_FIRST, begins) if page["after"] < begins else (_FROM_THERE_ON, page["after"])
        beginning = {"tenant": tenant_id, "start": start, "beyond": begins + _LAST_CHARACTER, "most": most}
        accounts = [
            *self.sql.all(first, ACCOUNT.to_domain, **beginning),
            *self.sql.all(_WITH_EXACT_EMAIL, ACCOUNT.to_domain, **page, wanted=_email_key(query)),
            *self.sql.all(_WITH_EXACT_ID, ACCOUNT.to_domain, **page, wanted=query),
        ]
        found = {ascii_lower(account.username): account for account in accounts}
        return [found[key] for key in sorted(found)[:most]]

    def by_usernames(self, tenant_id: TenantId, usernames: Collection[str]) -> Mapping[str, Account]:
        wanted = [ascii_lower(username) for username in usernames if storable(username)]
        found = self.sql.all(_WITH_USERNAMES, ACCOUNT.to_domain, tenant=tenant_id, wanted=wanted)
        return {ascii_lower(account.username): account for account in found}

    def near(
        self,
        tenant_id: TenantId,
        by: MatchBy,
        *,
        values: Collection[str],
        beginnings: Sequence[str],
        most: int,
    ) -> Sequence[Account]:
        wanted = [value for value in values if storable(value)]
        found = self.sql.all(_EQUAL[by], ACCOUNT.to_domain, tenant=tenant_id, wanted=wanted, most=most)
        for begin in filter(storable, beginnings):
            end = begin + _LAST_CHARACTER
            found += self.sql.all(_NEAR[by], ACCOUNT.to_domain, tenant=tenant_id, begin=begin, end=end, most=most)
        return list({account.id: account for account in found}.values())

    def save(self, *accounts: Account) -> None:
        self.save_rows(self.rows(accounts))

    def rows(self, accounts: Sequence[Account]) -> AccountRows:
        return AccountRows([from_domain(account) for account in accounts], [text_row(account) for account in accounts])

    def save_rows(self, rows: AccountRows) -> None:
        if rows.accounts:
            self.sql.each(_SAVE, rows.accounts)
            self.sql.each(SAVE_TEXT, rows.texts)

    def password_hash(self, tenant_id: TenantId, account_id: AccountId) -> str | None:
        found: str | None = self.sql.value(_PASSWORD_HASH, tenant=tenant_id, wanted=account_id)
        return found

    def set_password_hash(self, tenant_id: TenantId, account_id: AccountId, password_hash: str) -> None:
        self.sql.changed(_SET_PASSWORD_HASH, tenant=tenant_id, wanted=account_id, secret=password_hash)

    def signed_in(
        self, tenant_id: TenantId, account_id: AccountId, *, at: float, method: Method, language: str | None = None
    ) -> None:
        self.sql.send(_SIGNED_IN[method], tenant=tenant_id, wanted=account_id, at=at, spoken=language)

    def proven(self, tenant_id: TenantId, account_id: AccountId, *, at: float) -> None:
        self.sql.send(_PROVEN, tenant=tenant_id, wanted=account_id, at=at)

    def _with(self, query: Statement, tenant_id: TenantId, wanted: str) -> list[Account]:
        return self.sql.all(query, ACCOUNT.to_domain, tenant=tenant_id, wanted=wanted) if storable(wanted) else []
