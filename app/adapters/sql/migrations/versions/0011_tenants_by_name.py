"""A tenant by its name as people type it: what the public finder asks for.

A hash, where there is one: names are compared with all of what was typed, and are not limited in length.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index("ix_tenants_lower_name", "tenants", [sa.text("lower(name)")], postgresql_using="hash")
