"""What whoever runs the bridge types: db, doctor; and what a wrong setting leads to."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from app.adapters.system import SystemClock
from tests.fake_idp import FakeProvider
from tests.integration.cli.conftest import KEY, Commands
from tests.services.process import free_port

OTHER_KEY = base64.b64encode(b"o" * 32).decode()
ACME = """
[[tenants]]
slug = "acme"
policy = "sso_optional"
[[tenants.connections]]
name = "main"
issuer = "https://idp.acme.example"
client_id = "bridge"
client_secret = "s3cret"
"""


def test_a_new_database_is_migrated_once(fresh: Commands) -> None:
    before = fresh.run("db", "current", exit_code=1)
    assert before.stdout == "none: the database is empty\n"
    assert before.stderr.endswith("Run: sso-bridge db upgrade\n")
    first, *_, last = fresh.lines("db", "upgrade")
    assert first.startswith("+ migration ")
    assert last.startswith("The database is now at version ")
    assert fresh.lines("db", "upgrade") == ["The database is up to date."]
    assert fresh.lines("db", "current") == [last.removeprefix("The database is now at version ").rstrip(".")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENV", "staging"),
        ("SECRET_KEYS", "abc"),
        ("BASE_URL", "localhost"),
        ("TRUSTED_PROXIES", "many"),
        ("UPSTREAM_NETWORKS", "10.0.0.1/8"),
        ("DATABASE_URL", "mysql://h/d"),
        ("DATABASE_URL", "nonsense"),
        ("REDIS_URL", "nonsense"),
        ("INSTANCE_DIR", "/proc/nowhere"),
    ],
)
def test_a_wrong_setting_is_one_sentence_with_its_name(fresh: Commands, name: str, value: str) -> None:
    fresh.environment[f"SSO_BRIDGE_{name}"] = value
    if name == "INSTANCE_DIR":
        del fresh.environment["SSO_BRIDGE_SECRET_KEYS"]
    said = fresh.run("tenant", "list", exit_code=2).stderr
    assert said.startswith(f"SSO_BRIDGE_{name}")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("name", ["BASE_URL", "SECRET_KEYS"])
def test_what_production_needs_is_asked_for_by_name(fresh: Commands, name: str) -> None:
    fresh.environment |= {"SSO_BRIDGE_ENV": "production", "SSO_BRIDGE_BASE_URL": "https://login.example"}
    del fresh.environment[f"SSO_BRIDGE_{name}"]
    assert fresh.run("doctor", exit_code=2).stderr.startswith(f"SSO_BRIDGE_{name} is not set.")


def test_a_database_that_is_away_is_one_sentence(fresh: Commands) -> None:
    fresh.environment["SSO_BRIDGE_DATABASE_URL"] = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    assert fresh.run("tenant", "list", exit_code=1).stderr == (
        "The database cannot be reached. Check SSO_BRIDGE_DATABASE_URL, and that it is running and not full.\n"
    )


def findings(commands: Commands, *words: str, exit_code: int = 0) -> dict[str, tuple[str, str]]:
    """By check: its mark, and what is said about it."""
    rows = [line.split(maxsplit=1) for line in commands.run("doctor", *words, exit_code=exit_code).stdout.splitlines()]
    return {name: (mark, text.strip()) for name, rest in rows[1:] for mark, _, text in [rest.partition(" ")]}


def test_a_healthy_bridge_has_nothing_wrong(commands: Commands) -> None:
    commands.apply(ACME)
    found = findings(commands)
    assert set(found) == {"settings", "database", "migrations", "counters", "mail", "clock", "keys"}
    assert {mark for mark, _ in found.values()} == {"ok"}


def test_missing_migrations_are_found(fresh: Commands) -> None:
    mark, text = findings(fresh, exit_code=1)["migrations"]
    assert mark == "wrong"
    assert "sso-bridge db upgrade" in text


def test_a_database_that_is_away_is_found(fresh: Commands) -> None:
    fresh.environment["SSO_BRIDGE_DATABASE_URL"] = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    assert findings(fresh, exit_code=1)["database"] == ("wrong", "the database cannot be reached")


def test_secrets_under_a_key_that_is_gone_are_found(commands: Commands) -> None:
    commands.apply(ACME)
    commands.environment["SSO_BRIDGE_SECRET_KEYS"] = OTHER_KEY
    mark, text = findings(commands, exit_code=1)["keys"]
    assert mark == "wrong"
    assert text.startswith("SSO_BRIDGE_SECRET_KEYS cannot decrypt acme/main: client_secret")
    assert commands.apply(ACME) == ["~ connection acme/main: client_secret"]
    findings(commands)


def test_old_keys_still_open(commands: Commands) -> None:
    commands.apply(ACME)
    commands.environment["SSO_BRIDGE_SECRET_KEYS"] = f"{OTHER_KEY},{KEY}"
    assert findings(commands)["keys"] == ("ok", "")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (ACME.replace('client_id = "bridge"', ""), "client_id is missing: set it and apply"),
        (
            ACME.replace('client_secret = "s3cret"', ""),
            "client_secret is missing but required by client_secret_basic: set it and apply",
        ),
        (ACME + 'status = "disabled"', "none is active, so OAuth Login does not work: add or enable a connection"),
        (ACME.replace('slug = "acme"', 'slug = "acme"\nstatus = "disabled"'), "disabled: no one can sign in"),
    ],
)
def test_what_a_tenant_lacks_is_found(commands: Commands, text: str, wrong: str) -> None:
    commands.apply(text)
    told = commands.run("doctor", "acme", "--json", exit_code=1).stdout
    assert wrong in told
    findings(commands)


def test_a_tenant_that_is_complete_is_healthy(commands: Commands, idp: FakeProvider) -> None:
    commands.apply(ACME.replace("https://idp.acme.example", idp.issuer))
    told = commands.json("doctor", "acme")
    assert isinstance(told, dict)
    assert told["ok"] is True
    checks = {check["check"]: check for check in told["checks"]}
    assert checks["connection main"]["text"] == "no one has signed in with its current settings yet"
    assert checks["main: discovery"]["ok"] is True


@pytest.mark.parametrize(("accepted", "mark"), [("s3cret", "warning"), ("the next one", "ok")])
def test_the_next_client_secret_is_tried_before_the_present_one_ends(
    commands: Commands, idp: FakeProvider, accepted: str, mark: str
) -> None:
    soon = datetime.now(tz=UTC).date() + timedelta(days=2)
    more = f'next_client_secret = "the next one"\nclient_secret_expires = "{soon}"\n'
    commands.apply(f"{ACME.replace('https://idp.acme.example', idp.issuer)}\n{more}")
    idp.client(client_secret=accepted)
    told = json.loads(commands.run("doctor", "acme", "--json", exit_code=0 if mark == "warning" else 1).stdout)
    checks = {check["check"]: check for check in told["checks"]}
    assert checks["main: next client secret"]["level"] == mark
    assert checks["main: client"]["level"] == ("ok" if mark == "warning" else "wrong")
    said = checks["main: client secret"]
    assert said["level"] == "ok"
    assert said["text"].endswith("more days; the next one takes its place")


def test_without_a_next_client_secret_none_is_tried(commands: Commands, idp: FakeProvider) -> None:
    commands.apply(ACME.replace("https://idp.acme.example", idp.issuer))
    told = commands.run("doctor", "acme", "--json").stdout
    assert "next client secret" not in told


def test_a_provider_that_is_away_is_found_with_what_to_do(commands: Commands) -> None:
    commands.apply(ACME.replace("https://idp.acme.example", f"http://127.0.0.1:{free_port()}"))
    lines = commands.run("doctor", "acme", exit_code=1).stdout.splitlines()
    (found,) = [number for number, line in enumerate(lines) if line.startswith("main: discovery")]
    assert lines[found].split()[2] == "wrong"
    assert "\\n" not in lines[found]
    assert lines[found + 1].startswith("   ")


def test_a_database_that_a_newer_version_has_upgraded_is_one_sentence(commands: Commands) -> None:
    with commands.database().engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    said = commands.run("db", "upgrade", exit_code=1).stderr
    assert said == (
        "Nothing to upgrade: the database was upgraded by a newer version of SSO Bridge; install that version here "
        "too.\n"
    )
    mark, text = findings(commands)["schema"]
    assert (mark, text) == (
        "warning",
        "the database was upgraded by a newer version of SSO Bridge; install that version here too",
    )


@pytest.mark.parametrize(
    ("ahead_s", "mark"), [(-300.0, "wrong"), (-30.0, "warning"), (3.0, None), (30.0, "warning"), (300.0, "wrong")]
)
def test_a_clock_that_differs_from_the_databases_is_found(
    commands: Commands, monkeypatch: pytest.MonkeyPatch, ahead_s: float, mark: str | None
) -> None:
    real = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda clock: real(clock) + ahead_s)
    told = commands.run("doctor", "--json", exit_code=1 if mark == "wrong" else 0).stdout
    found = [check for check in json.loads(told)["checks"] if check["check"] == "database clock"]
    assert [check["level"] for check in found] == ([mark] if mark else [])
    assert all(f"{abs(ahead_s):.0f} s {'ahead of' if ahead_s > 0 else 'behind'}" in check["text"] for check in found)
