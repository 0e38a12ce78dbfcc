"""Uploaded files of people."""

from dataclasses import dataclass

from sqlalchemy import Index, and_, bindparam, delete, func, insert, or_, select, update

from app.adapters.sql.batches import delete_some
from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor
from app.adapters.sql.row_mapper import RowMapper
from app.domain.accounts.account import AccountId
from app.domain.accounts.account_import import AccountImport, ImportId, ImportState, Totals
from app.domain.tenants.tenant import TenantId


class AccountImportRow(Base):
    """The table. `content` is sealed."""

    __tablename__ = "account_imports"
    __table_args__ = (Index(None, "tenant_id", "uploaded_at"),)

    id: Column[str] = column(primary_key=True)
    tenant_id: Column[str]
    file_name: Column[str]
    uploaded_by: Column[str]
    account_id: Column[str]
    uploaded_at: Column[float] = column(index=True)
    content: Column[str | None]
    rows: Column[int] = column(server_default="0")
    prepared: Column[int] = column(server_default="0")
    confirmed_by: Column[str | None]
    confirmed_account_id: Column[str | None]
    state: Column[str] = column(index=True)
    claimed_at: Column[float | None]
    settled_at: Column[float | None]
    created: Column[int]
    changed: Column[int]
    skipped: Column[int]
    wrong: Column[int]


IMPORT = RowMapper(AccountImport, AccountImportRow)

_ADD = insert(AccountImportRow)
_THIS = (AccountImportRow.tenant_id == bindparam("tenant"), AccountImportRow.id == bindparam("wanted"))
_GET = select(*IMPORT.columns).where(*_THIS)
_UNSETTLED = select(func.count()).where(
    AccountImportRow.tenant_id == bindparam("tenant"), AccountImportRow.content.is_not(None)
)
_WITHDRAW = delete(AccountImportRow).where(
    AccountImportRow.tenant_id == bindparam("tenant"),
    AccountImportRow.account_id == bindparam("account"),
    AccountImportRow.state == ImportState.CHECKED.value,
)
_CONFIRM = (
    update(AccountImportRow)
    .where(*_THIS, AccountImportRow.state == ImportState.CHECKED.value)
    .values(state=ImportState.WAITING.value, confirmed_by=bindparam("by"), confirmed_account_id=bindparam("account"))
)
_CLAIM = (
    update(AccountImportRow)
    .where(
        AccountImportRow.id
        == select(AccountImportRow.id)
        .where(
            or_(
                AccountImportRow.state == ImportState.WAITING.value,
                and_(
                    AccountImportRow.state == ImportState.RUNNING.value,
                    AccountImportRow.claimed_at < bindparam("stale"),
                ),
            )
        )
        .order_by(AccountImportRow.uploaded_at)
        .limit(1)
        .with_for_update(skip_locked=True)  # on SQLite there is one writer at a time anyway
        .scalar_subquery()
    )
    .values(state=ImportState.RUNNING.value, claimed_at=bindparam("now"), prepared=0)
    .returning(*IMPORT.columns)
)
_AS_CLAIMED = (
    AccountImportRow.id == bindparam("wanted"),
    AccountImportRow.state == ImportState.RUNNING.value,
    AccountImportRow.claimed_at == bindparam("claimed"),
)
_PROGRESS = update(AccountImportRow).where(*_AS_CLAIMED).values(prepared=bindparam("new_prepared"))
_SETTLE = (
    update(AccountImportRow)
    .where(*_AS_CLAIMED)
    .values(
        state=bindparam("new_state"),
        content=None,
        settled_at=bindparam("at"),
        created=bindparam("new_created"),
        changed=bindparam("new_changed"),
        skipped=bindparam("new_skipped"),
        wrong=bindparam("new_wrong"),
    )
)
FORGET = delete_some(
    AccountImportRow, AccountImportRow.uploaded_at < bindparam("before"), order=AccountImportRow.uploaded_at
)


@dataclass(frozen=True, slots=True)
class SqlAccountImports:
    """The port `AccountImports`."""

    sql: Executor

    def add(self, upload: AccountImport) -> None:
        self.sql.changed(_ADD, **IMPORT.from_domain(upload))

    def get(self, tenant_id: TenantId, import_id: ImportId) -> AccountImport | None:
        return self.sql.first(_GET, IMPORT.to_domain, tenant=tenant_id, wanted=import_id)

    def unsettled(self, tenant_id: TenantId) -> int:
        return int(self.sql.value(_UNSETTLED, tenant=tenant_id))

    def withdraw(self, tenant_id: TenantId, account_id: AccountId) -> int:
        return self.sql.changed(_WITHDRAW, tenant=tenant_id, account=account_id)

    def confirm(self, tenant_id: TenantId, import_id: ImportId, *, by: str, account_id: AccountId) -> bool:
        return bool(self.sql.changed(_CONFIRM, tenant=tenant_id, wanted=import_id, by=by, account=account_id))

    def claim(self, *, now: float, stale: float) -> AccountImport | None:
        return self.sql.first(_CLAIM, IMPORT.to_domain, now=now, stale=stale)

    def progress(self, claimed: AccountImport, prepared: int) -> bool:
        found = self.sql.changed(_PROGRESS, wanted=claimed.id, claimed=claimed.claimed_at, new_prepared=prepared)
        return bool(found)

    def settle(self, claimed: AccountImport, totals: Totals, *, at: float) -> bool:
        settled = self.sql.changed(
            _SETTLE,
            wanted=claimed.id,
            claimed=claimed.claimed_at,
            new_state=(ImportState.STOPPED if totals.wrong else ImportState.DONE).value,
            at=at,
            new_created=totals.created,
            new_changed=totals.changed,
            new_skipped=totals.skipped,
            new_wrong=totals.wrong,
        )
        return bool(settled)

    def forget(self, *, before: float, most: int) -> int:
        return self.sql.changed(FORGET, before=before, most=most)
