"""What a login updates is updated in place, and one index fewer is written for a session and an authorization.

PostgreSQL writes a row's next version beside the one before, without touching any index (HOT), if their page has space
for it. So pages that are filled from now on keep some. A connection's sessions and authorizations are found among its
tenant's.
"""

from alembic import op

revision = "0026"
down_revision = "0025"

TABLES = ("accounts", "identity_accounts", "sessions")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 90)")
    op.drop_index("ix_sessions_connection_id", "sessions")
    op.drop_index("ix_authorizations_connection_id", "authorizations")
