import json
from typing import Any

import pytest

from app.cli.bridge import actor
from tests.integration.cli.conftest import Commands
from tests.threats.audit.owned import Owned

FILE = """
[[tenants]]
slug = "acme"
name = "Acme Support"
[[tenants.accounts]]
username = "bob"
[[tenants]]
slug = "globex"
name = "Globex"
[[scopes]]
name = "users:read"
description = "See who works here"
"""


@pytest.fixture
def applied(commands: Commands) -> Commands:
    commands.apply(FILE)
    return commands


def switch(commands: Commands, policy: str) -> str:
    """The line that the log gets."""
    said = commands.run("tenant", "policy", "acme", policy, "--reason", "ticket 4711")
    (line,) = [line for line in said.stderr.splitlines() if "audit_head" in line]
    return line


def mac_in(line: str) -> str:
    return line.partition("mac=")[2].split()[0]


def exported(commands: Commands, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in commands.lines("audit", "export", *options)]


def test_a_whole_audit_is_verified(applied: Commands) -> None:
    lines = applied.lines("audit", "verify")
    assert lines[0].split() == ["TENANT", "ENTRIES", "HEAD", "STATE"]
    assert sorted((line.split()[0], line.split()[-1]) for line in lines[1:4]) == [
        ("(the", "whole"),
        ("acme", "whole"),
        ("globex", "whole"),
    ]
    assert lines[4] == "No entries were changed, moved or removed."
    assert "pass --head with a `mac` from the log" in lines[5], "what cannot be known without it is said"
    told: Any = applied.json("audit", "verify")
    (head,) = [chain["head"] for chain in told["chains"] if chain["tenant"] == "acme"]
    assert applied.lines("audit", "verify", "--head", head)[4:] == ["No entries were changed, moved or removed."]


def test_an_empty_audit_is_whole(commands: Commands) -> None:
    assert commands.json("audit", "verify") == {"sound": True, "chains": [], "missing_heads": []}


def test_a_change_writes_its_head_to_the_log(applied: Commands) -> None:
    line = switch(applied, "sso_optional")
    result: Any = applied.json("audit", "verify", "--tenant", "acme")
    (chain,) = result["chains"]
    assert (chain["tenant"], chain["entries"], chain["head"]) == ("acme", 3, mac_in(line))
    assert f"chain={chain['chain']} " in line
    assert "seq=3" in line


def test_a_dry_run_writes_no_head(commands: Commands) -> None:
    assert "audit_head" not in commands.run("apply", commands.file(FILE), "--dry-run").stderr


def test_a_tampered_audit_exits_1_and_names_the_first_bad_entry(applied: Commands) -> None:
    database = applied.database()
    owned = Owned(database)
    owned.disarm()
    owned.change("acme", 2, subject="eve")
    database.close()
    said = applied.run("audit", "verify", exit_code=1)
    assert said.stderr.startswith("acme, entry 2: the entry or its position was changed")
    assert "broken" in said.stdout
    told = json.loads(applied.run("audit", "verify", "--json", exit_code=1).stdout)
    assert told["sound"] is False
    (fault,) = [chain["fault"] for chain in told["chains"] if chain["fault"]]
    assert (fault["seq"], fault["kind"]) == (2, "altered")
    applied.run("audit", "verify", "--tenant", "globex")


def owned_by(commands: Commands) -> Owned:
    """Without the triggers."""
    owned = Owned(commands.database())
    owned.disarm()
    return owned


def test_an_older_copy_put_back_is_found_by_a_head_of_the_log(applied: Commands) -> None:
    before = mac_in(switch(applied, "sso_optional"))
    owned = owned_by(applied)
    seal = owned.seal("acme")
    after = mac_in(switch(applied, "password"))
    applied.run("audit", "verify", "--head", before, "--head", after)
    owned.remove("acme", 4)
    owned.set_head("acme", seq=3, mac=before, seal=seal)
    owned.database.close()
    applied.run("audit", "verify", "--head", before)
    said = applied.run("audit", "verify", "--head", after, exit_code=1)
    assert said.stderr == f"No entry has the head {after}: the end of a chain was cut off.\n"
    told = json.loads(applied.run("audit", "verify", "--json", "--head", after, exit_code=1).stdout)
    assert told["missing_heads"] == [after]


def test_a_tenant_whose_entries_and_head_are_gone_exits_1(applied: Commands) -> None:
    owned = owned_by(applied)
    owned.remove("globex", 1)
    owned.forget_head("globex")
    owned.database.close()
    said = applied.run("audit", "verify", exit_code=1)
    assert said.stderr == "globex, entry 1: there are no entries, not even the first one: they were removed.\n"
    applied.run("audit", "verify", "--tenant", "globex", exit_code=1)
    applied.run("audit", "verify", "--tenant", "acme")


def test_heads_that_an_older_version_wrote_are_signed_with_a_reason(applied: Commands) -> None:
    owned = owned_by(applied)
    owned.set_head("acme", seal="")
    owned.database.close()
    said = applied.run("audit", "verify", exit_code=1).stderr
    assert "or an older version wrote it (then run: sso-bridge audit sign-heads)" in said
    assert applied.lines("audit", "sign-heads", "--reason", "rolling upgrade") == ["Signed: 1."]
    applied.run("audit", "verify")

    assert "rolling upgrade" in [line["reason"] for line in exported(applied) if line["tenant"] is None]


def test_entries_are_exported_line_by_line(applied: Commands) -> None:
    switch(applied, "sso_optional")
    *_, last = exported(applied, "--tenant", "acme")
    assert {
        "tenant": "acme",
        "seq": 3,
        "actor": actor().name,
        "address": "command line",
        "action": "tenant.policy",
        "subject": "acme",
        "before": {"policy": "password"},
        "after": {"policy": "sso_optional", "sessions_ended": 0, "overridden": []},
        "reason": "ticket 4711",
    }.items() <= last.items()


def test_without_a_tenant_all_entries_are_exported(applied: Commands) -> None:
    lines = exported(applied)
    assert [line["seq"] for line in lines if line["tenant"] == "acme"] == [1, 2]
    assert {line["tenant"] for line in lines} == {None, "acme", "globex"}
    assert lines[0]["action"] == "scope.created"


def test_entries_since_a_time_are_exported(applied: Commands) -> None:
    assert len(exported(applied, "--since", "2020-01-01")) == 4
    assert exported(applied, "--since", "2999-01-01T00:00:00") == []


def test_a_time_that_cannot_be_read_is_answered_with_one_that_can(commands: Commands) -> None:
    said = commands.run("audit", "export", "--since", "yesterday", exit_code=2).stderr
    assert "use a time like 2026-08-01 or 2026-08-01T13:30:00, in UTC" in said


@pytest.mark.parametrize("command", ["verify", "export"])
def test_a_tenant_that_is_not_there_is_named(commands: Commands, command: str) -> None:
    said = commands.run("audit", command, "--tenant", "initech", exit_code=1)
    assert said.stderr == "Tenant initech not found. To see all tenants, run: sso-bridge tenant list\n"


def test_a_time_that_is_none_is_refused(commands: Commands) -> None:
    commands.run("audit", "export", "--since", "yesterday", exit_code=2)
