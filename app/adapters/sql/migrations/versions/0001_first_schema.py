"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _customers()
    _identities()
    _logins()
    _clients_and_audit()


def _customers() -> None:
    op.create_table(
        "tenants",
        sa.Column("id", WORD, nullable=False),
        sa.Column("slug", WORD, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("policy", WORD, nullable=False),
        sa.Column("password_epoch", sa.Integer(), nullable=False),
        sa.Column("email_domains", sa.JSON(), nullable=False),
        sa.Column("accent", WORD, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("idle_s", sa.Integer(), nullable=False),
        sa.Column("absolute_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
        sa.UniqueConstraint("slug", name="uq_tenants_slug"),
    )
    op.create_table(
        "tenant_email_domains",
        sa.Column("domain", WORD, nullable=False),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tenant_email_domains_tenant_id"),
        sa.PrimaryKeyConstraint("domain", "tenant_id", name="pk_tenant_email_domains"),
    )
    op.create_table(
        "connections",
        sa.Column("id", WORD, nullable=False),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("provider", sa.JSON(), nullable=False),
        sa.Column("client_secret", WORD, nullable=True),
        sa.Column("private_key", WORD, nullable=True),
        sa.Column("status", WORD, nullable=False),
        sa.Column("tested_at", sa.Double(), nullable=True),
        sa.Column("tested_fingerprint", WORD, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_connections_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_connections"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_connections_tenant_id_id"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_connections_tenant_id_name"),
    )
    op.create_table(
        "accounts",
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("id", WORD, nullable=False),
        sa.Column("username", WORD, nullable=False),
        sa.Column("username_key", WORD, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("email", WORD, nullable=True),
        sa.Column("email_key", WORD, nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("external_id", WORD, nullable=True),
        sa.Column("status", WORD, nullable=False),
        sa.Column("last_login_at", sa.Double(), nullable=True),
        sa.Column("password_hash", WORD, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_accounts_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_accounts"),
        sa.UniqueConstraint("tenant_id", "username_key", name="uq_accounts_tenant_id_username_key"),
    )
    op.create_index("ix_accounts_tenant_id_email_key", "accounts", ["tenant_id", "email_key"])
    op.create_index("ix_accounts_tenant_id_external_id", "accounts", ["tenant_id", "external_id"])


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("id", WORD, nullable=False),
        sa.Column("connection_id", WORD, nullable=False),
        sa.Column("issuer", WORD, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("match_value", WORD, nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["connections.tenant_id", "connections.id"],
            name="fk_identities_tenant_id_connection_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_identities"),
        sa.UniqueConstraint("connection_id", "issuer", "subject", name="uq_identities_connection_id_issuer_subject"),
    )
    op.create_table(
        "identity_accounts",
        sa.Column("connection_id", WORD, nullable=False),
        sa.Column("issuer", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("identity_id", WORD, nullable=False),
        sa.Column("linked_at", sa.Double(), nullable=False),
        sa.Column("last_used_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name="fk_identity_accounts_tenant_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "identity_id"],
            ["identities.tenant_id", "identities.id"],
            name="fk_identity_accounts_tenant_id_identity_id",
        ),
        sa.PrimaryKeyConstraint("connection_id", "issuer", "account_id", name="pk_identity_accounts"),
    )
    op.create_index("ix_identity_accounts_identity_id", "identity_accounts", ["identity_id"])
    op.create_table(
        "held_logins",
        sa.Column("id", WORD, nullable=False),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("connection_id", WORD, nullable=False),
        sa.Column("issuer", WORD, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("match_value", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("before", WORD, nullable=False),
        sa.Column("reference", WORD, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("decision", WORD, nullable=False),
        sa.Column("decided_at", sa.Double(), nullable=True),
        sa.Column("decided_by", WORD, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["connections.tenant_id", "connections.id"],
            name="fk_held_logins_tenant_id_connection_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_held_logins"),
    )
    op.create_index("ix_held_logins_tenant_id_decision_at", "held_logins", ["tenant_id", "decision", "at"])
    op.create_index(
        "uq_held_logins_undecided",
        "held_logins",
        ["connection_id", "issuer", "subject", "match_value"],
        unique=True,
        sqlite_where=sa.text("decision <> 'accepted'"),
        postgresql_where=sa.text("decision <> 'accepted'"),
    )


def _logins() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", WORD, nullable=False),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("method", WORD, nullable=False),
        sa.Column("reference", WORD, nullable=False),
        sa.Column("auth_time", sa.Double(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("last_seen_at", sa.Double(), nullable=False),
        sa.Column("idle_s", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("password_epoch", sa.Integer(), nullable=False),
        sa.Column("connection_id", WORD, nullable=True),
        sa.Column("identity_id", WORD, nullable=True),
        sa.Column("provider_sid", WORD, nullable=True),
        sa.Column("id_token", WORD, nullable=True),
        sa.Column("end_session_endpoint", WORD, nullable=True),
        sa.Column("amr", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], name="fk_sessions_tenant_id_account_id"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["connections.tenant_id", "connections.id"],
            name="fk_sessions_tenant_id_connection_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "identity_id"],
            ["identities.tenant_id", "identities.id"],
            name="fk_sessions_tenant_id_identity_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_connection_id", "sessions", ["connection_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_identity_id", "sessions", ["identity_id"])
    op.create_index("ix_sessions_tenant_id_account_id", "sessions", ["tenant_id", "account_id"])
    op.create_table(
        "burned_attempts",
        sa.Column("id", WORD, nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_burned_attempts"),
    )
    op.create_index("ix_burned_attempts_expires_at", "burned_attempts", ["expires_at"])
    op.create_table(
        "traces",
        sa.Column("reference", WORD, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("tenant_id", WORD, nullable=True),
        sa.Column("tenant", WORD, nullable=True),
        sa.Column("connection", WORD, nullable=True),
        sa.Column("method", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("bound", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_traces"),
    )
    op.create_index("ix_traces_bound_at", "traces", ["bound", "at"])
    op.create_table(
        "counters",
        sa.Column("key", WORD, nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_counters"),
    )
    op.create_index("ix_counters_expires_at", "counters", ["expires_at"])


def _clients_and_audit() -> None:
    op.create_table(
        "clients",
        sa.Column("client_id", WORD, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("secret_hash", WORD, nullable=True),
        sa.Column("redirect_uris", sa.JSON(), nullable=False),
        sa.Column("grants", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", WORD, nullable=True),
        sa.Column("status", WORD, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_clients_tenant_id"),
        sa.PrimaryKeyConstraint("client_id", name="pk_clients"),
    )
    op.create_table(
        "scopes",
        sa.Column("name", WORD, nullable=False),
        sa.Column("description", WORD, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_scopes"),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", WORD, nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("actor", WORD, nullable=False),
        sa.Column("action", WORD, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_audit_entries_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_tenant_id_id", "audit_entries", ["tenant_id", "id"])
