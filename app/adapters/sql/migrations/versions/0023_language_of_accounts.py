"""The language of each person's last login, for mails."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("accounts", sa.Column("language", WORD, nullable=True))
