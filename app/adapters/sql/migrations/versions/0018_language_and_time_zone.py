"""A tenant's language and time zone: of its mails, and of its pages where a browser says nothing better."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0015"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("tenants", sa.Column("language", WORD, nullable=False, server_default="en"))
    op.add_column("tenants", sa.Column("time_zone", WORD, nullable=False, server_default="UTC"))
