"""Mail that waits for its delivery, or had it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", WORD, nullable=False),
        sa.Column("to", WORD, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("body", WORD, nullable=True),
        sa.Column("queued_at", sa.Double(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("settled_at", sa.Double(), nullable=True),
        sa.Column("problem", WORD, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])
    op.create_index("ix_outbox_queued_at", "outbox", ["queued_at"])
