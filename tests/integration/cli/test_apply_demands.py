"""Networks, limits, second factor and throttling by `apply`: the plan, the audit, and what holds afterwards."""

import json

from tests.integration.cli.conftest import Commands

PLAIN = """
[[tenants]]
slug = "acme"
name = "Acme"
"""
STRICT = (
    PLAIN
    + """
allowed_networks = ["203.0.113.7", "2001:DB8::/32"]
session_idle_minutes = 15
session_absolute_minutes = 480
totp = "required"
throttle_failures = 5
throttle_minutes = 30
shared_desk = true
"""
)
KEYS = (
    "allowed_networks, session_idle_minutes, session_absolute_minutes, totp, throttle_failures, throttle_minutes, "
    "shared_desk"
)


def shown(commands: Commands, slug: str = "acme") -> dict[str, object]:
    found = commands.json("tenant", "show", slug)
    assert isinstance(found, dict)
    return {key: found[key] for key in KEYS.split(", ")}


def last_entry(commands: Commands) -> dict[str, object]:
    return dict(json.loads(commands.lines("audit", "export", "--tenant", "acme")[-1]))


def test_the_plan_names_what_changes_and_a_second_run_nothing(commands: Commands) -> None:
    assert commands.apply(PLAIN) == ["+ tenant acme"]
    assert commands.apply(STRICT) == [f"~ tenant acme: {KEYS}"]
    assert commands.apply(STRICT) == ["no changes"]
    assert shown(commands) == {
        "allowed_networks": ["203.0.113.7/32", "2001:db8::/32"],
        "session_idle_minutes": 15,
        "session_absolute_minutes": 480,
        "totp": "required",
        "throttle_failures": 5,
        "throttle_minutes": 30,
        "shared_desk": True,
    }


def test_the_audit_holds_both_sides_of_what_changed(commands: Commands) -> None:
    commands.apply(STRICT)
    commands.apply(STRICT.replace("= 15", "= 20").replace('"203.0.113.7", ', ""))
    entry = last_entry(commands)
    assert entry["action"] == "tenant.changed"
    assert entry["before"] == {"allowed_networks": ["203.0.113.7/32", "2001:db8::/32"], "session_idle_minutes": 15}
    assert entry["after"] == {"allowed_networks": ["2001:db8::/32"], "session_idle_minutes": 20}


def test_a_key_that_is_left_out_means_its_default(commands: Commands) -> None:
    commands.apply(STRICT)
    assert commands.apply(PLAIN) == [f"~ tenant acme: {KEYS}"]
    assert shown(commands)["allowed_networks"] == []


def test_staff_begin_with_a_second_factor(commands: Commands) -> None:
    commands.apply('[[staff]]\nusername = "sam"\n')
    assert shown(commands, "staff")["totp"] == "required"
    assert commands.apply('[[staff]]\nusername = "sam"\n') == ["no changes"]


def test_a_person_can_read_it(commands: Commands) -> None:
    commands.apply(STRICT)
    page = "\n".join(commands.lines("tenant", "show", "acme"))
    for said in ("203.0.113.7/32, 2001:db8::/32", "15 min", "480 min", "required", "5 in 30 min", "shared desk"):
        assert said in page
    commands.apply(PLAIN)
    assert "anywhere" in "\n".join(commands.lines("tenant", "show", "acme"))
