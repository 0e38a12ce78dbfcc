"""Who gets notices, who has got which, and an index for what expires next."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("key", WORD, nullable=False),
        sa.Column("recipient", WORD, nullable=False),
        sa.Column("topic", WORD, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", "recipient", name="pk_notices"),
    )
    op.create_index("ix_notices_at", "notices", ["at"])
    op.create_index("ix_notices_topic_at", "notices", ["topic", "at"])
    op.create_table(
        "notice_settings",
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("audience", WORD, nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", name="pk_notice_settings"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_notice_settings_tenant_id"),
    )
    op.create_index("ix_connections_client_secret_expires", "connections", ["client_secret_expires"])
    op.create_index("ix_connections_certificate_expires_at", "connections", ["certificate_expires_at"])
