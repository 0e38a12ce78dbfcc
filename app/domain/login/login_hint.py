"""`login_hint` of OpenID Connect Core, section 3.1.2.1: what a link says about who is going to sign in."""

_MOST = 254
"""Characters of the longest email address (RFC 5321, section 4.5.3.1.3, without the brackets)."""


def parse_login_hint(value: str | None) -> str | None:
    """The hint, or None for what can be none: it is left out of every link, and never sent to a provider."""
    return value if value and len(value) <= _MOST and value.isprintable() else None
