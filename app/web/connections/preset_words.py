"""Names of providers and examples of their issuers, by preset (config/providers.toml)."""

from app.web.i18n import gettext

ISSUERS = {
    "entra": "https://login.microsoftonline.com/<directory id>/v2.0",
    "okta": "https://<org>.okta.com",
    "okta-custom": "https://<org>.okta.com/oauth2/<server id>",
    "keycloak": "https://<host>/realms/<realm>",
    "dex": "https://<host>/dex",
    "auth0": "https://<tenant>.auth0.com/",
    "adfs": "https://<federation service>/adfs",
    "pingfederate": "https://<host>",
    "pingone": "https://auth.pingone.<region>/<environment id>/as",
    "onelogin": "https://<subdomain>.onelogin.com/oidc/2",
    "authentik": "https://<host>/application/o/<slug>/",
    "zitadel": "https://<instance>",
    "cognito": "https://cognito-idp.<region>.amazonaws.com/<user pool id>",
}
NAMES = {
    "entra": "Microsoft Entra ID",
    "google": "Google Workspace",
    "okta": "Okta",
    "okta-custom": "Okta, custom authorization server",
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


def issuer_hint(preset: str) -> str:
    """An example of this provider's issuers."""
    example = ISSUERS.get(preset)
    if example is None:
        return gettext("Exactly as the provider shows it, including any trailing slash.")
    return gettext("For example, %(example)s", example=example)


def preset_name(preset: str) -> str:
    """Its common name."""
    generic = {"oidc": gettext("Other OpenID provider"), "oauth2": gettext("Other OAuth 2.0 server")}
    return generic.get(preset) or NAMES.get(preset, preset)
