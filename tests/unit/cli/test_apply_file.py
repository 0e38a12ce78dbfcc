from pathlib import Path

import pytest

from app.adapters.apply_file.problems import ApplyFileInvalid
from app.adapters.apply_file.read import parse_apply_file
from app.domain.accounts.account import Role
from app.domain.connections.connection import ClientAuth, Provider
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import ACCENTS
from app.services.apply.spec import Spec
from tests.unit.cli.reading import CONNECTION, TENANT, problems, read

NO_EMAIL = "must be a single plain address like bob@acme.example"
NO_CLIENT_ID = "must be 1 to 200 ASCII characters without spaces"
OWN_SCOPE = "is built in and cannot be listed"
CLIENT = """
[[clients]]
client_id = "desk"
redirect_uris = ["https://desk.example/callback"]
"""


def test_an_empty_file_asks_for_nothing() -> None:
    assert read("") == Spec()


def test_a_key_left_out_has_its_default() -> None:
    (tenant,) = read(CONNECTION).tenants
    assert tenant.connections[0].provider == Provider(issuer="https://idp.acme.example")
    assert (tenant.name, tenant.policy, tenant.accent) == ("acme", None, "indigo")


def test_every_key_of_the_contract_is_read() -> None:
    spec = read(
        """
        [[tenants]]
        slug = "acme"
        name = "Acme Support"
        policy = "sso_only"
        email_domains = ["ACME.example", "bücher.example"]
        accent = "teal"
        status = "disabled"
        [[tenants.connections]]
        name = "main"
        protocol = "oidc"
        issuer = "https://idp.acme.example/"
        client_id = "bridge"
        client_secret = "s"
        client_auth = "client_secret_post"
        scopes = ["openid"]
        response_mode = "form_post"
        pkce = false
        client_auth_encoding = "raw"
        discovery_url = "https://idp.acme.example/d?x=1"
        authorize_params = { resource = "r", prompt = "select_account" }
        required_claims = { tid = "t", level = 2, staff = true }
        email_verified_claim = "xms_edov"
        emails_endpoint = "https://idp.acme.example/emails"
        signing_algs = ["ES256", "HS256"]
        email_claim = "user.emails.0.value"
        subject_claim = "id"
        email_trust = "always"
        match_by = "external_id"
        match_claim = "oid"
        trusted_audiences = ["other"]
        status = "disabled"
        authorization_endpoint = "https://idp.acme.example/a"
        token_endpoint = "https://idp.acme.example/t"
        userinfo_endpoint = "https://idp.acme.example/u"
        jwks_uri = "https://idp.acme.example/j"
        jwks = '{"keys": [{"kty": "RSA"}]}'
        end_session_endpoint = "https://idp.acme.example/e"
        [[tenants.accounts]]
        username = "bob"
        email = "bob@acme.example"
        name = "Bob"
        roles = ["supervisor", "tenant_admin"]
        password = "p"
        external_id = "7"
        status = "disabled"
        [[scopes]]
        name = "users:read"
        description = "See who works here"
        [[staff]]
        username = "sam"
        roles = ["operator"]
        [[clients]]
        client_id = "desk"
        name = "Desk"
        client_secret = "0123456789012345678901234567890123"
        redirect_uris = ["http://127.0.0.1/callback"]
        grants = ["authorization_code", "refresh_token", "client_credentials", "device_code"]
        scopes = ["openid", "users:read"]
        trusted = true
        tenant = "acme"
        status = "disabled"
        """
    )
    tenant = spec.tenants[0]
    assert tenant.policy is LoginPolicy.SSO_ONLY
    assert tenant.email_domains == ("acme.example", "xn--bcher-kva.example")
    connection = tenant.connections[0]
    assert connection.provider.issuer == "https://idp.acme.example/"
    assert connection.provider.client_auth is ClientAuth.POST
    assert connection.provider.required_claims == {"tid": "t", "level": 2, "staff": True}
    assert connection.provider.signing_algs == ("ES256", "HS256")
    assert tenant.accounts[0].roles == (Role.SUPERVISOR, Role.TENANT_ADMIN)
    assert spec.staff[0].roles == (Role.OPERATOR,)
    assert spec.clients[0].tenant == "acme"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[tenants]]", "tenants[0].slug: is required"),
        ("tenants = 3", "tenants: must be a list"),
        ("tenants = [3]", "tenants[0]: must be a table"),
        ("[[tenants]]\nslug = 3", "tenants[0].slug: must be a string"),
        ('[[tenants]]\nslug = "a"\n[tenants.connections]\nname = "x"', "tenants[0].connections: must be a list"),
        ('[[tenent]]\nslug = "a"', "tenent: is not a known key; did you mean tenants?"),
        (TENANT + 'policy = "sso"', "tenants[0].policy: must be one of password, sso_optional, sso_only"),
        (
            '[[clients]]\nclient_id = "a"\ngrants = ["password"]',
            "clients[0].grants[0]: must be one of authorization_code, refresh_token, client_credentials, device_code",
        ),
    ],
)
def test_a_wrong_shape_is_said_in_plain_words_with_the_path_of_the_key(text: str, problem: str) -> None:
    assert problem in problems(text)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('accent = "neon"', f"accent: must be one of {', '.join(ACCENTS)}"),
        ('name = "a\\u001b[31m"', "name: must be one line without control characters"),
        ('name = ""', "name: must not be empty"),
        ('email_domains = ["a.example", "localhost"]', "email_domains[1]: must be a domain like acme.example"),
        ('accounts = [{ username = " bob" }]', "accounts[0].username: must not start or end with a space"),
        ('accounts = [{ username = "bob", password = "" }]', "accounts[0].password: must not be empty"),
        ('accounts = [{ username = "bob", email = "Bob <b@a.example>" }]', f"accounts[0].email: {NO_EMAIL}"),
        (
            'accounts = [{ username = "bob" }, { username = "BOB" }]',
            "accounts[1].username: is the same as tenants[0].accounts[0].username",
        ),
        (
            'accounts = [{ username = "bob", roles = ["support"] }]',
            "accounts[0].roles[0]: must be one of agent, supervisor, tenant_admin",
        ),
    ],
)
def test_a_tenant_that_makes_no_sense_is_refused(line: str, problem: str) -> None:
    assert problems(TENANT + line) == [f"tenants[0].{problem}"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[tenants]]\nslug = "Acme"', "tenants[0].slug: must be at most 63 lower-case letters, digits and hyphens"),
        (TENANT + TENANT, "tenants[1].slug: is the same as tenants[0].slug"),
        (
            CONNECTION + '[[tenants.connections]]\nname = "main"\nissuer = "https://b.example"',
            "tenants[0].connections[1].name: is the same as tenants[0].connections[0].name",
        ),
        ('[[staff]]\nusername = "sam"\nroles = ["agent"]', "staff[0].roles[0]: must be one of support, operator"),
        (
            '[[staff]]\nusername = "Sam"\n[[tenants]]\nslug = "staff"\naccounts = [{ username = "sam", roles = [] }]',
            "staff[0].username: is the same as tenants[0].accounts[0].username",
        ),
        (
            '[[scopes]]\nname = "a b"\ndescription = "d"',
            "scopes[0].name: must be a single word (RFC 6749, section 3.3)",
        ),
        ('[[scopes]]\nname = "openid"\ndescription = "d"', f"scopes[0].name: {OWN_SCOPE}"),
        ('[[clients]]\nclient_id = "a b"\ngrants = []', f"clients[0].client_id: {NO_CLIENT_ID}"),
        ('[[clients]]\nclient_id = "a"', "clients[0].redirect_uris: is required for the grant authorization_code"),
        (CLIENT + CLIENT, "clients[1].client_id: is the same as clients[0].client_id"),
        (
            CLIENT + 'client_secret = "short"',
            "clients[0].client_secret: must have at least 32 characters in production",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, problem: str) -> None:
    assert problems(text) == [problem]


