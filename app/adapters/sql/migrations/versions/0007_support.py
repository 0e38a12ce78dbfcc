"""Which limits stop somebody now, and held logins of all tenants by time: what support asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("counters", sa.Column("label", WORD, nullable=True))
    op.add_column("counters", sa.Column("most", sa.Integer(), nullable=True))
    op.create_index("ix_held_logins_decision_at", "held_logins", ["decision", "at"])
    op.create_index("ix_held_logins_decided_at", "held_logins", ["decided_at"])
