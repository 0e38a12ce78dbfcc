"""What support types: tenants, held logins, traces."""

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.held import HeldLogin, HeldLoginId
from app.domain.connections.connection import Connection
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import Step, Trace
from tests.integration.cli.conftest import Commands

AT = 1_795_240_000.25
ACME = """
[[tenants]]
slug = "acme"
name = "Acme Support"
policy = "sso_optional"
[[tenants.connections]]
name = "main"
issuer = "https://idp.acme.example"
client_id = "bridge"
[[tenants.accounts]]
username = "bob"
email = "bob@acme.example"
"""
STEPS = (
    Step(step="request", at=AT, took_ms=2, ok=True),
    Step(step="id_token", at=AT, took_ms=87, ok=False, note="it says \x1b[2Jmore"),
)
REFUSED = Trace(
    reference="7K3Q-9MWT-2X",
    at=AT,
    tenant_id=None,
    tenant="acme",
    connection="main",
    method=Method.SSO,
    reason=ReasonCode.ISSUER_MISMATCH,
    details={"claims": ["sub"], "expected": "https://idp.acme.example", "received": "https://idp.acme.example/"},
    steps=STEPS,
)


@pytest.fixture
def acme(commands: Commands) -> Commands:
    commands.apply(ACME)
    return commands


def stored(database: SqlDatabase) -> tuple[Tenant, Connection]:
    with database.read() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant
        return tenant, work.connections.of_tenant(tenant.id)[0]


def test_tenants_are_listed(acme: Commands) -> None:
    assert acme.lines("tenant", "list") == [
        "TENANT   NAME           POLICY         STATUS   CONNECTIONS",
        "acme     Acme Support   sso_optional   active   main",
    ]
    listed = acme.json("tenant", "list")
    assert isinstance(listed, list)
    assert (listed[0]["slug"], listed[0]["connections"]) == ("acme", ["main"])


def test_without_tenants_the_next_step_is_named(commands: Commands) -> None:
    assert "sso-bridge apply FILE" in commands.run("tenant", "list").stdout


def test_a_tenant_is_shown_with_the_redirect_uri_of_each_connection(acme: Commands) -> None:
    _, connection = stored(acme.database())
    uri = f"http://localhost:8000/callback/{connection.id}"
    lines = [line.split(maxsplit=1) for line in acme.lines("tenant", "show", "acme") if line]
    assert ["id", connection.id] in lines
    assert ["redirect", f"URI   {uri}"] in lines
    shown = acme.json("tenant", "show", "acme")
    assert isinstance(shown, dict)
    assert shown["connections"][0]["redirect_uri"] == uri
    assert (
        shown["connections"][0]["backchannel_logout_uri"] == f"http://localhost:8000/backchannel-logout/{connection.id}"
    )
    assert shown["connections"][0]["jwks_uri"] == "http://localhost:8000/t/acme/jwks/main"
    assert ["back", f"logout    http://localhost:8000/backchannel-logout/{connection.id}"] in lines
    assert shown["login_url"] == "http://localhost:8000/t/acme/login"


def test_a_tenant_without_connections_says_what_to_do(commands: Commands) -> None:
    commands.apply('[[tenants]]\nslug = "acme"')
    assert "There is no connection yet." in commands.run("tenant", "show", "acme").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("tenant", "show", "nobody"),
        ("tenant", "policy", "nobody", "password", "--reason", "r"),
        ("held", "list", "nobody"),
        ("doctor", "nobody"),
    ],
)
def test_an_unknown_tenant_ends_with_1(acme: Commands, words: tuple[str, ...]) -> None:
    assert (
        acme.run(*words, exit_code=1).stderr
        == "Tenant nobody not found. To see all tenants, run: sso-bridge tenant list\n"
    )


def test_the_switch_names_what_stands_in_its_way_and_changes_nothing(acme: Commands) -> None:
    said = acme.run("tenant", "policy", "acme", "sso_only", "--reason", "they asked", exit_code=1).stderr
    first, second, _ = said.splitlines()
    assert first == "acme was not switched to sso_only:"
    assert second.startswith("- No one has signed in with the current settings of main.")
    assert stored(acme.database())[0].policy is LoginPolicy.SSO_OPTIONAL


def test_the_switch_goes_ahead_by_override_and_back(acme: Commands) -> None:
    lines = acme.lines("tenant", "policy", "acme", "sso_only", "--reason", "they asked", "--override")
    assert lines[0] == "acme: sso_optional → sso_only"
    assert lines[2].startswith("! overridden: No one has signed in")
    assert stored(acme.database())[0].policy is LoginPolicy.SSO_ONLY
    assert acme.lines("tenant", "policy", "acme", "sso_only", "--reason", "again") == [
        "acme is already sso_only; nothing was changed."
    ]
    back = acme.json("tenant", "policy", "acme", "password", "--reason", "back")
    assert back == {
        "tenant": "acme",
        "before": "sso_only",
        "policy": "password",
        "sessions_ended": 0,
        "apps_ended": 0,
        "overridden": [],
    }


