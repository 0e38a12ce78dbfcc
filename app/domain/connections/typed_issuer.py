"""Finds the issuer in what an admin copied from the provider's console: an issuer, a discovery URL, a domain, an id."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

DISCOVERY_PATHS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
"""OpenID Connect Discovery, section 4; RFC 8414, section 3, for issuers without a path."""

_BY_DOMAIN = {
    "auth0": "https://{}/",
    "adfs": "https://{}/adfs",
    "dex": "https://{}/dex",
    "onelogin": "https://{}/oidc/2",
    "okta-custom": "https://{}/oauth2/default",
    "entra": "https://login.microsoftonline.com/{}/v2.0",
}
_WITH_SLASH = ("auth0", "authentik", "jumpcloud")
"""Their issuers end with one."""
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ENTRA_HOST = re.compile(r"https://(login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn)/")
_ENTRA_SHARED = re.compile(r"(?:^|/)(common|organizations|consumers)(?:/|$)", re.IGNORECASE)
_ENTRA_VERSION_1 = "https://sts.windows.net/"
"""The issuer of version 1.0 tokens, which the bridge does not take."""
_USER_POOL = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)_[0-9A-Za-z]+")
_OKTA_ADMIN = re.compile(r"-admin(?=\.okta(?:preview|-emea)?\.com)")


class TypedIssuerProblem(StrEnum):
    """What is not an issuer, although it looks like one."""

    SHARED = "shared"
    """Entra's issuers for everyone: any directory in the world would pass."""
    NO_DIRECTORY = "no_directory"
    """An Entra domain: the issuer has the directory's id."""


class NoIssuer(Exception):
    """Nothing can be derived from what was typed."""

    def __init__(self, problem: TypedIssuerProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class TypedIssuer:
    """`candidates`, the likeliest first: they differ in the final slash only. The provider's own document decides."""

    candidates: tuple[str, ...]
    required_claims: Mapping[str, str] = field(default_factory=dict)
    """That belong to this issuer."""


def typed_issuer(preset: str | None, text: str) -> TypedIssuer:
    """`text` is not empty. Whether the result is a valid URL is checked elsewhere. Raises NoIssuer."""
    typed = text.strip().strip("<>\"'").strip()
    if preset == "entra":
        return _of_entra(typed)
    if preset in ("okta", "okta-custom"):
        typed = _OKTA_ADMIN.sub("", typed)
    pool = _USER_POOL.fullmatch(typed)
    if preset == "cognito" and pool:
        return TypedIssuer((f"https://cognito-idp.{pool[1]}.amazonaws.com/{typed}",))
    return TypedIssuer(_either_way(preset, _url(preset, typed)))


def _url(preset: str | None, typed: str) -> str:
    for path in DISCOVERY_PATHS:
        if typed.endswith(path):
            return _url("", typed.removesuffix(path))
    if "://" in typed:
        return typed
    domain = typed.strip("/")
    return (_BY_DOMAIN.get(preset or "", "https://{}") if "/" not in domain else "https://{}").format(domain)


def _either_way(preset: str | None, url: str) -> tuple[str, str]:
    bare = url.rstrip("/")
    if url.endswith("/") or preset in _WITH_SLASH:
        return f"{bare}/", bare
    return bare, f"{bare}/"


def _of_entra(typed: str) -> TypedIssuer:
    host, directory = _ENTRA_HOST.match(typed), _GUID.search(typed)
    if _ENTRA_SHARED.search(typed):
        raise NoIssuer(TypedIssuerProblem.SHARED)
    if directory and (host or _GUID.fullmatch(typed) or typed.startswith(_ENTRA_VERSION_1)):
        identifier = directory[0].lower()
        issuer = f"https://{host[1]}/{identifier}/v2.0" if host else _BY_DOMAIN["entra"].format(identifier)
        return TypedIssuer((issuer,), {"tid": identifier})
    if host or "://" not in typed:
        raise NoIssuer(TypedIssuerProblem.NO_DIRECTORY)
    return TypedIssuer((typed,))
