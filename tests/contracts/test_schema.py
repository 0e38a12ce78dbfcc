import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select

from app.adapters.sql import schema
from app.adapters.sql.database import sqlite
from app.adapters.sql.declaration import Base
from app.adapters.sql.tables import ConnectionRow, IdentityRow, TenantRow
from app.adapters.sql.unit_of_work import SqlDatabase
from tests.contracts.race import in_processes


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bridge.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def empty(empty_url: str) -> Iterator[SqlDatabase]:
    database = SqlDatabase(empty_url)
    yield database
    database.close()


TENANT = {
    "id": "acme", "slug": "acme", "name": "Acme", "policy": "sso_optional", "password_epoch": 0, "email_domains": [],
    "accent": "indigo", "status": "active", "idle_s": 60, "absolute_s": 600, "security": {},
}  # fmt: skip
CONNECTION = {"tenant_id": "acme", "status": "active"}
PROVIDERS = {
    "plain": {
        "protocol": "oauth2",
        "issuer": None,
        "token_endpoint": "https://git.example/token",
        "userinfo_endpoint": "https://git.example/user",
    },
    "openid": {"protocol": "oidc", "issuer": "https://idp.example", "userinfo_endpoint": "https://idp.example/user"},
}
IDENTITY = {"tenant_id": "acme", "subject": "7", "match_value": "a@acme.example", "created_at": 0.0, "changed_at": 0.0}


def to(database: SqlDatabase, revision: str) -> None:
    """As far as an earlier version migrated it."""
    with database.engine.begin() as connection:
        schema.upgrade(connection, to=revision)


def upgrade_in_own_process(url: str) -> str | None:
    database = SqlDatabase(url)
    database.upgrade()
    revision = database.current()
    database.close()
    return revision


def test_an_empty_database_misses_every_revision_oldest_first(empty: SqlDatabase) -> None:
    assert empty.current() is None
    assert empty.missing_migrations()[0] == "0001"


def test_an_upgraded_database_misses_nothing(empty: SqlDatabase) -> None:
    revisions = empty.missing_migrations()
    empty.upgrade()
    assert empty.missing_migrations() == ()
    assert empty.current() == revisions[-1]


def test_upgrading_again_does_nothing(empty: SqlDatabase) -> None:
    empty.upgrade()
    empty.upgrade()
    assert empty.missing_migrations() == ()


# SQLAlchemy does not read an index on an expression back from SQLite; that they are there, the plans of their queries
# show (contracts/tenants, contracts/accounts).
@pytest.mark.filterwarnings("ignore:.*expression-based index.*ix_tenants_lower_name")
@pytest.mark.filterwarnings("ignore:.*expression-based index.*ix_accounts_name_beginning")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_models_and_migrations_do_not_differ(empty: SqlDatabase) -> None:
    empty.upgrade()
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_several_processes_upgrade_at_once(empty_url: str) -> None:
    revisions = in_processes(upgrade_in_own_process, empty_url)
    assert len(set(revisions)) == 1
    assert revisions[0] is not None


def test_a_file_that_other_processes_are_just_creating_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    attempts = 0

    def others_finish(statement: str) -> None:
        nonlocal attempts
        attempts += statement == "PRAGMA journal_mode = WAL"
        if statement == sqlite.BEGIN:
            other.execute("COMMIT")

    with closing(sqlite3.connect(path, isolation_level=None)) as other, closing(sqlite3.connect(path)) as ours:
        other.execute(sqlite.BEGIN)
        ours.set_trace_callback(others_finish)
        sqlite.write_ahead(ours)
        assert attempts == 2, "SQLite does not wait here by itself"
        assert ours.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_database_ahead_of_the_code_misses_nothing(empty: SqlDatabase) -> None:
    empty.upgrade()
    with empty.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of the future'")
    assert empty.missing_migrations() == ()


def test_a_migration_that_fails_leaves_nothing_behind(empty: SqlDatabase) -> None:
    with empty.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE audit_entries (id INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        empty.upgrade()
    assert empty.current() is None
    with empty.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE audit_entries")
    empty.upgrade()


def test_upgrading_works_from_any_folder(empty: SqlDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    empty.upgrade()
    assert empty.missing_migrations() == ()


def test_identities_of_plain_oauth2_go_on_under_the_endpoint_that_names_them(empty: SqlDatabase) -> None:
    to(empty, "0007")
    before = {"plain": "https://git.example/token", "openid": "https://idp.example", "moved": "https://old.example"}
    with empty.engine.begin() as connection:
        connection.execute(insert(TenantRow).values(TENANT))
        for name, provider in PROVIDERS.items():
            connection.execute(
                insert(ConnectionRow).values({**CONNECTION, "id": name, "name": name, "provider": provider})
            )
        for name, issuer in before.items():
            of = "plain" if name == "moved" else name
            connection.execute(
                insert(IdentityRow).values({**IDENTITY, "id": name, "connection_id": of, "issuer": issuer})
            )
    empty.upgrade()
    with empty.engine.connect() as connection:
        after = {row.id: row.issuer for row in connection.execute(select(IdentityRow.id, IdentityRow.issuer))}
    assert after == {**before, "plain": "https://git.example/user"}


def test_the_files_names_tell_the_revisions_that_alembic_finds_in_them() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert schema.revisions() == tuple(script.revision for script in scripts.walk_revisions())[::-1]
