from pathlib import Path

import pytest

from app.cli.bridge import actor
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.integration.cli.conftest import Commands

ACME = """
[[tenants]]
slug = "acme"
name = "Acme Support"
policy = "sso_optional"
email_domains = ["acme.example"]
[[tenants.connections]]
name = "main"
issuer = "https://idp.acme.example"
client_id = "bridge"
client_secret = "s3cret"
[[tenants.accounts]]
username = "bob"
email = "bob@acme.example"
password = "bob's password"
"""
EVERYTHING = (
    ACME
    + """
[[scopes]]
name = "users:read"
description = "See who works here"
[[staff]]
username = "sam"
[[clients]]
client_id = "desk"
client_secret = "0123456789012345678901234567890123456789"
redirect_uris = ["http://127.0.0.1/callback"]
scopes = ["openid", "users:read"]
tenant = "acme"
"""
)


def tenant(commands: Commands, slug: str = "acme") -> Tenant:
    with commands.database().read() as work:
        found = work.tenants.by_slug(slug)
    assert found
    return found


def audited(commands: Commands, slug: str | None = "acme") -> list[tuple[str, str]]:
    with commands.database().read() as work:
        found = work.tenants.by_slug(slug) if slug else None
        entries = work.audit.of_tenant(found.id if found else None)
    assert {entry.actor for entry in entries} <= {actor().name}
    return [(entry.action, entry.subject) for entry in entries]


def test_what_the_file_names_is_made_and_the_plan_says_so(commands: Commands) -> None:
    assert commands.apply(EVERYTHING) == [
        "+ tenant acme",
        "+ connection acme/main",
        "+ account acme/bob",
        "+ tenant staff",
        "+ account staff/sam",
        "+ scope users:read",
        "+ client desk",
    ]


def test_a_second_run_changes_nothing(commands: Commands) -> None:
    commands.apply(EVERYTHING)
    before = audited(commands)
    assert commands.apply(EVERYTHING) == ["no changes"]
    assert audited(commands) == before


def test_the_redirect_uri_of_each_connection_is_printed_and_stays(commands: Commands) -> None:
    first = commands.lines("apply", commands.file(ACME))[-1]
    assert first.startswith("connection acme/main: redirect URI http://localhost:8000/callback/")
    changed = ACME.replace('client_id = "bridge"', 'client_id = "other"')
    assert commands.lines("apply", commands.file(changed))[-1] == first


def test_a_plan_names_the_keys_that_change(commands: Commands) -> None:
    commands.apply(ACME)
    changed = (
        ACME.replace("Acme Support", "Acme Help")
        .replace('client_id = "bridge"', 'client_id = "other"\nscopes = ["openid"]\nstatus = "disabled"')
        .replace("bob@acme.example", "robert@acme.example")
    )
    assert commands.apply(changed) == [
        "~ tenant acme: name",
        "~ connection acme/main: client_id, scopes, status",
        "~ account acme/bob: email",
    ]


def test_a_key_left_out_means_its_default(commands: Commands) -> None:
    commands.apply(EVERYTHING)
    shorter = EVERYTHING.replace('email = "bob@acme.example"\n', "").replace('email_domains = ["acme.example"]\n', "")
    assert commands.apply(shorter.replace('tenant = "acme"\n', "")) == [
        "~ tenant acme: email_domains",
        "~ account acme/bob: email",
        "~ client desk: tenant",
    ]


def test_a_secret_left_out_stays_as_it_is(commands: Commands) -> None:
    commands.apply(EVERYTHING)
    without = "\n".join(line for line in EVERYTHING.splitlines() if "client_secret" not in line)
    assert commands.apply(without) == ["no changes"]
    with commands.database().read() as work:
        (connection,) = work.connections.of_tenant(tenant(commands).id)
        client = work.clients.get("desk")
    assert connection.client_secret
    assert client
    assert client.secret_hash


def test_another_secret_is_a_change_and_is_not_shown(commands: Commands) -> None:
    commands.apply(EVERYTHING)
    changed = EVERYTHING.replace("s3cret", "s3cret2").replace("0123456789012", "9999999999999")
    assert commands.apply(changed) == ["~ connection acme/main: client_secret", "~ client desk: client_secret"]


