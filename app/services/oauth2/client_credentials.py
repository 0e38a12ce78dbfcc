"""What a request shows about its client, before anything of it is verified."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from app.domain.oauth2.oauth2_error import OAuth2Error

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """From exactly one of: an Authorization header, a secret in the body, an assertion; or none, for public clients."""

    client_ip: str
    client_id: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """The secret as sent by Basic may be meant in two ways, see `read_credentials`."""
    assertion: str | None = field(default=None, repr=False)


def read_credentials(body: Mapping[str, str], *, authorization: str | None, client_ip: str) -> ClientCredentials:
    """Raises OAuth2Error `invalid_request` for more than one method (RFC 6749, section 2.3)."""
    client_id, secret = body.get("client_id") or None, body.get("client_secret") or None
    assertion = body.get("client_assertion") or None
    basic = _basic(authorization)
    if sum((basic is not None, secret is not None, assertion is not None)) > 1:
        raise OAuth2Error("invalid_request", "Authenticate the client by one method only.")
    if assertion is not None:
        if body.get("client_assertion_type") != JWT_BEARER:
            raise OAuth2Error("invalid_request", f"client_assertion_type must be {JWT_BEARER}.")
        return ClientCredentials(client_ip, client_id, assertion=assertion)
    if basic is None:
        return ClientCredentials(client_ip, client_id, (secret,) if secret else ())
    named, *secrets = basic
    if client_id is not None and client_id != named:
        raise OAuth2Error("invalid_request", "client_id differs from the one in the Authorization header.")
    return ClientCredentials(client_ip, named, tuple(dict.fromkeys(filter(None, secrets))))


def _basic(authorization: str | None) -> tuple[str, str, str] | None:
    """Client id, and the secret decoded (RFC 6749, section 2.3.1) and as it came: many clients do not encode it."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        named, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        colon = ""
        named = secret = ""
    if not colon:
        raise OAuth2Error("invalid_client", "The Authorization header is not of the form Basic base64(id:secret).")
    return unquote_plus(named), unquote_plus(secret), secret
