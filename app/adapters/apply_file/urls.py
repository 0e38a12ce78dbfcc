"""Checks of URLs in a file. Each function returns the problem, or None."""

import re
from urllib.parse import SplitResult, urlsplit

from app.domain.text import Text

LOOPBACK = ("127.0.0.1", "::1", "localhost")
MAX_CHARACTERS = 2000
_NOT_WHOLE = Text("must be a full URI like https://app.example.com/callback")
_PRINTABLE_ASCII = re.compile(r"[!-~]+")
_REVERSE_DNS = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")


def issuer_problem(url: str, *, development: bool) -> str | None:
    """OpenID Connect Discovery 1.0, section 4.3: compared character by character, so it is not normalised."""
    problem = endpoint_problem(url, development=development)
    if problem:
        return problem
    return Text("must not have a query (?…)") if "?" in url else None


def endpoint_problem(url: str, *, development: bool) -> str | None:
    """A URL at a provider for the bridge or a browser."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return Text("must be a URL like https://idp.example.com")
    if parts.scheme != "https" and not (development and parts.scheme == "http"):
        return Text("must start with https://") if development else Text("must start with https:// in production")
    if parts.username is not None or parts.password is not None:
        return Text("must not contain a username or password")
    return Text("must not have a fragment (#…)") if "#" in url else None


def redirect_uri_problem(uri: str) -> str | None:
    """RFC 6749, section 3.1.2; RFC 8252, sections 7.1 to 7.3."""
    parts = _split(uri)
    if parts is None or not parts.scheme:
        return _NOT_WHOLE
    if "#" in uri:
        return Text("must not have a fragment (#…)")
    if parts.scheme in ("https", "http"):
        return _web_redirect_problem(parts)
    if not _REVERSE_DNS.fullmatch(parts.scheme):
        return Text("must start with https://, or with an app's own scheme such as com.example.app:/")
    return None


def _web_redirect_problem(parts: SplitResult) -> str | None:
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return _NOT_WHOLE
    if "*" in parts.netloc:
        return Text("must be exact: wildcards (*) are not supported")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return Text("must start with https:// (http is allowed for loopback only: http://127.0.0.1/…)")
    return None


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_CHARACTERS or not _PRINTABLE_ASCII.fullmatch(url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts
