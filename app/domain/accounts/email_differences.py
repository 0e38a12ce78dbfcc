"""A provider's list of users beside a tenant's accounts: who is on one side only, and who was probably meant."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account
from app.domain.accounts.email_address import EmailAddress, parse_email
from app.domain.accounts.near_miss import Near
from app.domain.tenants.tenant import Status

_LEAST = 5
"""Characters before the @ that a slip of one letter is looked for in: shorter names resemble one another anyway."""
_AT_ONCE = 20_000
"""Accounts that are indexed at a time: without a letter, 60 MB of what is left of their addresses."""


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

    Each address is looked up under what is left of it, so that the work grows with the lists, not with their product;
    a part of the accounts at a time, so that the memory does not grow with what is left of them all.
    """
    wanted = {key: parse_email(key) for key in unmatched}
    known = [(parse_email(account.email), account) for account in accounts]
    found: dict[str, NearMiss] = {}
    for near, remainders in _REMAINDERS.items():
        for start in range(0, len(known), _AT_ONCE):
            index: dict[str, Account] = {}
            for address, account in known[start : start + _AT_ONCE]:
                for remainder in remainders(address):
                    index.setdefault(remainder, account)
            for key, address in wanted.items():
                meant = None if key in found else _first(index, remainders(address))
                if meant is not None:
                    found[key] = NearMiss(unmatched[key], meant, near)
    return (found[key] for key in unmatched if key in found)


def _first(index: Mapping[str, Account], remainders: Iterable[str]) -> Account | None:
    return next((index[remainder] for remainder in remainders if remainder in index), None)


def _without_alias(address: EmailAddress) -> Iterator[str]:
    yield f"{_base(address)}@{address.domain}"


def _without_domain(address: EmailAddress) -> Iterator[str]:
    yield _base(address)


def _without_a_letter(address: EmailAddress) -> Iterator[str]:
    if len(address.local) >= _LEAST:
        yield address.key
        for place in range(len(address.local)):
            yield f"{address.local[:place]}{address.local[place + 1 :]}@{address.domain}"


def _base(address: EmailAddress) -> str:
    return address.local.partition("+")[0].replace(".", "")


_REMAINDERS: Mapping[Near, Callable[[EmailAddress], Iterator[str]]] = {
    Near.ALIAS: _without_alias,
    Near.DOMAIN: _without_domain,
    Near.LETTER: _without_a_letter,
}
"""What two addresses that resemble each other have in common, the closest resemblance first."""
