"""Where a login leads afterwards: a path of our own origin, or a host that the vendor has named."""

import re
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

ACCOUNT_HOME = "/account"
MAX_LENGTH = 1000

_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Visible ASCII without the backslash, which browsers treat as a slash."""
_HARMFUL = re.compile(r"[\x00-\x1f\x7f\\]")


def return_to(raw: str | None, *, hosts: Collection[str] = ()) -> str:
    """`raw` if it is safe to redirect to, else the account home.

    `hosts` are host names (with a port if it is not the default) that are allowed in an https URL.
    """
    if not raw or len(raw) > MAX_LENGTH:
        return ACCOUNT_HOME
    if _is_path(raw) or _is_named_host(raw, hosts):
        return raw
    return ACCOUNT_HOME


def _is_path(raw: str) -> bool:
    if not raw.startswith("/") or not _PLAIN.fullmatch(raw):
        return False
    # A proxy in front may decode the path once or twice more than we do: the result must be just as harmless.
    path = raw.split("?", 1)[0].split("#", 1)[0]
    try:
        once = unquote(path, errors="strict")
        decoded = (path, once, unquote(once, errors="strict"))
    except UnicodeDecodeError:
        return False
    return not any(text.startswith("//") or _HARMFUL.search(text) for text in decoded)


def _is_named_host(raw: str, hosts: Collection[str]) -> bool:
    if not hosts or not raw.startswith("https://") or not _PLAIN.fullmatch(raw):
        return False
    try:
        parts = urlsplit(raw)
    except ValueError:
        return False
    return "@" not in parts.netloc and parts.netloc.lower() in hosts
