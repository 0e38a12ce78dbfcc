"""Second factors of accounts."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Executable, bindparam, delete, select

from app.adapters.sql.passwords.second_factor_tables import SecondFactorRow
from app.adapters.sql.statements import insert_once, upsert
from app.domain.accounts.account import AccountId
from app.domain.passwords.second_factor import SecondFactor
from app.domain.tenants.tenant import TenantId

COLUMNS = (
    SecondFactorRow.tenant_id,
    SecondFactorRow.account_id,
    SecondFactorRow.secret,
    SecondFactorRow.confirmed_at,
    SecondFactorRow.last_step,
    SecondFactorRow.recovery,
)

_THIS = (SecondFactorRow.tenant_id == bindparam("tenant"), SecondFactorRow.account_id == bindparam("wanted"))
_ONE = select(*COLUMNS).where(*_THIS)
_LOCKED = _ONE.with_for_update()
_ADD = insert_once(SecondFactorRow)
_SAVE = upsert(SecondFactorRow, on=["tenant_id", "account_id"])
_REMOVE = delete(SecondFactorRow).where(*_THIS)


@dataclass(frozen=True, slots=True)
class SqlSecondFactors:
    """The port `SecondFactors`."""

    connection: Connection

    def get(self, tenant_id: TenantId, account_id: AccountId) -> SecondFactor | None:
        return self._one(_ONE, tenant_id, account_id)

    def lock(self, tenant_id: TenantId, account_id: AccountId) -> SecondFactor | None:
        return self._one(_LOCKED, tenant_id, account_id)

    def add(self, factor: SecondFactor) -> bool:
        return self.connection.execute(_ADD, _values(factor)).rowcount == 1

    def save(self, factor: SecondFactor) -> None:
        self.connection.execute(_SAVE, _values(factor))

    def remove(self, tenant_id: TenantId, account_id: AccountId) -> bool:
        return self.connection.execute(_REMOVE, {"tenant": tenant_id, "wanted": account_id}).rowcount == 1

    def _one(self, query: Executable, tenant_id: TenantId, account_id: AccountId) -> SecondFactor | None:
        row = self.connection.execute(query, {"tenant": tenant_id, "wanted": account_id}).first()
        if row is None:
            return None
        fields = row._asdict()
        return SecondFactor(**{**fields, "recovery": tuple(fields["recovery"])})


def _values(factor: SecondFactor) -> dict[str, object]:
    return {**asdict(factor), "recovery": list(factor.recovery)}