@pytest.mark.parametrize("words", [("sso_only",), ("sso_only", "--reason", " "), ("sso", "--reason", "r")])
def test_the_switch_asks_for_a_policy_and_a_reason(acme: Commands, words: tuple[str, ...]) -> None:
    acme.run("tenant", "policy", "acme", *words, exit_code=2)


def test_a_refused_login_tells_its_story(acme: Commands) -> None:
    with acme.database().write() as work:
        work.traces.add(REFUSED)
    lines = acme.lines("trace", "7k3q-9mwt-2x")
    assert lines[0] == "Refused: issuer_mismatch  7K3Q-9MWT-2X"
    assert lines[2:4] == ["", "What to do"]
    decided = lines.index("Details")
    assert [line.split() for line in lines[decided + 1 : decided + 4]] == [
        ["expected", "https://idp.acme.example"],
        ["received", "https://idp.acme.example/"],
        ["claims", "sub"],
    ]
    assert lines[-1] == "id_token   05:46:40   87 ms   failed   it says \\x1b[2Jmore"


def test_a_trace_for_scripts_is_the_object_of_the_contract(acme: Commands) -> None:
    with acme.database().write() as work:
        work.traces.add(REFUSED)
    told = acme.json("trace", "7K3Q-9MWT-2X")
    assert isinstance(told, dict)
    assert set(told) == {
        *("reference", "tenant", "connection", "method", "outcome", "reason", "summary", "remedy", "details", "steps")
    }
    assert (told["outcome"], told["reason"]) == ("refused", "issuer_mismatch")


def test_a_good_login_tells_its_story(acme: Commands) -> None:
    good = Trace(
        reference="7K3Q-9MWT-2Y",
        at=AT,
        tenant_id=None,
        tenant="acme",
        connection=None,
        method=Method.PASSWORD,
        reason=None,
        steps=STEPS[:1],
    )
    with acme.database().write() as work:
        work.traces.add(good)
    lines = acme.lines("trace", "7K3Q-9MWT-2Y")
    assert lines[0] == "Signed in  7K3Q-9MWT-2Y"
    assert "What to do" not in lines


def test_a_mistyped_command_is_answered_with_the_right_one(commands: Commands) -> None:
    assert "Did you mean 'trace'?" in commands.run("trce", exit_code=2).stderr


def test_an_unknown_reference_ends_with_1(commands: Commands) -> None:
    said = commands.run("trace", "nothing\x1b[31m", exit_code=1).stderr
    assert said == (
        "Trace NOTHING\\x1b[31M not found. A reference has 10 characters, like 7K3Q-9MWT-2X; "
        "traces are kept for 30 days by default.\n"
    )


@pytest.fixture
def held(acme: Commands) -> Commands:
    database = acme.database()
    tenant, connection = stored(database)
    with database.write() as work:
        work.held.add(
            HeldLogin(
                id=HeldLoginId("abcdefgh"),
                tenant_id=tenant.id,
                connection_id=connection.id,
                issuer="https://idp.acme.example",
                subject="new",
                match_value="bob@acme.example",
                reason=ReasonCode.HELD_NEW_SUBJECT,
                before="old",
                reference="7K3Q-9MWT-2Z",
                at=AT,
            )
        )
    return acme


def test_held_logins_show_both_sides(held: Commands) -> None:
    lines = [" ".join(line.split()) for line in held.lines("held", "list", "acme")]
    assert lines[:4] == [
        "abcdefgh 2026-11-21 05:46:40 UTC",
        "signs in as bob@acme.example",
        "now used by new at https://idp.acme.example",
        "previously old",
    ]
    listed = held.json("held", "list", "acme")
    assert isinstance(listed, list)
    assert (listed[0]["id"], listed[0]["reason"]) == ("abcdefgh", "held_new_subject")


@pytest.mark.parametrize("decision", ["accept", "refuse"])
def test_a_held_login_is_decided_once(held: Commands, decision: str) -> None:
    held.run("held", decision, "abcdefgh", "--reason", "asked them")
    assert held.lines("held", "list", "acme") == ["acme has no held logins."]
    said = held.run("held", decision, "abcdefgh", "--reason", "again", exit_code=1).stderr
    hint = "To see a tenant's held logins, run: sso-bridge held list TENANT"
    assert said == f"Waiting held login abcdefgh not found. {hint}\n"
    assert "Held login x not found." in held.run("held", decision, "x", "--reason", "r", exit_code=1).stderr
