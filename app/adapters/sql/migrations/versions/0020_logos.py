"""Tenants' logos: the image in a table of its own, its version in the row that every page reads."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("tenants", sa.Column("logo", WORD, nullable=False, server_default=""))
    op.create_table(
        "tenant_logos",
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", WORD, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tenant_logos_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_logos"),
    )
