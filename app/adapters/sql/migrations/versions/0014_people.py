"""What accounts are searched by, and which identities open one: what pages of people ask for.

The texts of accounts that exist are made here, because a database cannot fold names as people type them.
"""

import unicodedata
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BATCH = 5000
UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})
PAGE = sa.text(
    "SELECT tenant_id, id, username_key, username, name, email, external_id FROM accounts"
    " WHERE (tenant_id, id) > (:tenant_id, :id) ORDER BY tenant_id, id LIMIT :batch"
)


def upgrade() -> None:
    op.create_index("ix_identity_accounts_tenant_id_account_id", "identity_accounts", ["tenant_id", "account_id"])
    texts = op.create_table(
        "account_texts",
        sa.Column("tenant_id", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("username_key", WORD, nullable=False),
        sa.Column("text", WORD, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", name="pk_account_texts"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name="fk_account_texts_tenant_id_account_id",
        ),
        sqlite_with_rowid=False,
    )
    for rows in _pages():
        op.bulk_insert(texts, rows)


def _pages() -> Iterator[list[dict[str, str]]]:
    place = {"tenant_id": "", "id": ""}
    while True:
        page = op.get_bind().execute(PAGE, {**place, "batch": BATCH}).all()
        if not page:
            return
        place = {"tenant_id": page[-1].tenant_id, "id": page[-1].id}
        yield [
            {
                "tenant_id": row.tenant_id,
                "account_id": row.id,
                "username_key": row.username_key,
                "text": "\n".join(_folded(line) for line in row[3:] if line),
            }
            for row in page
        ]


def _folded(text: str) -> str:
    """As domain/accounts/search_text did when this was written: a migration must not change with the code."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(one for one in apart if not unicodedata.combining(one)).translate(UNDECOMPOSED)
