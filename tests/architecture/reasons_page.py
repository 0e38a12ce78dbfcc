"""Writes docs/reasons.md from the tables in app/domain/reasons: `python -m tests.architecture.reasons_page`."""

from pathlib import Path

from app.domain.reasons import ReasonCode, reason
from app.domain.reasons.provider_words import KNOWN_MESSAGES

UNUSUAL = ("distributed", "held_as", "what")
PAGE = Path(__file__).parents[2] / "docs" / "reasons.md"
HEAD = """# Why a login stops

Every reason that a trace can name (`sso-bridge trace REFERENCE`), what the agent reads, and what support does about it.
Texts in braces are filled from the trace. This page is written from `app/domain/reasons/`; a test keeps it true.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for code in ReasonCode:
        why = reason(code)
        parts.append(
            f"## {code}\n\n"
            f"*{why.outcome}*, HTTP {why.status}\n\n"
            f"- The agent reads: {why.sentence} {why.next_step}\n"
            f"- Support reads: {_most_specific(why.summary)}\n"
            f"- What to do: {_most_specific(why.remedy)}\n"
        )
    parts.append(
        "# Messages of providers\n\nWhere the provider's own words hold one of these, the remedy is this one.\n"
    )
    parts.append("| words | provider | what to do |\n|---|---|---|")
    parts.extend(f"| `{known.marker}` | {known.provider} | {known.remedy} |" for known in KNOWN_MESSAGES)
    return "\n".join(parts) + "\n"


def _most_specific(text: str) -> str:
    """Of the usual case: what a detail in `UNUSUAL` explains is said where it happens."""
    wordings = text.split("\n")
    return next((one for one in wordings if not any(f"{{{name}}}" in one for name in UNUSUAL)), wordings[0])


if __name__ == "__main__":
    PAGE.write_text(page())
