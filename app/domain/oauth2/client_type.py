"""What kind of app a client is. Nothing stores it: it follows from the grants, the secret and the redirect URIs."""

from enum import StrEnum
from urllib.parse import urlsplit

from app.domain.oauth2.client import Client, GrantType
from app.domain.oauth2.redirect_uris import LOOPBACK


class ClientType(StrEnum):
    """`credential` is an API credential, the others are apps that people sign in to."""

    CREDENTIAL = "credential"
    WEB = "web"
    """On a server, which can keep a secret."""
    SINGLE_PAGE = "single_page"
    """In a browser (draft-ietf-oauth-browser-based-apps)."""
    NATIVE = "native"
    """On a desk or a telephone (RFC 8252)."""
    DEVICE = "device"
    """Without a browser (RFC 8628)."""


APP_TYPES = (ClientType.WEB, ClientType.SINGLE_PAGE, ClientType.NATIVE, ClientType.DEVICE)
WITH_SECRET = (ClientType.CREDENTIAL, ClientType.WEB)
GRANTS_OF_TYPE = {
    ClientType.CREDENTIAL: (GrantType.CLIENT_CREDENTIALS,),
    ClientType.WEB: (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.CLIENT_CREDENTIALS),
    ClientType.SINGLE_PAGE: (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN),
    ClientType.NATIVE: (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE),
    ClientType.DEVICE: (GrantType.DEVICE_CODE, GrantType.REFRESH_TOKEN),
}
"""The grants that each may have; the first is what makes it one of this type."""


def client_type(client: Client) -> ClientType:
    grants = set(client.grants)
    if grants == {GrantType.CLIENT_CREDENTIALS}:
        return ClientType.CREDENTIAL
    if GrantType.AUTHORIZATION_CODE not in grants:
        return ClientType.DEVICE
    if any(only_native(uri) for uri in client.redirect_uris):
        return ClientType.NATIVE
    return ClientType.SINGLE_PAGE if client.public else ClientType.WEB


def only_native(uri: str) -> bool:
    """An app's own scheme, or a loopback address on whichever port is free (RFC 8252, section 7)."""
    parts = urlsplit(uri)
    return parts.scheme not in ("https", "http") or (on_loopback(uri) and parts.port is None)


def on_loopback(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme == "http" and parts.hostname in LOOPBACK
