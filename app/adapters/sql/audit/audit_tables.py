"""The tables of the audit. Triggers, created by the migration, refuse to change or delete their rows."""

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.tables import Base


class AuditEntryRow(Base):
    """What was changed, and by whom; `id` gives the order."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "chain", "id"),
        Index("uq_audit_entries_chain_seq", "chain", "seq", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str]
    seq: Mapped[int]
    mac: Mapped[str]
    tenant_id: Mapped[str | None] = mapped_column(ForeignKey("tenants.id"))
    at: Mapped[float]
    actor: Mapped[str]
    address: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str]


class AuditHeadRow(Base):
    """The last entry of a chain; locked before the next one is added."""

    __tablename__ = "audit_heads"

    chain: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    mac: Mapped[str]
    seal: Mapped[str]
    """Names the last entry, with a signature."""
