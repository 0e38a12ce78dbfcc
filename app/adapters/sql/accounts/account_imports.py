"""Uploaded files of people."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.executor import Executor
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.tables import Base
from app.domain.accounts.account_import import AccountImport, ImportId, ImportState, Totals
from app.domain.tenants.tenant import TenantId


class AccountImportRow(Base):
    """The table. `content` is sealed."""

    __tablename__ = "account_imports"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    file_name: Mapped[str]
    uploaded_by: Mapped[str]
    account_id: Mapped[str]
    uploaded_at: Mapped[float] = mapped_column(index=True)
    content: Mapped[str | None]
    state: Mapped[str] = mapped_column(index=True)
    claimed_at: Mapped[float | None]
    settled_at: Mapped[float | None]
    created: Mapped[int]
    changed: Mapped[int]
    skipped: Mapped[int]
    wrong: Mapped[int]


IMPORT = RowMapper(AccountImport, AccountImportRow)

_ADD = insert(AccountImportRow)
_THIS = (AccountImportRow.tenant_id == bindparam("tenant"), AccountImportRow.id == bindparam("wanted"))
_GET = select(*IMPORT.columns).where(*_THIS)
_CONFIRM = (
    update(AccountImportRow)
    .where(*_THIS, AccountImportRow.state == ImportState.CHECKED.value)
    .values(state=ImportState.WAITING.value)
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
    .values(state=ImportState.RUNNING.value, claimed_at=bindparam("now"))
    .returning(*IMPORT.columns)
)
_SETTLE = (
    update(AccountImportRow)
    .where(
        AccountImportRow.id == bindparam("wanted"),
        AccountImportRow.state == ImportState.RUNNING.value,
        AccountImportRow.claimed_at == bindparam("claimed"),
    )
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
_FORGET = delete(AccountImportRow).where(AccountImportRow.uploaded_at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class SqlAccountImports:
    """The port `AccountImports`."""

    sql: Executor

    def add(self, upload: AccountImport) -> None:
        self.sql.changed(_ADD, **IMPORT.from_domain(upload))

    def get(self, tenant_id: TenantId, import_id: ImportId) -> AccountImport | None:
        return self.sql.first(_GET, IMPORT.to_domain, tenant=tenant_id, wanted=import_id)

    def confirm(self, tenant_id: TenantId, import_id: ImportId) -> bool:
        return bool(self.sql.changed(_CONFIRM, tenant=tenant_id, wanted=import_id))

    def claim(self, *, now: float, stale: float) -> AccountImport | None:
        return self.sql.first(_CLAIM, IMPORT.to_domain, now=now, stale=stale)

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

    def forget(self, *, before: float) -> int:
        return self.sql.changed(_FORGET, before=before)
