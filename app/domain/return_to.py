"""Where a login goes on to afterwards: a path of our own origin, or a host that the vendor named."""

import re
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

ACCOUNT_HOME = "/account"
MAX_LENGTH = 1000

_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Visible ASCII without the backslash, which browsers read as a slash."""


def return_to(raw: str | None, *, hosts: Collection[str] = ()) -> str:
    """`raw` where it is safe to redirect to, else the account home.

    `hosts` are host names (with a port where it is not the scheme's own) that may stand in an https URL.
    """
    if not raw or len(raw) > MAX_LENGTH:
        return ACCOUNT_HOME
    if _is_path(raw) or _is_named_host(raw, hosts):
        return raw
    return ACCOUNT_HOME


def _is_path(raw: str) -> bool:
    # A proxy in front may decode once more than we do: what the path becomes then must be just as harmless.
    decoded = unquote(raw)
    return all(
        text.startswith("/") and not text.startswith("//") and _PLAIN.fullmatch(text) is not None
        for text in (raw, decoded.split("?", 1)[0].split("#", 1)[0], unquote(decoded.split("?", 1)[0]))
    )


def _is_named_host(raw: str, hosts: Collection[str]) -> bool:
    if not hosts or not raw.startswith("https://") or not _PLAIN.fullmatch(raw):
        return False
    try:
        parts = urlsplit(raw)
    except ValueError:
        return False
    return "@" not in parts.netloc and parts.netloc.lower() in hosts
