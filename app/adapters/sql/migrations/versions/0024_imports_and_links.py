"""Who confirmed an import and how far it is; set-up links are found by when they end, to be deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    # The version before adds rows without them.
    op.add_column("account_imports", sa.Column("rows", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("account_imports", sa.Column("prepared", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("account_imports", sa.Column("confirmed_by", WORD, nullable=True))
    op.add_column("account_imports", sa.Column("confirmed_account_id", WORD, nullable=True))
    op.create_index("ix_account_imports_tenant_id_uploaded_at", "account_imports", ["tenant_id", "uploaded_at"])
    op.create_index("ix_setup_links_expires_at", "setup_links", ["expires_at"])
