"""Finds whom a failed match may have meant, with as few exact values and ranges as an index can look up."""

from collections.abc import Iterator
from enum import StrEnum

from app.domain.accounts.account import ascii_lower

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.-_"
LONGEST = 64
"""Characters. Up to this length, every one-letter slip is looked up: some 5,000 values, each by the index."""


class Near(StrEnum):
    """How a value differs from the one received."""

    CASE = "case"
    ALIAS = "alias"
    DOMAIN = "domain"
    LETTER = "letter"


def masked(value: str) -> str:
    """Enough to recognise, too little to write to: `b…@acme.example`."""
    local, at, domain = value.rpartition("@")
    return f"{(local or domain)[:1]}…{at}{domain if at else ''}"


def values_near(value: str) -> set[str]:
    """Whole values that differ in case, by an alias, or by one letter."""
    near = {value.lower(), value.upper(), value.casefold(), value.title(), _without_alias(value)}
    if len(value) <= LONGEST:
        near |= set(_one_letter_off(ascii_lower(value)))
    return near - {value, ""}


def beginnings_near(value: str) -> tuple[str, ...]:
    """How the same person's addresses begin in other domains and under other aliases. Empty for anything but emails."""
    local, at, _ = value.rpartition("@")
    if not at:
        return ()
    base = local.partition("+")[0]
    return (f"{base}@", f"{base}+")


def nearness(value: str, other: str) -> Near | None:
    """How `other` resembles the value; None if it does not."""
    if value.casefold() == other.casefold():
        return Near.CASE
    if "@" in value and "@" in other:
        if _without_alias(value) == _without_alias(other):
            return Near.ALIAS
        if _without_alias(value).partition("@")[0] == _without_alias(other).partition("@")[0]:
            return Near.DOMAIN
    return Near.LETTER if ascii_lower(other) in set(_one_letter_off(ascii_lower(value))) else None


def _without_alias(value: str) -> str:
    local, at, domain = value.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if at else value


def _one_letter_off(value: str) -> Iterator[str]:
    """One letter too many, one missing, one wrong, or two swapped."""
    for place in range(len(value) + 1):
        begin, end = value[:place], value[place:]
        for letter in LETTERS:
            yield f"{begin}{letter}{end}"
            if end:
                yield f"{begin}{letter}{end[1:]}"
        if end:
            yield begin + end[1:]
        if len(end) > 1:
            yield begin + end[1] + end[0] + end[2:]
