"""Scopes: what a client may ask for (RFC 6749, section 3.3)."""

import re
from collections.abc import Collection

from app.domain.oauth2.authorization import OFFLINE_ACCESS
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error

OPENID = "openid"
EMAIL = "email"
PROFILE = "profile"
ROLES = "roles"
STANDARD_SCOPES = frozenset({OPENID, EMAIL, PROFILE, OFFLINE_ACCESS, ROLES})
"""Of OpenID Connect Core, sections 5.4 and 11, and `roles` for a person's roles in their tenant."""
OWN_SCOPES = frozenset(
    f"{thing}:{action}"
    for thing in ("tenants", "connections", "accounts", "sessions", "traces", "audit")
    for action in ("read", "write")
)
"""The scopes of the bridge's own admin API."""
MOST_CHARACTERS = 1000
_TOKEN = re.compile(r"[!#-\[\]-~]+")


def parse_scopes(raw: str | None) -> tuple[str, ...]:
    """Each scope once, in the order given; empty if there are none. Raises OAuth2Error."""
    if raw and len(raw) > MOST_CHARACTERS:
        raise OAuth2Error("invalid_scope", f"scope must not have more than {MOST_CHARACTERS} characters")
    words = tuple(dict.fromkeys(word for word in (raw or "").split(" ") if word))
    if any(not _TOKEN.fullmatch(word) for word in words):
        raise OAuth2Error("invalid_scope", "scope must be words of visible ASCII characters, separated by spaces")
    return words


def still_held(scopes: Collection[str], client: Client) -> tuple[str, ...]:
    """Those of them that the client holds now."""
    return tuple(name for name in scopes if name in client.scopes)


def require_held(scopes: Collection[str], client: Client) -> None:
    """Raises OAuth2Error unless the client holds each of them. It does not say whether others exist."""
    beyond = [name for name in scopes if name not in client.scopes]
    if beyond:
        raise OAuth2Error("invalid_scope", f"this client may not ask for: {' '.join(beyond)[:200]}")
