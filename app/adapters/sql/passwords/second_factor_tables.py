"""The table of second factors."""

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.tables import Base


class SecondFactorRow(Base):
    """An account's TOTP secret, sealed. `last_step` is the newest time step used; `recovery` holds hashes of codes."""

    __tablename__ = "second_factors"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    secret: Mapped[str]
    confirmed_at: Mapped[float]
    last_step: Mapped[int] = mapped_column(BigInteger)
    recovery: Mapped[list[str]]
