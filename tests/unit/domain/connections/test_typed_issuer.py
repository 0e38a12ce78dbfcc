import pytest

from app.domain.connections.typed_issuer import NoIssuer, TypedIssuerProblem, typed_issuer

DIRECTORY = "2f1c5f0e-0a6b-4c43-9d5c-7a1f6f1f2c11"
ENTRA = f"https://login.microsoftonline.com/{DIRECTORY}/v2.0"


@pytest.mark.parametrize(
    ("preset", "typed", "issuer"),
    [
        ("oidc", "https://idp.acme.example", "https://idp.acme.example"),
        ("oidc", "  https://idp.acme.example/ ", "https://idp.acme.example/"),
        ("oidc", "https://idp.acme.example/a/.well-known/openid-configuration", "https://idp.acme.example/a"),
        ("oidc", "https://idp.acme.example/.well-known/oauth-authorization-server", "https://idp.acme.example"),
        ("oidc", "idp.acme.example", "https://idp.acme.example"),
        ("oidc", "http://idp.acme.example", "http://idp.acme.example"),
        ("okta", "acme.okta.com", "https://acme.okta.com"),
        ("okta", "https://acme-admin.okta.com", "https://acme.okta.com"),
        ("okta", "acme-admin.okta-emea.com", "https://acme.okta-emea.com"),
        ("okta-custom", "acme.okta.com", "https://acme.okta.com/oauth2/default"),
        ("okta-custom", "acme.okta.com/oauth2/aus1", "https://acme.okta.com/oauth2/aus1"),
        ("auth0", "acme.eu.auth0.com", "https://acme.eu.auth0.com/"),
        ("auth0", "https://acme.eu.auth0.com/.well-known/openid-configuration", "https://acme.eu.auth0.com/"),
        ("adfs", "fs.acme.example", "https://fs.acme.example/adfs"),
        ("onelogin", "acme.onelogin.com", "https://acme.onelogin.com/oidc/2"),
        ("cognito", "eu-west-1_Ab1Cd2Ef3", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1Cd2Ef3"),
        ("keycloak", "sso.acme.example/realms/acme", "https://sso.acme.example/realms/acme"),
        ("entra", DIRECTORY.upper(), ENTRA),
        ("entra", ENTRA, ENTRA),
        ("entra", f"{ENTRA}/.well-known/openid-configuration", ENTRA),
        ("entra", f"https://login.microsoftonline.com/{DIRECTORY}/oauth2/v2.0/authorize", ENTRA),
        ("entra", f"https://sts.windows.net/{DIRECTORY}/", ENTRA),
    ],
)
def test_the_issuer_is_found_in_what_a_console_shows(preset: str, typed: str, issuer: str) -> None:
    assert typed_issuer(preset, typed).candidates[0] == issuer


def test_the_final_slash_is_left_to_the_provider() -> None:
    assert typed_issuer("oidc", "https://idp.example").candidates == ("https://idp.example", "https://idp.example/")
    assert typed_issuer("oidc", "https://idp.example/").candidates == ("https://idp.example/", "https://idp.example")


def test_entras_directory_is_pinned_as_a_claim_too() -> None:
    assert typed_issuer("entra", DIRECTORY).required_claims == {"tid": DIRECTORY}
    assert typed_issuer("okta", "acme.okta.com").required_claims == {}


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("common", TypedIssuerProblem.SHARED),
        ("https://login.microsoftonline.com/organizations/v2.0", TypedIssuerProblem.SHARED),
        ("acme.onmicrosoft.com", TypedIssuerProblem.NO_DIRECTORY),
        ("https://login.microsoftonline.com/acme.example/v2.0", TypedIssuerProblem.NO_DIRECTORY),
    ],
)
def test_an_issuer_of_entra_without_a_directory_is_none(typed: str, problem: TypedIssuerProblem) -> None:
    with pytest.raises(NoIssuer) as refused:
        typed_issuer("entra", typed)
    assert refused.value.problem is problem
