"""Redirect URIs: which may be registered, and when a request's is a registered one."""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, parse_qsl, urlsplit

from app.domain.text import Text

LOOPBACK = ("127.0.0.1", "::1", "localhost")
MAX_CHARACTERS = 2000
ANSWERED = frozenset({"code", "state", "iss", "error", "error_description", "error_uri"})
"""Parameters of the authorization response: in a registered URI they would come twice."""
_NOT_WHOLE = Text("must be a full URI like https://app.example.com/callback")
_PRINTABLE_ASCII = re.compile(r"[!-~]+")
_REVERSE_DNS = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
_ON_LOOPBACK = re.compile(
    r"http://(?P<host>127\.0\.0\.1|\[::1\]|localhost)(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>[/?].*)?"
)
_LAST_PORT = 65535


def redirect_uri_problem(uri: str) -> str | None:
    """What is wrong with it as one to register: RFC 6749, section 3.1.2; RFC 8252, sections 7.1 to 7.3."""
    parts = split_uri(uri)
    if parts is None or not parts.scheme or parts.username is not None or parts.password is not None:
        return _NOT_WHOLE
    if "#" in uri:
        return Text("must not have a fragment (#…)")
    if any(name in ANSWERED for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return Text("must not have a parameter that the answer has itself, such as code or state")
    if parts.scheme in ("https", "http"):
        return _web_problem(parts)
    if not _REVERSE_DNS.fullmatch(parts.scheme):
        return Text("must start with https://, or with an app's own scheme such as com.example.app:/")
    return None


def is_registered(uri: str, registered: Collection[str]) -> bool:
    """RFC 9700, section 4.1.3: character by character; only the port of a native app's loopback URI is free.

    That is because the app listens on whichever port it gets from its system (RFC 8252, section 7.3).
    """
    if uri in registered:
        return True
    wanted = _without_port(uri)
    return wanted is not None and any(_without_port(known) == wanted for known in registered)


def split_uri(uri: str) -> SplitResult | None:
    """Its parts; None for what browsers and we might read differently."""
    if len(uri) > MAX_CHARACTERS or not _PRINTABLE_ASCII.fullmatch(uri) or "\\" in uri:
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts


def _web_problem(parts: SplitResult) -> str | None:
    if not parts.hostname:
        return _NOT_WHOLE
    if "*" in parts.netloc:
        return Text("must be exact: wildcards (*) are not supported")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return Text("must start with https:// (http is allowed for loopback only: http://127.0.0.1/…)")
    return None


def _without_port(uri: str) -> tuple[str, str] | None:
    """Host and the rest of a loopback URI that could be registered; None for any other."""
    found = _ON_LOOPBACK.fullmatch(uri)
    if found is None or int(found["port"] or 1) > _LAST_PORT or redirect_uri_problem(uri) is not None:
        return None
    return found["host"], found["rest"] or ""
