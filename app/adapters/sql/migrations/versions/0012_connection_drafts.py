"""Drafts of connections, the version before the present one, and the next client secret beside the present one."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("connections", sa.Column("next_client_secret", WORD, nullable=True))
    op.add_column("connections", sa.Column("client_secret_expires", WORD, nullable=True))
    op.add_column("connections", sa.Column("certificate_expires_at", sa.Double(), nullable=True))
    for table in ("connection_drafts", "connection_versions"):
        op.create_table(
            table,
            sa.Column("tenant_id", WORD, nullable=False),
            sa.Column("id", WORD, nullable=False),
            sa.Column("name", WORD, nullable=False),
            sa.Column("provider", sa.JSON(), nullable=False),
            sa.Column("client_secret", WORD, nullable=True),
            sa.Column("next_client_secret", WORD, nullable=True),
            sa.Column("client_secret_expires", WORD, nullable=True),
            sa.Column("private_key", WORD, nullable=True),
            sa.Column("certificate", WORD, nullable=True),
            sa.Column("certificate_expires_at", sa.Double(), nullable=True),
            sa.Column("status", WORD, nullable=False),
            sa.Column("tested_at", sa.Double(), nullable=True),
            sa.Column("tested_fingerprint", WORD, nullable=True),
            *_further(table),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
            sa.ForeignKeyConstraint(
                ["tenant_id", "id"], ["connections.tenant_id", "connections.id"], name=f"fk_{table}_tenant_id_id"
            ),
        )


def _further(table: str) -> list[sa.Column[Any]]:
    if table == "connection_drafts":
        return [
            sa.Column("base", WORD, nullable=False),
            sa.Column("kind", WORD, nullable=False),
            sa.Column("changed_at", sa.Double(), nullable=False),
            sa.Column("changed_by", WORD, nullable=False),
        ]
    return [
        sa.Column("successor", WORD, nullable=False),
        sa.Column("replaced_at", sa.Double(), nullable=False),
        sa.Column("replaced_by", WORD, nullable=False),
    ]
