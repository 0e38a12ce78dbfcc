"""A provider's list of users beside a tenant's accounts: who is on one side only, and who was probably meant."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account
from app.domain.accounts.email_address import EmailAddress, parse_email
from app.domain.accounts.near_miss import Near
from app.domain.tenants.tenant import Status

_LEAST = 5
"""Characters before the @ that a slip of one letter is looked for in: shorter names resemble one another anyway."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """`near` says how the account's address differs from the provider's."""

    address: str
    account: Account
    near: Near


@dataclass(frozen=True, slots=True)
class EmailDifferences:
    """Addresses as they were given; disabled accounts are left out."""

    matched: int
    """Addresses that lead to an account, or to several."""
    shared: Mapping[str, Sequence[Account]]
    """Those that lead to several: their owners will choose."""
    near_misses: Sequence[NearMiss]
    only_there: Sequence[str]
    """Addresses that no account has or resembles."""
    only_here: Sequence[Account]
    """Accounts whose address the provider does not have, those in `near_misses` included."""
    without_email: Sequence[Account]
    unreadable: Sequence[str]
    """Given, but not addresses."""


def email_differences(given: Iterable[str], accounts: Sequence[Account]) -> EmailDifferences:
    """Compares as a login does (rule 8): by the whole address in lower-case ASCII, with the domain in IDNA 2008."""
    addresses, unreadable = _read(given)
    active = [account for account in accounts if account.status is Status.ACTIVE]
    by_key: dict[str, list[Account]] = defaultdict(list)
    for account in active:
        if key := _key(account.email):
            by_key[key].append(account)
    unmatched = {key: text for key, text in addresses.items() if key not in by_key}
    only_here = [account for key, found in by_key.items() if key not in addresses for account in found]
    near = list(_near_misses(unmatched, only_here))
    meant = {miss.address for miss in near}
    return EmailDifferences(
        matched=len(addresses) - len(unmatched),
        shared={addresses[key]: found for key, found in by_key.items() if key in addresses and len(found) > 1},
        near_misses=near,
        only_there=[text for text in unmatched.values() if text not in meant],
        only_here=sorted(only_here, key=lambda account: account.username),
        without_email=[account for account in active if not _key(account.email)],
        unreadable=unreadable,
    )


def _read(given: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """The addresses by their keys, and what is none."""
    addresses: dict[str, str] = {}
    unreadable = []
    for text in given:
        key = _key(text)
        if key:
            addresses.setdefault(key, text)
        elif text:
            unreadable.append(text)
    return addresses, unreadable


def _key(text: str | None) -> str | None:
    try:
        return parse_email(text).key if text else None
    except ValueError:
        return None


def _near_misses(unmatched: Mapping[str, str], accounts: Sequence[Account]) -> Iterator[NearMiss]:
    """The closest account of each address: by alias, then by domain, then by a slip of one letter.

    Each address is looked up under what is left of it, so that the work grows with the lists, not with their product.
    """
    indexes: dict[Near, dict[str, Account]] = {near: {} for near in (Near.ALIAS, Near.DOMAIN, Near.LETTER)}
    for account in accounts:
        for near, remainder in _remainders(parse_email(account.email)):
            indexes[near].setdefault(remainder, account)
    for key, text in unmatched.items():
        for near, remainder in _remainders(parse_email(key)):
            if (meant := indexes[near].get(remainder)) is not None:
                yield NearMiss(text, meant, near)
                break


def _remainders(address: EmailAddress) -> Iterator[tuple[Near, str]]:
    """What two addresses that resemble each other have in common, the closest resemblance first."""
    base = address.local.partition("+")[0].replace(".", "")
    yield Near.ALIAS, f"{base}@{address.domain}"
    yield Near.DOMAIN, base
    if len(address.local) >= _LEAST:
        yield Near.LETTER, address.key
        for place in range(len(address.local)):
            yield Near.LETTER, f"{address.local[:place]}{address.local[place + 1 :]}@{address.domain}"
