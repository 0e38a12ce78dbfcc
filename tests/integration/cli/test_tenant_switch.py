"""What support types before, at and after a switch."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.adapters.system import SystemClock
from app.cli.bridge import actor
from app.cli.sso_only.tenant_switch import moment
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Tenant
from tests.integration.cli.conftest import Commands

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
username = "ada"
email = "ada@acme.example"
roles = ["tenant_admin"]
[[tenants.accounts]]
username = "bob"
"""
TOMORROW = datetime.fromtimestamp(SystemClock().now() // 60 * 60 + 86_400, UTC)
AT = TOMORROW.strftime("%Y-%m-%dT%H:%MZ")
WHEN = TOMORROW.strftime("%Y-%m-%d %H:%M:%S UTC")
WHY = ("--reason", "ticket 4711")


@pytest.fixture
def acme(commands: Commands) -> Commands:
    commands.apply(ACME)
    return commands


def tenant_of(commands: Commands) -> Tenant:
    with commands.database().read() as work:
        found = work.tenants.by_slug("acme")
    assert found
    return found


def make_ready(commands: Commands) -> None:
    """As if Ada had just come in by her provider."""
    with commands.database().write() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant
        (connection,) = work.connections.of_tenant(tenant.id)
        work.connections.mark_tested(connection, at=TOMORROW.timestamp() - 86_400)
        ada = work.accounts.by_username(tenant.id, "ada")
        assert ada
        work.accounts.signed_in(tenant.id, ada.id, at=TOMORROW.timestamp() - 86_400, method=Method.SSO)


def test_a_switch_is_planned_shown_and_cancelled(acme: Commands) -> None:
    make_ready(acme)
    assert acme.lines("tenant", "policy", "acme", "sso_only", *WHY, "--at", AT) == [
        f"acme: planned sso_optional → sso_only at {WHEN}. `sso-bridge worker` carries it out."
    ]
    shown = [" ".join(line.split()) for line in acme.lines("tenant", "show", "acme")]
    assert f"planned sso_only at {WHEN}, by {actor().name}" in shown
    assert acme.lines("tenant", "cancel-switch", "acme", *WHY) == ["The planned switch of acme was cancelled."]
    assert acme.lines("tenant", "cancel-switch", "acme", *WHY) == ["acme has no planned switch; nothing was changed."]


def test_scripts_read_the_plan_as_json(acme: Commands) -> None:
    make_ready(acme)
    planned = {
        "policy": "sso_only",
        "at": TOMORROW.timestamp(),
        "actor": actor().name,
        "reason": "ticket 4711",
        "overridden": [],
    }
    said = acme.json("tenant", "policy", "acme", "sso_only", *WHY, "--at", AT)
    assert said == {"tenant": "acme", "policy": "sso_optional", "planned": planned}
    shown = acme.json("tenant", "show", "acme")
    assert isinstance(shown, dict)
    assert (shown["planned"], shown["accounts"], shown["proven"]) == (planned, 2, 1)
    assert (shown["observing_since"], shown["requested"]) == (None, None)


def test_the_worker_carries_out_what_is_due(acme: Commands) -> None:
    make_ready(acme)
    acme.run("tenant", "policy", "acme", "sso_only", *WHY, "--at", AT)
    acme.run("worker", "--once")
    planned = tenant_of(acme)
    assert planned.policy is LoginPolicy.SSO_OPTIONAL
    assert planned.planned is not None
    with acme.database().write() as work:
        work.tenants.save(replace(planned, planned=replace(planned.planned, at=1.0)))
    assert "planned switches" in acme.run("doctor").stdout, "it is late: nobody works"
    acme.run("worker", "--once")
    assert tenant_of(acme).policy is LoginPolicy.SSO_ONLY
    assert "planned switches" not in acme.run("doctor").stdout


def test_a_switch_by_hand_says_that_the_plan_is_dropped(acme: Commands) -> None:
    make_ready(acme)
    acme.run("tenant", "policy", "acme", "sso_only", *WHY, "--at", AT)
    lines = acme.lines("tenant", "policy", "acme", "sso_only", *WHY)
    assert lines[-1] == f"The planned switch (sso_only at {WHEN}, by {actor().name}) was cancelled."


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("monday", "use a time like 2026-11-30T08:00Z"),
        ("2026-11-30T08:00", "add a time zone; for UTC, use 2026-11-30T08:00Z"),
        ("2001-01-01T08:00Z", "is in the past"),
        ("2999-01-01T08:00Z", "is more than 90 days ahead"),
    ],
)
def test_a_time_that_makes_no_sense_says_how_to_write_one(acme: Commands, at: str, said: str) -> None:
    make_ready(acme)
    assert said in acme.run("tenant", "policy", "acme", "sso_only", *WHY, "--at", at, exit_code=2).stderr
    assert tenant_of(acme).planned is None


