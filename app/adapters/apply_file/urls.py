"""Checks of URLs in a file. Each function returns the problem, or None."""

from app.domain.oauth2.redirect_uris import split_uri
from app.domain.text import Text


def issuer_problem(url: str, *, development: bool) -> str | None:
    """OpenID Connect Discovery 1.0, section 4.3: compared character by character, so it is not normalised."""
    problem = endpoint_problem(url, development=development)
    if problem:
        return problem
    return Text("must not have a query (?…)") if "?" in url else None


def endpoint_problem(url: str, *, development: bool) -> str | None:
    """A URL at a provider for the bridge or a browser."""
    parts = split_uri(url)
    if parts is None or not parts.hostname:
        return Text("must be a URL like https://idp.example.com")
    if parts.scheme != "https" and not (development and parts.scheme == "http"):
        return Text("must start with https://") if development else Text("must start with https:// in production")
    if parts.username is not None or parts.password is not None:
        return Text("must not contain a username or password")
    return Text("must not have a fragment (#…)") if "#" in url else None
