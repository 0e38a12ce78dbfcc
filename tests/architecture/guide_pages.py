"""The part of `docs/providers/<preset>.md` that is written from the app's own guides.

`python -m tests.architecture.guide_pages` writes it.
"""

import re
import textwrap
from pathlib import Path

from app.web.connections.guides import GUIDES, GuideStep, Value

PAGES = Path(__file__).parents[2] / "docs" / "providers"
WIDTH = 120

NAMED = {
    Value.REDIRECT_URI: "*Redirect URI*: `https://<bridge>/callback/<connection id>`",
    Value.INITIATE_LOGIN_URI: "*Initiate login URI*: `https://<bridge>/t/acme/oauth/login`",
    Value.POST_LOGOUT_URI: "*Post-logout redirect URI*: `https://<bridge>/logged-out`",
    Value.BACKCHANNEL_LOGOUT_URI: "*Back-channel logout URL*: `https://<bridge>/backchannel-logout/<connection id>`",
    Value.FRONTCHANNEL_LOGOUT_URI: "*Front-channel logout URL*: `https://<bridge>/frontchannel-logout/<connection id>`",
    Value.JWKS_URI: "*JWKS URL*: `https://<bridge>/t/acme/jwks/main`",
}
_SHOWN = (
    "The console shows these steps with the real addresses when you set up a connection; `sso-bridge tenant show acme` "
    "prints the addresses."
)
_PART = re.compile(r"(?<=\n## Set up the provider\n\n).*?(?=\n## Set up the bridge\n)", re.DOTALL)


def part(preset: str) -> str:
    """In Markdown: what is needed, the numbered steps with their addresses, and where else to find them."""
    guide = GUIDES[preset]
    lines = [_wrapped(guide.before), ""]
    for number, step in enumerate(guide.steps, start=1):
        lines += _listed(f"{number}. ", step)
    return "\n".join([*lines, "", _wrapped(_SHOWN), ""])


def with_part(preset: str, page: str) -> str:
    return _PART.sub(lambda _: part(preset), page)


def _listed(lead: str, step: GuideStep) -> list[str]:
    inner = " " * len(lead)
    text = f"Optional: {step.text}" if step.optional else step.text
    values = [_wrapped(NAMED[value], f"{inner}- ", f"{inner}  ") for value in step.values]
    return [_wrapped(text, lead, inner), *values]


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    # A line that began with > would be a quotation in Markdown.
    kept = text.replace(" > ", "\N{NO-BREAK SPACE}> ")
    filled = textwrap.fill(
        kept, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return filled.replace("\N{NO-BREAK SPACE}", " ")


if __name__ == "__main__":
    for preset in GUIDES:
        path = PAGES / f"{preset}.md"
        path.write_text(with_part(preset, path.read_text()))
