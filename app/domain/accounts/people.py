"""How a tenant's people are looked for."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.domain.accounts.account import AccountId
from app.domain.accounts.search_text import WORDS

NO_PARTS = ("",) * WORDS


class PeopleFilter(StrEnum):
    """Narrows a list of accounts. The values are those of the query parameter `show`."""

    NEVER_SSO = "never_sso"
    """The tenant's provider has never led to this account."""
    BLOCKED = "blocked"
    """Too many wrong passwords or codes, at present."""
    HELD = "held"
    """A login that would open this account waits for a decision."""
    DISABLED = "disabled"
    SHARED_EMAIL = "shared_email"
    """Other accounts of the tenant have the same email."""


STORED = frozenset({PeopleFilter.NEVER_SSO, PeopleFilter.DISABLED, PeopleFilter.SHARED_EMAIL})
"""What an account itself shows; whom the others apply to is found elsewhere."""


class PeopleOrder(StrEnum):
    """What a list of accounts is sorted by. The values are those of the query parameter `sort`."""

    USERNAME = "username"
    LAST_LOGIN = "last_login"
    LAST_SSO = "last_sso"


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """Accounts that have all of `parts` (see `search_parts`), pass all filters and, unless None, are among `only`."""

    parts: tuple[str, ...] = NO_PARTS
    filters: frozenset[PeopleFilter] = frozenset()
    """Of `STORED`."""
    only: Collection[AccountId] | None = None
    order: PeopleOrder = PeopleOrder.USERNAME
    """By a login: whoever never had one counts as the oldest; those with the same time by username."""
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a sorted list begins: after this account."""

    username: str
    at: float = 0.0
    """Its login, if the list is sorted by one; 0 for never."""
