"""What people have allowed apps, by account and client."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select

from app.adapters.sql.executor import Executor
from app.adapters.sql.oauth2.rows import ConsentRow
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import upsert
from app.domain.accounts.account import AccountId
from app.domain.oauth2.client import ClientId
from app.domain.oauth2.consent import Consent
from app.domain.tenants.tenant import TenantId

CONSENT = RowMapper(Consent, ConsentRow)

_OF_ACCOUNT = (ConsentRow.tenant_id == bindparam("tenant"), ConsentRow.account_id == bindparam("account"))
_OF_CLIENT = (*_OF_ACCOUNT, ConsentRow.client_id == bindparam("client"))
_ONE = select(*CONSENT.columns).where(*_OF_CLIENT)
_ALL = select(*CONSENT.columns).where(*_OF_ACCOUNT).order_by(ConsentRow.given_at.desc(), ConsentRow.client_id)
_SAVE = upsert(ConsentRow, on=["tenant_id", "account_id", "client_id"])
_WITHDRAW = delete(ConsentRow).where(*_OF_CLIENT)


@dataclass(frozen=True, slots=True)
class SqlConsents:
    """The port `Consents`."""

    sql: Executor

    def get(self, tenant_id: TenantId, account_id: AccountId, client_id: ClientId) -> Consent | None:
        return self.sql.first(_ONE, CONSENT.to_domain, tenant=tenant_id, account=account_id, client=client_id)

    def of_account(self, tenant_id: TenantId, account_id: AccountId) -> Sequence[Consent]:
        return self.sql.all(_ALL, CONSENT.to_domain, tenant=tenant_id, account=account_id)

    def save(self, consent: Consent) -> None:
        self.sql.send(_SAVE, **CONSENT.from_domain(consent))

    def withdraw(self, tenant_id: TenantId, account_id: AccountId, client_id: ClientId) -> bool:
        return self.sql.changed(_WITHDRAW, tenant=tenant_id, account=account_id, client=client_id) > 0
