"""Whether a connection's provider has ever sent a logout by the back channel."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("connections", sa.Column("backchannel_at", sa.Double(), nullable=True))
