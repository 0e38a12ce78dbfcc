"""What scopes mean, for whoever gives them to a client."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from app.domain.oauth2.client import Scope
from app.domain.oauth2.scopes import OWN_SCOPES, STANDARD_SCOPES
from app.web.i18n import gettext


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """A box of a form, or a line of a page."""

    name: str
    description: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """Scopes that belong together."""

    title: str
    choices: Sequence[ScopeChoice]


def scope_groups(offered: Collection[str], chosen: Collection[str], catalogue: Sequence[Scope]) -> Sequence[ScopeGroup]:
    """Those that have any: for signing in, of the vendor's APIs in the catalogue's words, of the bridge's own API."""
    known = {scope.name: scope.description for scope in catalogue}
    words = {**_standard(), **known, **_own()}
    groups = [
        (gettext("Signing in"), [name for name in _standard() if name in STANDARD_SCOPES]),
        (gettext("APIs"), sorted(known)),
        (gettext("Administration of this service"), sorted(OWN_SCOPES)),
        (gettext("No longer offered"), sorted({*chosen} - words.keys())),
    ]
    return [
        ScopeGroup(title, choices)
        for title, names in groups
        if (choices := [*_choices([name for name in names if name in offered], chosen, words)])
    ]


def _choices(names: Sequence[str], chosen: Collection[str], words: dict[str, str]) -> Iterator[ScopeChoice]:
    for name in names:
        yield ScopeChoice(name, words.get(name, ""), name in chosen)


def _standard() -> dict[str, str]:
    return {
        "openid": gettext("Sign people in"),
        "profile": gettext("See their name and username"),
        "email": gettext("See their email address"),
        "roles": gettext("See their roles"),
        "offline_access": gettext("Keep them signed in for up to 90 days, without a browser"),
    }


def _own() -> dict[str, str]:
    return {
        "tenants:read": gettext("See all tenants and their settings"),
        "tenants:write": gettext("Create and change tenants"),
        "connections:read": gettext("See connections to identity providers"),
        "connections:write": gettext("Set up and change connections"),
        "accounts:read": gettext("See accounts"),
        "accounts:write": gettext("Create, change and disable accounts"),
        "sessions:read": gettext("See who is signed in"),
        "sessions:write": gettext("End sessions"),
        "traces:read": gettext("See logins and why they failed"),
        "traces:write": gettext("Delete records of logins"),
        "audit:read": gettext("See what was changed, and by whom"),
        "audit:write": gettext("Add entries to the audit log"),
    }
