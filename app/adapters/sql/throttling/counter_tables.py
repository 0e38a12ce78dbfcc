"""Hits within a window; for deployments without Redis."""

from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.tables import Base


class CounterRow(Base):
    """`key` is a hash. If the limit was reached, `label` is what it counts, in plain text, and `most` the limit."""

    __tablename__ = "counters"

    key: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[int]
    started_at: Mapped[float]
    expires_at: Mapped[float] = mapped_column(index=True)
    label: Mapped[str | None]
    most: Mapped[int | None]
