"""The head of each chain of the audit says, signed, which entry was the last.

What is there already is signed by `sso-bridge db upgrade`: no key is at hand here. An older version beside this one
goes on with a chain and leaves the seal as it is; it is good for the entry that it names.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOVED = "NEW.chain <> OLD.chain OR NEW.seq <> OLD.seq + 1"
FIRST_SEAL = "NEW.chain = OLD.chain AND NEW.seq = OLD.seq AND NEW.mac = OLD.mac AND OLD.seal = ''"
REFUSED = f"({MOVED}) AND NOT ({FIRST_SEAL})"


def upgrade() -> None:
    """A head goes on by one, or gets the seal that it has not."""
    op.add_column("audit_heads", sa.Column("seal", WORD, nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_heads_go_on ON audit_heads")
        op.execute(
            "CREATE TRIGGER audit_heads_go_on BEFORE UPDATE ON audit_heads FOR EACH ROW"
            f" WHEN ({REFUSED}) EXECUTE FUNCTION audit_append_only()"
        )
    else:
        op.execute("DROP TRIGGER audit_heads_go_on")
        op.execute(
            f"CREATE TRIGGER audit_heads_go_on BEFORE UPDATE ON audit_heads WHEN {REFUSED}"
            " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )
