"""The bridge's own keys for each connection."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "connection_keys",
        sa.Column("kid", WORD, nullable=False),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("connection_id", WORD, nullable=False),
        sa.Column("use", WORD, nullable=False),
        sa.Column("key_type", WORD, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("private", WORD, nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("kid", name="pk_connection_keys"),
        sa.UniqueConstraint(
            "connection_id",
            "use",
            "key_type",
            "generation",
            name="uq_connection_keys_connection_id_use_key_type_generation",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["connections.tenant_id", "connections.id"],
            name="fk_connection_keys_tenant_id_connection_id",
        ),
    )
    op.create_index("ix_connection_keys_expires_at", "connection_keys", ["expires_at"])
