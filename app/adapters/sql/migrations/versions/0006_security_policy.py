"""What a tenant demands of logins, when accounts signed in by which method, second factors."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON(none_as_null=True)
NOTHING_MORE = (
    '{"networks": [], "totp": "optional", "throttling": {"failures": 10, "window_s": 900}, "shared_desk": false}'
)
WITH_SECOND_FACTOR = {
    "networks": [],
    "totp": "required",
    "throttling": {"failures": 10, "window_s": 900},
    "shared_desk": False,
}


def upgrade() -> None:
    # The default stays behind: SQLite could only take it away by making the table anew, under its foreign keys.
    op.add_column("tenants", sa.Column("security", sa.JSON(), nullable=False, server_default=NOTHING_MORE))
    op.add_column("tenants", sa.Column("observing_since", sa.Double(), nullable=True))
    op.add_column("tenants", sa.Column("planned", JSON, nullable=True))
    op.add_column("tenants", sa.Column("planned_at", sa.Double(), nullable=True))
    op.add_column("tenants", sa.Column("requested", JSON, nullable=True))
    op.create_index("ix_tenants_planned_at", "tenants", ["planned_at"])
    tenants = sa.table("tenants", sa.column("slug", sa.Text()), sa.column("security", sa.JSON()))
    op.execute(tenants.update().where(tenants.c.slug == "staff").values(security=WITH_SECOND_FACTOR))
    op.add_column("accounts", sa.Column("last_sso_at", sa.Double(), nullable=True))
    op.add_column("accounts", sa.Column("last_password_at", sa.Double(), nullable=True))
    op.create_index("ix_traces_tenant_id_at", "traces", ["tenant_id", "at"])
    op.create_table(
        "second_factors",
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("secret", WORD, nullable=False),
        sa.Column("confirmed_at", sa.Double(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", name="pk_second_factors"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name="fk_second_factors_tenant_id",
        ),
    )
