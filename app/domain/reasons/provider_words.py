"""Common error messages of providers, and what to do about them in the terms of that provider's console.

A marker is a part of the provider's `error` or `error_description`, compared without regard to case.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """One message. `remedy` comes before our own, more general one."""

    marker: str
    provider: str
    remedy: str
    about_secret: bool = False
    """Does not apply to a connection that authenticates without a secret (`client_auth`)."""


_PKCE = "The provider requires PKCE for this client. Tenant admin: set pkce = true in the connection."

KNOWN_MESSAGES = (
    KnownMessage(
        "AADSTS50011",
        "Microsoft Entra ID",
        "In the Entra admin centre, App registrations, your app, Authentication: add the redirect URI of this "
        "connection, platform Web, exactly as `sso-bridge tenant show` prints it.",
    ),
    KnownMessage(
        "AADSTS7000222",
        "Microsoft Entra ID",
        "The client secret has expired. In the Entra admin centre, App registrations, your app, Certificates & "
        "secrets: create a new client secret and enter its Value (not its Secret ID) in the connection.",
        about_secret=True,
    ),
    KnownMessage(
        "AADSTS7000215",
        "Microsoft Entra ID",
        "The client secret is wrong. In Certificates & secrets, copy the Value, not the Secret ID, and enter it in the "
        "connection.",
        about_secret=True,
    ),
    KnownMessage(
        "AADSTS700016",
        "Microsoft Entra ID",
        "Entra does not know this client_id in this directory. Compare it with Application (client) ID on the app's "
        "Overview page, and the issuer with Directory (tenant) ID.",
    ),
    KnownMessage(
        "AADSTS50105",
        "Microsoft Entra ID",
        "The person is not assigned to the app. In Enterprise applications, your app, Users and groups: assign them, "
        "or set Assignment required to No under Properties.",
    ),
    KnownMessage(
        "AADSTS65001",
        "Microsoft Entra ID",
        "No one has consented to the app's permissions. In App registrations, your app, API permissions: choose Grant "
        "admin consent.",
    ),
    KnownMessage(
        "AADSTS50020",
        "Microsoft Entra ID",
        "The person belongs to another directory: invite them as a guest, or have them use an account in yours.",
    ),
    KnownMessage(
        "AADSTS53003",
        "Microsoft Entra ID",
        "A Conditional Access policy blocked the sign-in: open Sign-in logs, the failed sign-in, Conditional Access.",
    ),
    KnownMessage(
        "User is not assigned to the client application",
        "Okta",
        "In the Okta Admin Console, Applications, your app, Assignments: assign the person or one of their groups.",
    ),
    KnownMessage(
        "no_matching_policy",
        "Okta",
        "No access policy of the authorization server applies. In Security, API, your server, Access Policies: add a "
        "policy and a rule for this client.",
    ),
    KnownMessage(
        "One or more scopes are not configured",
        "Okta",
        "In Security, API, your authorization server, Scopes: add the scope, or remove it from the connection.",
    ),
    KnownMessage(
        "admin_policy_enforced",
        "Google Workspace",
        "An administrator has blocked the app. In the Admin console, Security, API controls, App access control: "
        "trust the app's client ID.",
    ),
    KnownMessage(
        "org_internal",
        "Google Workspace",
        "The app is internal to another organisation. In the Google Cloud console, OAuth consent screen: use a project "
        "of your own organisation.",
    ),
    KnownMessage(
        "redirect_uri_mismatch",
        "Google Workspace, GitHub",
        "Add the redirect URI of this connection to the client, exactly as `sso-bridge tenant show` prints it.",
    ),
    KnownMessage(
        "Invalid client or Invalid client credentials",
        "Keycloak",
        "In the Keycloak console, Clients, your client: compare Client ID, turn on Client authentication, and copy "
        "Client secret from Credentials into the connection.",
        about_secret=True,
    ),
    KnownMessage(
        "Invalid parameter: redirect_uri",
        "Keycloak",
        "In the Keycloak console, Clients, your client, Valid redirect URIs: add the redirect URI of this connection.",
    ),
    KnownMessage(
        "can not get encryption KEK",
        "Keycloak",
        "Keycloak has no key of the bridge to encrypt with, as the client requires. In the Keycloak console, Clients, "
        "your client, Keys: turn on Use JWKS URL and enter the connection's JWKS URL, as `sso-bridge tenant show` "
        "prints it; under Advanced choose RSA-OAEP-256 or ECDH-ES as ID token encryption key management algorithm. "
        "Keycloak caches keys: use Clear keys cache in Realm settings to make it fetch them now.",
    ),
    KnownMessage(
        "bad_verification_code",
        "GitHub",
        "The code had already been used or had expired: ask the person to try again. If it keeps happening, compare "
        "client_id.",
    ),
    KnownMessage(
        "incorrect_client_credentials",
        "GitHub",
        "In GitHub, Settings, Developer settings, OAuth Apps, your app: create a new client secret and enter it in the "
        "connection.",
        about_secret=True,
    ),
    KnownMessage(
        "Callback URL mismatch",
        "Auth0",
        "In the Auth0 dashboard, Applications, your application, Allowed Callback URLs: add the redirect URI of this "
        "connection.",
    ),
    KnownMessage(
        "MSIS9602",
        "AD FS",
        "The relying party trust does not allow this client. On the AD FS server run Grant-AdfsApplicationPermission "
        "for the client's identifier and the scopes openid, email and profile.",
    ),
    KnownMessage(
        "properly encoded",
        "node-oidc-provider and others",
        "The provider expects the client ID and secret in HTTP Basic in a different encoding from the connection's. "
        "Tenant admin: set client_auth_encoding to raw in the connection (or to form, if it is already raw), or use "
        "client_auth = client_secret_post.",
        about_secret=True,
    ),
    KnownMessage("Missing parameter: code_challenge", "Keycloak", _PKCE),
    KnownMessage("requires PKCE", "node-oidc-provider", _PKCE),
    KnownMessage("PKCE code challenge", "Okta", _PKCE),
    KnownMessage(
        "DPoP proof is missing",
        "Keycloak",
        "The provider requires access tokens that are bound to a key (DPoP, RFC 9449). Tenant admin: set dpop = true "
        "in the connection. Tenant IT: or turn the requirement off for this client.",
    ),
    KnownMessage(
        "grant request is invalid",
        "node-oidc-provider",
        "The provider does not say what it rejected; check its log. Tenant admin: if every login fails this way, "
        "compare the redirect URI with the one that `sso-bridge tenant show` prints, and set dpop = true in the "
        "connection if the provider requires DPoP (RFC 9449) for this client. If it happens only occasionally, the "
        "code arrived too late or twice, and the next login works.",
    ),
    KnownMessage(
        "request object",
        "any",
        "The provider requires a signed request object (RFC 9101) from this client, which the bridge does not send. "
        "Tenant IT: turn this requirement off for this client. Pushed authorization requests (par) also protect "
        "the request.",
    ),
    KnownMessage(
        "'request' or 'request_uri'",
        "Keycloak",
        "Keycloak requires a signed request object from this client, which the bridge does not send. In the Keycloak "
        "console, Clients, your client, Advanced, set Request object required to not required; also check for a client "
        "policy that requires one.",
    ),
    KnownMessage(
        "Pushed Authorization Request",
        "Keycloak, node-oidc-provider",
        "The provider accepts only pushed requests (RFC 9126) from this client, but its metadata does not say so. "
        'Tenant admin: set par = "required" in the connection.',
    ),
    KnownMessage(
        "Key Set failed to be refreshed",
        "node-oidc-provider",
        "The provider could not fetch the connection's keys from the bridge. Tenant IT: check that it can reach the "
        "JWKS URL that `sso-bridge tenant show` prints (DNS, network, TLS), and that the client uses exactly that URL.",
    ),
    KnownMessage(
        "Unable to load public key",
        "Keycloak",
        "Keycloak has no key to verify the bridge's client authentication. In the Keycloak console, Clients, your "
        "client, Keys: turn on Use JWKS URL and enter the JWKS URL that `sso-bridge tenant show` prints; Keycloak must "
        "be able to fetch it.",
    ),
)


def known_message(details: Mapping[str, object]) -> KnownMessage | None:
    """The first known message that matches the provider's words and the connection's `client_auth`."""
    said = f"{details.get('error', '')} {details.get('error_description', '')}".casefold()
    secret = str(details.get("client_auth") or "client_secret").startswith("client_secret")
    fitting = (message for message in KNOWN_MESSAGES if secret or not message.about_secret)
    return next((message for message in fitting if message.marker.casefold() in said), None)
