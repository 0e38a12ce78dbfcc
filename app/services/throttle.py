"""Guesses are counted before they are looked at, so that those sent side by side count one by one."""

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Network, ip_address

from app.domain.account import AccountId, ascii_lower
from app.domain.errors import SsoError, StoreUnavailable
from app.domain.reasons.codes import ReasonCode
from app.domain.tenant import Tenant
from app.ports.counters import Counters, Limit
from app.services.throttle_keys import Counted, ThrottleKey

SHARED = 10
"""Limits that many people share are that much wider than a person's own, and never narrower than the usual ones."""
ADDRESS_MOST, NAME_MOST, TENANT_MOST = 100, 100, 2000
DAY_S = 86_400
DAYS_WORTH = 5
"""A day has many windows: whoever holds a password and goes on guessing codes gets the tries of a few of them."""


def count(counters: Counters, limits: Sequence[Limit]) -> None:
    """One by one: what a limit stops, those after it do not count. Raises SsoError `throttled`."""
    for limit in limits:
        retry_after_s = counters.hit([limit])
        if retry_after_s:
            raise SsoError(ReasonCode.THROTTLED, retry_after_s=retry_after_s)


def forgive(counters: Counters, limits: Sequence[Limit]) -> None:
    """It was no guess. A store that went away in this moment takes no login back that has succeeded."""
    with suppress(StoreUnavailable):
        counters.forgive(limits)


def password_limits(tenant: Tenant, *, username: str, address: str) -> tuple[Limit, ...]:
    """How many wrong passwords are too many, in the order in which they are asked.

    A name is stopped early from one address and late from all of them, so that a stranger can hardly keep a person
    out: what a limit of the address stops, those that everybody shares do not count. Logins by SSO ask none of these
    counters.
    """
    allowed = tenant.security.throttling
    name = ascii_lower(username)[:255]
    where = stranger(address)
    shared = SHARED * allowed.failures
    return (
        Limit(_key(Counted.ADDRESS, tenant, address=where), max(ADDRESS_MOST, shared), allowed.window_s),
        Limit(_key(Counted.NAME_AND_ADDRESS, tenant, name=name, address=where), allowed.failures, allowed.window_s),
        Limit(_key(Counted.NAME, tenant, name=name), max(NAME_MOST, shared), allowed.window_s),
        Limit(_key(Counted.TENANT, tenant), max(TENANT_MOST, SHARED * shared), allowed.window_s),
    )


def code_limits(tenant: Tenant, account_id: AccountId) -> tuple[Limit, ...]:
    """How many wrong codes are too many for an account. Only who has its password can make them count."""
    allowed = tenant.security.throttling
    return (
        Limit(_key(Counted.CODE, tenant, account_id=account_id), most=allowed.failures, window_s=allowed.window_s),
        Limit(
            _key(Counted.CODE_OF_DAY, tenant, account_id=account_id), most=DAYS_WORTH * allowed.failures, window_s=DAY_S
        ),
    )


def _key(counted: Counted, tenant: Tenant, **parts: str) -> str:
    return str(ThrottleKey(counted, tenant.id, **parts))


def stranger(address: str) -> str:
    """What one machine may call itself: an IPv4 address, or whatever begins with 64 bits of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed), 64), strict=False))
