"""Audit entries are chained, and are never changed.

What was written before gets its place and no MAC: no key is at hand here, and `audit verify` says so. SQLite loses
triggers with a table that is made anew: who does that to `audit_entries` calls `protect` again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for name in ("chain", "mac", "address"):
        op.add_column("audit_entries", sa.Column(name, WORD, nullable=False, server_default=""))
    op.add_column("audit_entries", sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "audit_heads",
        sa.Column("chain", WORD, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mac", WORD, nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_audit_heads"),
    )
    op.execute(
        "UPDATE audit_entries SET chain = coalesce(tenant_id, ''), seq = (SELECT count(*) FROM audit_entries AS older"
        " WHERE coalesce(older.tenant_id, '') = coalesce(audit_entries.tenant_id, '')"
        " AND older.id <= audit_entries.id)"
    )
    op.execute("INSERT INTO audit_heads (chain, seq, mac) SELECT chain, max(seq), '' FROM audit_entries GROUP BY chain")
    op.drop_index("ix_audit_entries_tenant_id_id", "audit_entries")
    op.create_index("ix_audit_entries_chain_id", "audit_entries", ["chain", "id"])
    op.create_index("uq_audit_entries_chain_seq", "audit_entries", ["chain", "seq"], unique=True)
    protect()


def protect() -> None:
    """Entries are added only; a head goes on by one."""
    if op.get_bind().dialect.name == "postgresql":
        _protect_postgresql()
    else:
        _protect_sqlite()


def _protect_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )
    op.execute(
        "CREATE TRIGGER audit_heads_stay BEFORE DELETE OR TRUNCATE ON audit_heads"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )
    op.execute(
        "CREATE TRIGGER audit_heads_go_on BEFORE UPDATE ON audit_heads FOR EACH ROW"
        " WHEN (NEW.chain <> OLD.chain OR NEW.seq <> OLD.seq + 1) EXECUTE FUNCTION audit_append_only()"
    )


def _protect_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    op.execute(f"CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE ON audit_entries {refuse}")
    op.execute(f"CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries {refuse}")
    op.execute(f"CREATE TRIGGER audit_heads_stay BEFORE DELETE ON audit_heads {refuse}")
    op.execute(
        "CREATE TRIGGER audit_heads_go_on BEFORE UPDATE ON audit_heads"
        f" WHEN NEW.chain <> OLD.chain OR NEW.seq <> OLD.seq + 1 {refuse}"
    )
