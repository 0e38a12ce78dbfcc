"""What `apply` prints below its plan: old and new values, and never a secret."""

import json

import pytest

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
client_secret = "s3cret of the connection"
[[tenants.accounts]]
username = "bob"
password = "bob's password"
[[clients]]
client_id = "desk"
client_secret = "0123456789012345678901234567890123456789"
redirect_uris = ["http://127.0.0.1/callback"]
"""


@pytest.mark.parametrize(
    ("before", "after", "values"),
    [
        ('"Acme Support"', '"Acme Help"', ['name: "Acme Support" → "Acme Help"']),
        ('"bridge"', '"bridge"\nscopes = ["openid"]', ['scopes: ["openid", "email", "profile"] → ["openid"]']),
        ('"bridge"', '"bridge"\npkce = false', ["pkce: true → false"]),
        ('"bridge"', '"bridge"\nmax_age = 60', ["max_age: none → 60"]),
        ('username = "bob"', 'username = "bob"\nemail = "b@acme.example"', ['email: none → "b@acme.example"']),
        (
            '"Acme Support"',
            '"Acme"\nthrottle_minutes = 20',
            ['name: "Acme Support" → "Acme"', "throttle_minutes: 15 → 20"],
        ),
    ],
)
def test_the_plan_says_what_was_and_what_becomes(
    commands: Commands, before: str, after: str, values: list[str]
) -> None:
    commands.apply(ACME)
    changed = ACME.replace(before, after)
    assert commands.values(changed, "--dry-run") == values
    assert commands.values(changed) == values
    assert commands.values(changed) == []


def test_of_something_new_the_file_says_enough(commands: Commands) -> None:
    assert commands.values(ACME) == []


def test_a_policy_that_is_set_says_what_it_was(commands: Commands) -> None:
    commands.apply(ACME)
    changed = ACME.replace("sso_optional", "password")
    values = commands.values(changed, "--set-policy", "--reason", "they asked")
    assert values == ['policy: "sso_optional" → "password"']


def test_no_secret_is_printed_old_or_new(commands: Commands) -> None:
    commands.apply(ACME)
    changed = ACME.replace("s3cret of", "an0ther of").replace("01234567890123", "99999999999999")
    changed = changed.replace("bob's password", "another one of bob's")
    said = commands.run("apply", commands.file(changed), "--set-policy", "--reason", "rotated").output
    assert [line.strip() for line in said.splitlines() if line.startswith("    ")] == [
        "client_secret: changed",
        "password: as in the file",
        "client_secret: changed",
    ]
    for secret in ("s3cret of", "an0ther of", "0123456", "9999999", "bob's"):
        assert secret not in said


def test_a_value_that_is_very_long_is_clipped(commands: Commands) -> None:
    commands.apply(ACME)
    (value,) = commands.values(ACME.replace('"bridge"', '"bridge"\nacr_values = ["%s"]' % ("x" * 400)))
    assert value.endswith("x…")
    assert len(value) < 300


def test_json_has_the_values_whole(commands: Commands) -> None:
    commands.apply(ACME)
    changed = commands.run("apply", commands.file(ACME.replace("Acme Support", "Acme Help")), "--json").stdout
    assert json.loads(changed)["differences"] == [
        {"subject": "tenant acme", "key": "name", "before": "Acme Support", "after": "Acme Help"}
    ]
