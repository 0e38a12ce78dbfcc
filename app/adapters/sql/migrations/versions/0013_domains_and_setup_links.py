"""Domains that tenants prove, and set-up links.

One tenant alone can prove a domain: a unique row decides. `tenants.proven_domains` is a copy for logins, which read the
tenant's row anyway.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("tenants", sa.Column("proven_domains", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "domain_claims",
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("domain", WORD, nullable=False),
        sa.Column("token", WORD, nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.Column("added_by", WORD, nullable=False),
        sa.Column("proven_at", sa.Double()),
        sa.Column("checked_at", sa.Double()),
        sa.Column("result", WORD),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("failing_since", sa.Double()),
        sa.Column("expired_at", sa.Double()),
        sa.Column("due_at", sa.Double()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_domain_claims_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "domain", name="pk_domain_claims"),
        sa.UniqueConstraint("token", name="uq_domain_claims_token"),
    )
    proven = sa.text("proven_at IS NOT NULL")
    op.create_index(
        "uq_domain_claims_proven",
        "domain_claims",
        ["domain"],
        unique=True,
        sqlite_where=proven,
        postgresql_where=proven,
    )
    op.create_index("ix_domain_claims_due_at", "domain_claims", ["due_at"])
    op.create_table(
        "setup_links",
        sa.Column("id", WORD, nullable=False),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("token_hash", WORD, nullable=False),
        sa.Column("email", WORD, nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=False),
        sa.Column("sent_by", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("code_mac", WORD),
        sa.Column("code_browser", WORD),
        sa.Column("code_at", sa.Double()),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.Double()),
        sa.Column("session", WORD),
        sa.Column("session_ends_at", sa.Double()),
        sa.Column("proposed_at", sa.Double()),
        sa.Column("revoked_at", sa.Double()),
        sa.Column("revoked_by", WORD),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_setup_links_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_setup_links"),
        sa.UniqueConstraint("token_hash", name="uq_setup_links_token_hash"),
        sa.UniqueConstraint("session", name="uq_setup_links_session"),
    )
    op.create_index("ix_setup_links_tenant_id_sent_at", "setup_links", ["tenant_id", "sent_at"])
