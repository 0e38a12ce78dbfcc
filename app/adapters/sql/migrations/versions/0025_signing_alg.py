"""What a client's tokens are signed with."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("clients", sa.Column("signing_alg", WORD, nullable=False, server_default="RS256"))