def test_what_the_file_does_not_name_stays(commands: Commands) -> None:
    commands.apply(EVERYTHING)
    assert commands.apply('[[tenants]]\nslug = "globex"') == ["+ tenant globex"]
    assert commands.apply(EVERYTHING) == ["no changes"]


def test_names_are_the_same_without_regard_to_ascii_case(commands: Commands) -> None:
    commands.apply(ACME)
    assert commands.apply(ACME.replace('"bob"', '"BOB"')) == ["~ account acme/BOB: username"]


def test_a_dry_run_prints_the_same_plan_and_stores_nothing(commands: Commands) -> None:
    plan = commands.lines("apply", commands.file(EVERYTHING), "--dry-run")
    assert plan.pop() == "Dry run: nothing was changed."
    assert commands.apply(EVERYTHING) == plan


@pytest.mark.parametrize("line", ['accent = "neon"', "isuer = 3", 'name = "env:NOWHERE"'])
def test_bad_input_changes_nothing(commands: Commands, line: str) -> None:
    assert commands.refused(EVERYTHING + f'[[tenants]]\nslug = "globex"\n{line}').startswith("tenants[1].")
    assert commands.json("tenant", "list") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ACME.replace("s3cret", "").replace('client_secret = ""', 'signing_algs = ["HS256"]'),
         "tenants[0].connections[0].client_secret: is required if signing_algs contains HS256, HS384 or HS512"),
        (ACME.replace('client_secret = "s3cret"', 'client_auth = "tls_client_auth"'),
         "tenants[0].connections[0].private_key: is required for client_auth tls_client_auth"),
        (EVERYTHING.replace('tenant = "acme"', 'tenant = "globex"'), "clients[0].tenant: tenant globex does not exist"),
        (EVERYTHING.replace('"openid", "users:read"', '"users:write"'),
         "clients[0].scopes[0]: scope users:write does not exist: add it under [[scopes]]"),
        (EVERYTHING.replace('client_secret = "01234', 'grants = ["client_credentials"]\nname = "01234'),
         "clients[0].client_secret: is required for the grant client_credentials"),
    ],
)  # fmt: skip
def test_what_only_the_stores_can_tell_is_bad_input_too(commands: Commands, text: str, said: str) -> None:
    assert commands.refused(text) == said
    assert commands.json("tenant", "list") == []


def test_a_policy_counts_when_the_tenant_is_made(commands: Commands) -> None:
    commands.apply(ACME.replace("sso_optional", "sso_only"))
    assert commands.apply(ACME) == ["! tenant acme: policy is sso_only, file says sso_optional", "no changes"]
    assert tenant(commands).policy is LoginPolicy.SSO_ONLY


def test_a_policy_is_set_later_with_a_reason(commands: Commands) -> None:
    commands.apply(ACME)
    plan = commands.apply(ACME.replace("sso_optional", "password"), "--set-policy", "--reason", "they asked")
    assert plan == ["~ tenant acme: policy"]
    assert tenant(commands).policy is LoginPolicy.PASSWORD
    with commands.database().read() as work:
        last = work.audit.of_tenant(tenant(commands).id)[-1]
    assert (last.action, last.reason) == ("tenant.policy", "they asked")


def test_setting_a_policy_needs_a_reason(commands: Commands) -> None:
    assert "--set-policy requires --reason TEXT." in commands.refused(ACME, "--set-policy")
    assert "must not be empty" in commands.refused(ACME, "--set-policy", "--reason", " ")


def test_setting_sso_only_asks_for_a_tested_connection(commands: Commands) -> None:
    commands.apply(ACME)
    said = commands.refused(ACME.replace("sso_optional", "sso_only"), "--set-policy", "--reason", "why not")
    assert said.startswith("tenants[0].policy: No one has signed in with the current settings of main.")
    assert tenant(commands).policy is LoginPolicy.SSO_OPTIONAL


