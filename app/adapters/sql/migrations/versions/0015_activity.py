"""Whose login a trace is about, how it ended and what it says about the provider; logins counted by quarter of an hour.

The traces of before are marked from what they hold, but for whom they are about: nobody wrote that down. The worker
counts them. An older version beside this one adds traces without marks: they are listed, but not counted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

FAILED = (
    "'provider_unreachable', 'provider_timeout', 'provider_tls', 'provider_error', 'answer_too_large',"
    " 'answer_invalid', 'discovery_invalid', 'endpoint_missing', 'keys_unavailable', 'userinfo_failed',"
    " 'store_unavailable', 'misconfigured', 'internal'"
)
"""The reasons whose outcome is `failed`; every other is `refused`."""
LOGIN = """bound AND CAST(details AS TEXT) NOT LIKE '%"purpose"%'"""
"""Not a test, a check or a confirmation."""
ANSWERED = (
    "'no_account', 'account_disabled', 'held_new_subject', 'held_email_moved', 'email_missing', 'email_invalid',"
    " 'email_unverified', 'email_outside_domains'"
)
"""Refusals that come after the provider has done its part. What else says about it, later logins will say again."""


def upgrade() -> None:
    for name in ("account_id", "login_outcome", "provider_state"):
        op.add_column("traces", sa.Column(name, WORD, nullable=True))
    op.execute(
        "UPDATE traces SET login_outcome = CASE WHEN reason IS NULL THEN 'signed_in'"  # noqa: S608 - constants
        f" WHEN reason IN ({FAILED}) THEN 'failed' ELSE 'refused' END,"
        f" provider_state = CASE WHEN method = 'sso' AND (reason IS NULL OR reason IN ({ANSWERED})) THEN 'ok' END"
        f" WHERE {LOGIN}"
    )
    for columns, condition in (
        (["tenant_id", "account_id", "at"], "account_id IS NOT NULL"),
        (["tenant_id", "connection", "provider_state", "at"], "provider_state IS NOT NULL"),
    ):
        only = sa.text(condition)
        name = f"ix_traces_{'_'.join(columns)}"
        op.create_index(name, "traces", columns, sqlite_where=only, postgresql_where=only)
    unsuccessful = sa.text("login_outcome <> 'signed_in'")
    op.create_index(
        "ix_traces_unsuccessful",
        "traces",
        ["tenant_id", "at"],
        sqlite_where=unsuccessful,
        postgresql_where=unsuccessful,
    )
    op.create_table(
        "login_counts",
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("logins", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "begins_at", "outcome", name="pk_login_counts"),
    )
    op.create_index("ix_login_counts_begins_at", "login_counts", ["begins_at"])
    op.create_table(
        "login_counts_until",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_counts_until"),
    )
    op.create_index("ix_accounts_username_key", "accounts", ["username_key"])
    op.create_index("ix_accounts_email_key", "accounts", ["email_key"])
    op.create_index("ix_accounts_name_beginning", "accounts", [sa.text("substr(lower(name), 1, 100)")])
    op.create_index("ix_audit_entries_chain_at", "audit_entries", ["chain", "at"])
    op.create_index("ix_audit_entries_chain_actor_id", "audit_entries", ["chain", "actor", "id"])
