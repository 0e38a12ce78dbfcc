"""A certificate for each connection that proves itself by TLS; how well the person of a session signed in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("connections", sa.Column("certificate", WORD, nullable=True))
    op.add_column("sessions", sa.Column("acr", WORD, nullable=True))
