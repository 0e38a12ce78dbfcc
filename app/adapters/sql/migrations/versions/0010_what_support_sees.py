"""Whether a provider has ever sent a logout by the back channel; whom a login that found nobody was looking for."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("traces", sa.Column("sought", WORD, nullable=True))
    op.add_column("connections", sa.Column("backchannel_at", sa.Double(), nullable=True))
