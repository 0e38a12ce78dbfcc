"""Logouts that providers sent; held logins by subject; OAuth 2.0 identities under the endpoint that names them.

A worker of the version before goes on beside this one. Until it is replaced it takes people of plain OAuth 2.0 servers
for new ones, and matches them as at a first login.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
CONNECTIONS = sa.table("connections", sa.column("id", WORD), sa.column("provider", sa.JSON()))
NAMED = [
    sa.table(name, sa.column("connection_id", WORD), sa.column("issuer", WORD))
    for name in ("identities", "identity_accounts", "held_logins")
]


def upgrade() -> None:
    op.create_table(
        "provider_logouts",
        sa.Column("id", WORD, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider_logouts"),
    )
    op.create_index("ix_provider_logouts_expires_at", "provider_logouts", ["expires_at"])
    op.create_index("ix_held_logins_tenant_id_subject", "held_logins", ["tenant_id", "subject"])
    connection = op.get_bind()
    for connection_id, provider in connection.execute(sa.select(CONNECTIONS.c.id, CONNECTIONS.c.provider)).all():
        if provider.get("protocol") == "oauth2" and provider.get("userinfo_endpoint"):
            before = provider.get("issuer") or provider.get("token_endpoint")
            for table in NAMED:
                of_this = (table.c.connection_id == connection_id) & (table.c.issuer == before)
                connection.execute(table.update().where(of_this).values(issuer=provider["userinfo_endpoint"]))
