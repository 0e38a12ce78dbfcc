"""What must never come in by a file, whoever wrote it."""

from pathlib import Path

import pytest

from app.adapters.apply_file.problems import ApplyFileInvalid
from app.adapters.apply_file.read import parse_apply_file


def refused(text: str) -> str:
    with pytest.raises(ApplyFileInvalid) as invalid:
        parse_apply_file(text.encode(), folder=Path("/"), environment={}, presets={}, development=False)
    return str(invalid.value)


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://desk.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://localhost@evil.example/",
        "https://desk.example/#token",
        "https://*.desk.example/",
        "https://me:pw@desk.example/",
        "https:/desk.example",
        "https://desk.example\\@evil.example/",
        "https://desk.example/\n",
        "//evil.example/",
        "/callback",
        "desk:/callback",
        "",
    ],
)
def test_a_redirect_uri_that_could_leak_a_code_is_refused(uri: str) -> None:
    text = f"[[clients]]\nclient_id = 'desk'\nredirect_uris = ['''{uri}''']"
    assert refused(text).startswith("clients[0].redirect_uris[0]: ")


@pytest.mark.parametrize(
    "name",
    [
        "redirect_uri",
        "state",
        "nonce",
        "code_challenge",
        "response_type",
        "response_mode",
        "client_id",
        "scope",
        "request",
    ],
)
def test_extra_parameters_cannot_take_the_place_of_our_own(name: str) -> None:
    text = f"""
    [[tenants]]
    slug = "acme"
    [[tenants.connections]]
    name = "main"
    issuer = "https://idp.acme.example"
    authorize_params = {{ {name} = "x" }}
    """
    assert refused(text) == f"tenants[0].connections[0].authorize_params.{name}: is set by the bridge itself"


@pytest.mark.parametrize("name", ["none", "None", "nOnE", "", "RS1", "HS1"])
def test_unsigned_and_unknown_signatures_cannot_be_allowed(name: str) -> None:
    text = f"""
    [[tenants]]
    slug = "acme"
    [[tenants.connections]]
    name = "main"
    issuer = "https://idp.acme.example"
    signing_algs = ["{name}"]
    """
    assert refused(text).startswith("tenants[0].connections[0].signing_algs[0]: must be one of ")


@pytest.mark.parametrize("role", ["support", "operator"])
def test_a_tenants_account_cannot_become_staff(role: str) -> None:
    text = f'[[tenants]]\nslug = "acme"\naccounts = [{{ username = "mallory", roles = ["{role}"] }}]'
    assert refused(text).startswith("tenants[0].accounts[0].roles[0]: must be one of agent")


def test_two_spellings_of_one_username_are_one() -> None:
    text = '[[tenants]]\nslug = "acme"\naccounts = [{ username = "bob" }, { username = "Bob" }]'
    assert refused(text) == "tenants[0].accounts[1].username: is the same as tenants[0].accounts[0].username"


def test_a_scope_of_the_bridge_cannot_be_given_another_meaning() -> None:
    text = '[[scopes]]\nname = "accounts:write"\ndescription = "See the weather"'
    assert refused(text) == "scopes[0].name: is built in and cannot be listed"


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_key_does_not_come_in_among_public_ones(member: str) -> None:
    """Everything else of a connection is no secret: it is stored as it is, audited, and printed by the plan."""
    text = f"""
    [[tenants]]
    slug = "acme"
    [[tenants.connections]]
    name = "main"
    issuer = "https://idp.acme.example"
    jwks = '{{"keys": [{{"kty": "EC"}}, {{"kty": "RSA", "{member}": "the private part"}}]}}'
    """
    told = refused(text)
    assert told == "tenants[0].connections[0].jwks: must contain public keys only, and one of these is private"
    assert "the private part" not in told
