"""Names of providers, and what their consoles call their address, by preset (config/providers.toml)."""

from app.web.i18n import gettext

ISSUERS = {
    "entra": "2f1c5f0e-0a6b-4c43-9d5c-7a1f6f1f2c11",
    "okta": "acme.okta.com",
    "okta-custom": "https://acme.okta.com/oauth2/default",
    "keycloak": "https://sso.acme.example/realms/acme",
    "dex": "https://dex.acme.example/dex",
    "auth0": "acme.eu.auth0.com",
    "adfs": "fs.acme.example",
    "pingfederate": "https://sso.acme.example:9031",
    "pingone": "https://auth.pingone.eu/4c2f6a1e-9d5b-4c0c-8a5e-0d6f3b1e7a10/as",
    "onelogin": "https://acme.onelogin.com/oidc/2",
    "authentik": "https://id.acme.example/application/o/sso-bridge/",
    "zitadel": "https://acme-x1y2z3.zitadel.cloud",
    "cognito": "eu-west-1_Ab1Cd2Ef3",
}
NAMES = {
    "entra": "Microsoft Entra ID",
    "google": "Google Workspace",
    "okta": "Okta",
    "keycloak": "Keycloak",
    "dex": "Dex",
    "auth0": "Auth0",
    "adfs": "Microsoft AD FS",
    "pingfederate": "PingFederate",
    "pingone": "PingOne",
    "onelogin": "OneLogin",
    "jumpcloud": "JumpCloud",
    "gitlab": "GitLab",
    "authentik": "authentik",
    "zitadel": "ZITADEL",
    "cognito": "Amazon Cognito",
    "github": "GitHub",
    "versature": "Versature",
    "net2phone": "net2phone Canada",
    "livechat": "LiveChat",
    "vonage": "Vonage",
}


GENERIC = ("oidc", "oauth2")
"""For whatever has no preset of its own."""


def issuer_hint(preset: str) -> str:
    """An example of what to enter: the issuer is derived from it (domain/connections/typed_issuer.py)."""
    example = ISSUERS.get(preset)
    if example is None:
        return gettext("Exactly as the provider shows it, including any trailing slash.")
    return gettext("For example, %(example)s", example=example)


def issuer_label(preset: str | None) -> str:
    """What the provider's console calls the value from which the issuer is derived."""
    known = {
        "entra": gettext("Directory (tenant) ID"),
        "okta": gettext("Okta domain"),
        "okta-custom": gettext("Issuer URI"),
        "auth0": gettext("Auth0 domain"),
        "adfs": gettext("Federation service name"),
        "onelogin": gettext("Issuer URL"),
        "cognito": gettext("User pool ID"),
        "pingone": gettext("Issuer ID"),
        "zitadel": gettext("Address of your instance"),
        "gitlab": gettext("Address of your GitLab"),
    }
    return known.get(preset or "") or gettext("Issuer or discovery URL")


def preset_name(preset: str) -> str:
    """Its common name."""
    known = {"okta-custom": gettext("Okta, custom authorization server")}
    generic = known | {"oidc": gettext("Other OpenID provider"), "oauth2": gettext("Other OAuth 2.0 server")}
    return generic.get(preset) or NAMES.get(preset, preset)
