"""Differences between a provider's list and the accounts, as lists to work through."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.accounts.account import Account
from app.domain.accounts.email_differences import EmailDifferences
from app.domain.accounts.near_miss import Near
from app.web.i18n import gettext, listed

SHOWN_MOST = 200
"""Of each list: more are better looked at in a spreadsheet."""


class Row(NamedTuple):
    """An address beside an account, or what is known of it; `url` is the account's page."""

    email: str
    account: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class DifferenceList:
    """`count` is how many there are; `rows` has the first of them."""

    title: str
    to_do: str
    rows: Sequence[Row]
    count: int


def lists_of(found: EmailDifferences, url: Callable[[Account], str]) -> list[DifferenceList]:
    """The most useful first; empty ones are left out. `url` is the address of an account's page."""

    def rows(accounts: Sequence[Account]) -> list[Row]:
        return [Row(account.email or "", account.username, url(account)) for account in accounts[:SHOWN_MOST]]

    lists = [
        _near_misses(found, url),
        DifferenceList(
            gettext("Only at the provider"),
            gettext("No account has this address, so these people cannot sign in here."),
            [Row(address) for address in found.only_there[:SHOWN_MOST]],
            len(found.only_there),
        ),
        DifferenceList(
            gettext("Only here"),
            gettext("The provider does not list this address, so SSO does not find these accounts."),
            rows(found.only_here),
            len(found.only_here),
        ),
        DifferenceList(
            gettext("Accounts without an email"),
            gettext("SSO cannot find these accounts by email."),
            rows(found.without_email),
            len(found.without_email),
        ),
        _shared(found),
        DifferenceList(
            gettext("Not an email address"),
            gettext("These lines were left out."),
            [Row(text) for text in found.unreadable[:SHOWN_MOST]],
            len(found.unreadable),
        ),
    ]
    return [one for one in lists if one.rows]


def _near_misses(found: EmailDifferences, url: Callable[[Account], str]) -> DifferenceList:
    rows = [
        Row(miss.address, gettext("%(email)s, %(how)s", email=email, how=near_words(miss.near)), url(miss.account))
        for miss in found.near_misses[:SHOWN_MOST]
        if (email := miss.account.email)
    ]
    title, to_do = gettext("Almost the same"), gettext("Correct the address on one side.")
    return DifferenceList(title, to_do, rows, len(found.near_misses))


def _shared(found: EmailDifferences) -> DifferenceList:
    rows = [
        Row(address, listed(account.username for account in accounts))
        for address, accounts in list(found.shared.items())[:SHOWN_MOST]
    ]
    to_do = gettext("Nothing to do: these people choose when they sign in.")
    return DifferenceList(gettext("Several accounts share an email"), to_do, rows, len(found.shared))


def near_words(near: Near) -> str:
    """How one address differs from another."""
    return {
        Near.CASE: gettext("written in a different case"),
        Near.ALIAS: gettext("the same mailbox under an alias"),
        Near.DOMAIN: gettext("in another domain"),
        Near.LETTER: gettext("one letter off"),
    }[near]
