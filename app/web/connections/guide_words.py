"""A guide as a page shows it: translated, with a connection's own addresses beside the step that needs them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from app.domain.connections.provider_addresses import ProviderAddresses
from app.web.connections.guides import GUIDES, GuideStep, Value
from app.web.i18n import gettext

_INLINE = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*]+)\*|`(?P<code>[^`]+)`")
"""All that a step may contain; anything else is plain text."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One numbered step, and what to copy for it: label and value."""

    text: Markup
    values: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownGuide:
    """`optional` steps are for logout, and logins that begin at the provider."""

    before: Markup
    steps: list[ShownStep]
    optional: list[ShownStep]


def shown_guide(preset: str | None, addresses: ProviderAddresses) -> ShownGuide:
    """Of the preset, or the general one."""
    guide = GUIDES.get(preset or "") or GUIDES["oidc"]
    return ShownGuide(
        before=inline(gettext(guide.before)),
        steps=[shown for one in guide.steps if not one.optional for shown in _shown(one, addresses)],
        optional=[shown for one in guide.steps if one.optional for shown in _shown(one, addresses)],
    )


def inline(text: str) -> Markup:
    """`**…**`, `*…*` and backticks as HTML; everything else is escaped."""
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[end : found.start()]), _element(found)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def value_names() -> Mapping[Value, str]:
    """What the addresses are called on our pages."""
    return {
        Value.REDIRECT_URI: gettext("Redirect URI"),
        Value.INITIATE_LOGIN_URI: gettext("Initiate login URI"),
        Value.POST_LOGOUT_URI: gettext("Post-logout redirect URI"),
        Value.BACKCHANNEL_LOGOUT_URI: gettext("Back-channel logout URL"),
        Value.FRONTCHANNEL_LOGOUT_URI: gettext("Front-channel logout URL"),
        Value.JWKS_URI: gettext("JWKS URL"),
    }


def _shown(step: GuideStep, addresses: ProviderAddresses) -> Iterator[ShownStep]:
    """Nothing, where the step is only about addresses that this connection does not have."""
    names = value_names()
    values = [(names[value], address) for value in step.values if (address := getattr(addresses, value))]
    if values or not step.values:
        yield ShownStep(inline(gettext(step.text)), values)


def _element(found: re.Match[str]) -> Markup:
    if found["strong"]:
        return Markup("<strong>{}</strong>").format(found["strong"])
    if found["em"]:
        return Markup("<em>{}</em>").format(found["em"])
    # What is typed reads from left to right in every language.
    return Markup('<code dir="ltr">{}</code>').format(found["code"])