def test_a_zone_beside_utc_is_read() -> None:
    read = [moment(None, None, text) for text in ("2026-11-30T09:00+01:00", "2026-11-30T08:00Z")]  # type: ignore[arg-type]  # not looked at
    assert read[0] == read[1]


def test_what_stands_in_the_way_of_a_plan_is_named(acme: Commands) -> None:
    said = acme.run("tenant", "policy", "acme", "sso_only", *WHY, "--at", AT, exit_code=1).stderr
    assert "No one has signed in with the current settings of main" in said
    assert "Ask one of them to sign in with it once: ada" in said
    assert tenant_of(acme).planned is None
    assert (
        "is already sso_optional"
        in acme.run("tenant", "policy", "acme", "sso_optional", *WHY, "--at", AT, exit_code=1).stderr
    )


def test_observing_is_switched_on_and_off(acme: Commands) -> None:
    assert acme.lines("tenant", "observe", "acme", "on", *WHY) == ["acme: observing is on."]
    assert acme.lines("tenant", "observe", "acme", "on", *WHY) == [
        "acme: observing is already on; nothing was changed."
    ]
    assert any(line.split()[:2] == ["observing", "since"] for line in acme.lines("tenant", "show", "acme"))
    acme.run("tenant", "policy", "acme", "sso_only", *WHY, "--override")
    assert "there are no password logins" in acme.run("tenant", "observe", "acme", "on", *WHY, exit_code=1).stderr
    assert acme.lines("tenant", "observe", "acme", "off", *WHY) == [
        "acme: observing is already off; nothing was changed."
    ]


def test_readiness_names_who_gets_in_and_what_stands_in_the_way(acme: Commands) -> None:
    lines = acme.lines("tenant", "readiness", "acme")
    assert lines[0] == "acme  not ready for sso_only"
    assert "Blockers" in lines
    assert any(line.startswith("- No one has signed in with") for line in lines)
    assert [line.split()[:3] for line in lines if "it has no email" in line] == [["1", "No", "email"]]
    make_ready(acme)
    assert acme.lines("tenant", "readiness", "acme")[0] == "acme  ready for sso_only"


def test_both_ways_of_the_switch_say_before_whose_sessions_they_end(acme: Commands) -> None:
    lines = [" ".join(line.split()) for line in acme.lines("tenant", "readiness", "acme")]
    assert "would end now 0 sessions opened with a password" in lines
    assert "under password 0 sessions opened with OAuth Login would end instead" in lines
    found = acme.json("tenant", "readiness", "acme")
    assert isinstance(found, dict)
    assert found["ends"]["sso_sessions"] == 0
    lines = acme.lines("tenant", "policy", "acme", "password", *WHY)
    assert lines[1] == "SSO no longer works; sessions ended: 0"


def test_scripts_read_readiness_as_json(acme: Commands) -> None:
    make_ready(acme)
    found = acme.json("tenant", "readiness", "acme")
    assert isinstance(found, dict)
    assert (found["ready"], found["proven_percent"], found["blockers"]) == (True, 50, [])
    assert (found["groups"]["proven"], found["groups"]["no_email"]) == (1, 1)
    assert found["admins"] == [{"username": "ada", "proven": True}]
    assert found["warnings"][0]["kind"] == "no_email"


@pytest.mark.parametrize(
    "words",
    [
        ("policy", "nobody", "sso_only", *WHY, "--at", AT),
        ("cancel-switch", "nobody", *WHY),
        ("observe", "nobody", "on", *WHY),
        ("readiness", "nobody"),
    ],
)
def test_an_unknown_tenant_ends_with_1(acme: Commands, words: tuple[str, ...]) -> None:
    assert (
        acme.run("tenant", *words, exit_code=1).stderr
        == "Tenant nobody not found. To see all tenants, run: sso-bridge tenant list\n"
    )
