"""The bridge as OAuth 2.0 / OpenID provider: keys, codes, tokens, consents, and logouts that apps are told about."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _clients()
    op.create_table(
        "signing_keys",
        sa.Column("kid", WORD, primary_key=True),
        sa.Column("algorithm", WORD, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("private", WORD, nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("signs_from", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=True, index=True),
        sa.UniqueConstraint("algorithm", "generation"),
    )
    op.create_table(
        "pushed_requests",
        sa.Column("id", WORD, primary_key=True),
        sa.Column("client_id", WORD, sa.ForeignKey("clients.client_id"), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False, index=True),
    )
    _authorizations()
    _people()
    op.add_column("sessions", sa.Column("device", WORD, nullable=False, server_default=""))


def _clients() -> None:
    for column in (
        sa.Column("next_secret_hash", WORD, nullable=True),
        sa.Column("jwks", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("expires_iso", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("backchannel_logout_uri", WORD, nullable=True),
        sa.Column("post_logout_redirect_uris", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("made_at", sa.Double(), nullable=False, server_default="0"),
        sa.Column("secret_made_at", sa.Double(), nullable=True),
        sa.Column("next_secret_made_at", sa.Double(), nullable=True),
        sa.Column("last_used_at", sa.Double(), nullable=True),
    ):
        op.add_column("clients", column)
    op.create_index("ix_clients_tenant_id", "clients", ["tenant_id"])


def _authorizations() -> None:
    op.create_table(
        "authorizations",
        sa.Column("id", WORD, primary_key=True),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("client_id", WORD, sa.ForeignKey("clients.client_id"), nullable=False, index=True),
        sa.Column("reference", WORD, nullable=False),
        sa.Column("method", WORD, nullable=False),
        sa.Column("password_epoch", sa.Integer(), nullable=False),
        sa.Column("auth_time", sa.Double(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False, index=True),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("connection_id", WORD, nullable=True, index=True),
        sa.Column("amr", sa.JSON(), nullable=False),
        sa.Column("acr", WORD, nullable=True),
        sa.Column("last_used_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
    )
    op.create_index("ix_authorizations_tenant_id_account_id", "authorizations", ["tenant_id", "account_id"])
    under = sa.ForeignKey("authorizations.id", ondelete="CASCADE")
    op.create_table(
        "authorization_codes",
        sa.Column("code_hash", WORD, primary_key=True),
        sa.Column("authorization_id", WORD, under, nullable=False, index=True),
        sa.Column("client_id", WORD, nullable=False),
        sa.Column("redirect_uri", WORD, nullable=False),
        sa.Column("code_challenge", WORD, nullable=False),
        sa.Column("nonce", WORD, nullable=True),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", WORD, primary_key=True),
        sa.Column(
            "authorization_id",
            WORD,
            sa.ForeignKey("authorizations.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("issued_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.Column("retried_at", sa.Double(), nullable=True),
    )
    op.create_table(
        "revoked_tokens",
        sa.Column("jti", WORD, primary_key=True),
        sa.Column("expires_at", sa.Double(), nullable=False, index=True),
    )


def _people() -> None:
    op.create_table(
        "device_codes",
        sa.Column("device_hash", WORD, primary_key=True),
        sa.Column("user_code", WORD, nullable=False, unique=True),
        sa.Column("client_id", WORD, sa.ForeignKey("clients.client_id"), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("asked_from", WORD, nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False, index=True),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("polled_at", sa.Double(), nullable=True),
        sa.Column("authorization_id", WORD, nullable=True),
    )
    op.create_table(
        "consents",
        sa.Column("tenant_id", WORD, primary_key=True),
        sa.Column("account_id", WORD, primary_key=True),
        sa.Column("client_id", WORD, sa.ForeignKey("clients.client_id"), primary_key=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("given_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
    )
    op.create_table(
        "app_logouts",
        sa.Column("id", WORD, primary_key=True),
        sa.Column("client_id", WORD, sa.ForeignKey("clients.client_id"), nullable=False),
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("reference", WORD, nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=True, index=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", WORD, nullable=True),
        sa.Column("expires_at", sa.Double(), nullable=False, index=True),
    )
