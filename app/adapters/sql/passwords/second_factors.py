"""Second factors of accounts."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import BigInteger, ForeignKeyConstraint, bindparam, delete, select

from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor, first_column
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import insert_once, upsert
from app.domain.accounts.account import AccountId
from app.domain.passwords.second_factor import SecondFactor
from app.domain.tenants.tenant import TenantId


class SecondFactorRow(Base):
    """An account's TOTP secret, sealed. `last_step` is the newest time step used; `recovery` holds hashes of codes."""

    __tablename__ = "second_factors"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),)

    tenant_id: Column[str] = column(primary_key=True)
    account_id: Column[str] = column(primary_key=True)
    secret: Column[str]
    confirmed_at: Column[float]
    last_step: Column[int] = column(BigInteger)
    recovery: Column[list[str]]


FACTOR = RowMapper(SecondFactor, SecondFactorRow)

_THIS = (SecondFactorRow.tenant_id == bindparam("tenant"), SecondFactorRow.account_id == bindparam("wanted"))
_ONE = select(*FACTOR.columns).where(*_THIS)
_OF_TENANT = select(SecondFactorRow.account_id).where(SecondFactorRow.tenant_id == bindparam("tenant"))
_LOCKED = _ONE.with_for_update()
_ADD = insert_once(SecondFactorRow)
_SAVE = upsert(SecondFactorRow, on=["tenant_id", "account_id"])
_REMOVE = delete(SecondFactorRow).where(*_THIS)


@dataclass(frozen=True, slots=True)
class SqlSecondFactors:
    """The port `SecondFactors`."""

    sql: Executor

    def get(self, tenant_id: TenantId, account_id: AccountId) -> SecondFactor | None:
        return self.sql.first(_ONE, FACTOR.to_domain, tenant=tenant_id, wanted=account_id)

    def of_tenant(self, tenant_id: TenantId) -> Collection[AccountId]:
        return set(self.sql.all(_OF_TENANT, first_column, tenant=tenant_id))

    def lock(self, tenant_id: TenantId, account_id: AccountId) -> SecondFactor | None:
        return self.sql.first(_LOCKED, FACTOR.to_domain, tenant=tenant_id, wanted=account_id)

    def add(self, factor: SecondFactor) -> bool:
        return self.sql.changed(_ADD, **FACTOR.from_domain(factor)) == 1

    def save(self, factor: SecondFactor) -> None:
        self.sql.changed(_SAVE, **FACTOR.from_domain(factor))

    def remove(self, tenant_id: TenantId, account_id: AccountId) -> bool:
        return self.sql.changed(_REMOVE, tenant=tenant_id, wanted=account_id) == 1
