"""What support types for one person: an invitation, a way to a new password."""

import pytest

from app.cli.bridge import actor
from app.domain.audit.audit import COMMAND_LINE, AuditEntry
from app.domain.tenants.login_policy import LoginPolicy
from tests.integration.cli.conftest import Commands

ACME = """
[[tenants]]
slug = "acme"
name = "Acme Support"
policy = "sso_optional"
[[tenants.accounts]]
username = "bob"
email = "bob@acme.example"
[[tenants.accounts]]
username = "ada"
email = "ada@acme.example"
password = "seven lanterns and plums"
[[tenants.accounts]]
username = "silent"
[[tenants.accounts]]
username = "left"
email = "left@acme.example"
status = "disabled"
"""


@pytest.fixture
def acme(commands: Commands) -> Commands:
    commands.apply(ACME)
    return commands


def left_behind(commands: Commands) -> tuple[list[str], list[AuditEntry]]:
    """To whom mail waits, and what was recorded about links."""
    with commands.database().read() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant
        entries = [entry for entry in work.audit.of_tenant(tenant.id) if entry.action == "account.link_sent"]
        return [queued.to for queued in work.outbox.newest(most=10)], entries


def test_an_invitation_is_mailed_and_recorded_but_not_shown(acme: Commands) -> None:
    said = acme.lines("account", "invite", "acme", "bob", "--reason", "his first day")
    assert said == ["An invitation was sent to bob@acme.example."]
    to, (entry,) = left_behind(acme)
    assert to == ["bob@acme.example"]
    assert (entry.actor, entry.address, entry.subject) == (actor().name, COMMAND_LINE, "acme/bob")
    assert (entry.reason, entry.after["kind"], entry.after["sets_password"]) == ("his first day", "invitation", True)


def test_a_reset_is_for_who_has_a_password(acme: Commands) -> None:
    said = acme.lines("account", "reset", "acme", "ADA", "--reason", "ticket 4711")
    assert said == ["A password reset link was sent to ada@acme.example."]
    assert left_behind(acme)[0] == ["ada@acme.example"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("reset", "acme", "bob"), "bob has no password to reset: send an invitation instead"),
        (("invite", "acme", "ada"), "ada already has a password: send a reset instead"),
        (("invite", "acme", "silent"), "silent has no valid email address: add one first"),
        (("invite", "acme", "left"), "left is disabled: set its status to active first"),
    ],
)
def test_where_it_makes_no_sense_it_says_what_would(acme: Commands, words: tuple[str, ...], said: str) -> None:
    result = acme.run("account", *words, "--reason", "asked", exit_code=2)
    assert result.stderr.strip() == said
    assert left_behind(acme) == ([], [])


@pytest.mark.parametrize("words", [("invite", "acme", "nobody"), ("reset", "globex", "bob")])
def test_who_is_not_there_is_said_so(acme: Commands, words: tuple[str, ...]) -> None:
    assert "not found" in acme.run("account", *words, "--reason", "asked", exit_code=1).stderr


def test_a_reason_is_asked_for(acme: Commands) -> None:
    assert "--reason" in acme.run("account", "invite", "acme", "bob", exit_code=2).stderr


def test_under_sso_only_a_reset_is_refused_and_an_invitation_sets_nothing(acme: Commands) -> None:
    acme.run("tenant", "policy", "acme", LoginPolicy.SSO_ONLY.value, "--override", "--reason", "asked")
    refused = acme.run("account", "reset", "acme", "ada", "--reason", "asked", exit_code=1)
    assert "Nothing was sent. The tenant's policy is sso_only" in refused.stderr
    acme.run("account", "invite", "acme", "bob", "--reason", "asked")
    to, (entry,) = left_behind(acme)
    assert to == ["bob@acme.example"]
    assert entry.after["sets_password"] is False
