"""Files of people that wait for their confirmation, or for the worker."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "account_imports",
        sa.Column("id", WORD, primary_key=True),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("file_name", WORD, nullable=False),
        sa.Column("uploaded_by", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("uploaded_at", sa.Double(), nullable=False, index=True),
        sa.Column("content", WORD, nullable=True),
        sa.Column("state", WORD, nullable=False, index=True),
        sa.Column("claimed_at", sa.Double(), nullable=True),
        sa.Column("settled_at", sa.Double(), nullable=True),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
    )
