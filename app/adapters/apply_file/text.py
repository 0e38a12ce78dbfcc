"""Checks of text, for display and for comparison. Each function returns the problem, or None."""

import unicodedata

from app.domain.text import Text

_NOT_SHOWN = ("Cc", "Cs")


def line_problem(text: str, *, most: int, least: int = 1) -> str | None:
    """One line without characters that would upset a terminal or a database."""
    if any(unicodedata.category(character) in _NOT_SHOWN for character in text):
        return Text("must be one line without control characters")
    if text != text.strip():
        return Text("must not start or end with a space")
    if len(text) < least:
        return Text("must not be empty")
    return Text("must have at most %(most)s characters", most=str(most)) if len(text) > most else None


def secret_problem(text: str, *, most: int, least: int = 1) -> str | None:
    """Any characters that can be typed or pasted; the problem never quotes them."""
    if any(unicodedata.category(character) in _NOT_SHOWN for character in text):
        return Text("must be one line without control characters")
    if len(text) < least:
        return (
            Text("must have at least %(least)s characters", least=str(least))
            if least > 1
            else Text("must not be empty")
        )
    return Text("must have at most %(most)s characters", most=str(most)) if len(text) > most else None