def test_a_policy_that_the_file_does_not_name_is_left_alone(commands: Commands) -> None:
    commands.apply(ACME.replace("sso_optional", "sso_only"))
    without = ACME.replace('policy = "sso_optional"\n', "")
    assert commands.apply(without, "--set-policy", "--reason", "why not") == ["no changes"]


def test_a_password_counts_when_the_account_is_made(commands: Commands) -> None:
    commands.apply(ACME)
    assert commands.apply(ACME.replace("bob's password", "another one")) == [
        "! account acme/bob: password differs from the file; left unchanged (use --set-policy --reason TEXT to set it)",
        "no changes",
    ]


def test_a_password_is_set_where_a_reason_is_given_and_whoever_knew_the_old_one_is_signed_out(
    commands: Commands,
) -> None:
    commands.apply(ACME)
    file = ACME.replace("bob's password", "another one")
    assert "~ account acme/bob: password" in commands.apply(file, "--set-policy", "--reason", "Bob forgot it")
    assert commands.apply(file) == ["no changes"]


def test_an_account_outside_the_email_domains_is_made_with_a_warning(commands: Commands) -> None:
    assert commands.apply(ACME.replace("bob@acme.example", "bob@gmail.example"))[2:] == [
        "+ account acme/bob",
        "! account acme/bob: bob@gmail.example is outside email_domains, so SSO cannot match it by email",
    ]


def test_every_change_is_audited_without_its_secrets(commands: Commands) -> None:
    commands.apply(EVERYTHING)
    commands.apply(EVERYTHING.replace("s3cret", "s3cret2").replace("Acme Support", "Acme Help"))
    assert audited(commands) == [
        ("tenant.created", "acme"),
        ("connection.created", "acme/main"),
        ("account.created", "acme/bob"),
        ("client.created", "desk"),
        ("tenant.changed", "acme"),
        ("connection.changed", "acme/main"),
    ]
    assert audited(commands, None) == [("scope.created", "users:read")]
    with commands.database().read() as work:
        entries = work.audit.of_tenant(tenant(commands).id)
    assert entries[0].after["policy"] == "sso_optional"
    assert (entries[4].before, entries[4].after) == ({"name": "Acme Support"}, {"name": "Acme Help"})
    assert (entries[5].before, entries[5].after) == ({"client_secret": "set"}, {"client_secret": "changed"})
    assert "s3cret" not in str(entries)
    assert "password" not in str(entries)


def test_the_staff_tenant_may_be_set_up_like_any_other(commands: Commands) -> None:
    plan = commands.apply(
        """
        [[tenants]]
        slug = "staff"
        policy = "sso_only"
        [[tenants.connections]]
        name = "main"
        issuer = "https://idp.vendor.example"
        [[staff]]
        username = "sam"
        """
    )
    assert plan == ["+ tenant staff", "+ connection staff/main", "+ account staff/sam"]
    assert tenant(commands, "staff").policy is LoginPolicy.SSO_ONLY


def test_json_for_scripts_holds_the_plan_and_the_redirect_uris(commands: Commands) -> None:
    planned = commands.json("apply", commands.file(ACME), "--dry-run")
    assert planned == {
        "changes": True,
        "dry_run": True,
        "plan": ["+ tenant acme", "+ connection acme/main", "+ account acme/bob"],
        "differences": [],
        "redirect_uris": {},
    }
    commands.apply(ACME)
    again = commands.json("apply", commands.file(ACME))
    assert isinstance(again, dict)
    assert again["changes"] is False
    assert again["redirect_uris"]["acme/main"].startswith("http://localhost:8000/callback/")


def test_a_file_that_is_not_there_is_bad_input(commands: Commands) -> None:
    said = commands.run("apply", str(Path("/nonexistent/a.toml")), exit_code=2).stderr
    assert said == "/nonexistent/a.toml: cannot be read: No such file or directory\n"


def test_a_database_that_is_behind_is_said_so(fresh: Commands) -> None:
    said = fresh.run("apply", fresh.file(ACME), exit_code=1).stderr
    assert said == "The database is not up to date. Run: sso-bridge db upgrade\n"