def test_staff_of_the_staff_tenant_have_staff_roles() -> None:
    text = '[[tenants]]\nslug = "staff"\n[[tenants.accounts]]\nusername = "sam"\nroles = ["support"]'
    assert read(text).tenants[0].accounts[0].roles == (Role.SUPPORT,)


def test_two_tenants_may_have_the_same_usernames() -> None:
    account = '[[tenants.accounts]]\nusername = "bob"\n'
    assert len(read(f'[[tenants]]\nslug = "a"\n{account}[[tenants]]\nslug = "b"\n{account}').tenants) == 2


def test_a_short_client_secret_will_do_in_development() -> None:
    assert read(CLIENT + 'client_secret = "short"', development=True).clients[0].client_secret == "short"


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = problems('[[tenants]]\nslug = "A"\naccent = "neon"\n[[staff]]\nusername = ""')
    assert [problem.partition(":")[0] for problem in found] == [
        "tenants[0].slug",
        "tenants[0].accent",
        "staff[0].username",
    ]


@pytest.mark.parametrize("text", ["[[tenants", "a = ", "a = 1\na = 2", "a = [" * 5000])
def test_what_is_not_toml_is_said_so(text: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith("the file is not valid TOML: ")


def test_bytes_that_are_no_text_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(ApplyFileInvalid, match=r"not UTF-8 text \(byte 2\)"):
        parse_apply_file(b"# \xff", folder=tmp_path, environment={}, presets={}, development=False)
