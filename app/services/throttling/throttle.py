"""Guesses are counted before they are checked, so that parallel ones are counted too."""

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv6Address, IPv6Network, ip_address

from app.domain.accounts.account import AccountId, ascii_lower
from app.domain.errors import SsoError, StoreUnavailable
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Tenant, TenantId
from app.ports.counters import Counters, Limit
from app.services.throttling.throttle_keys import Counted, ThrottleKey

SHARED = 10
"""Limits shared by many people are this many times a person's own, and never narrower than the defaults."""
ADDRESS_MOST, NAME_MOST, TENANT_MOST = 100, 100, 2000
EVERY_DEVICE = "*"
TENANTS_WORTH = 2
"""Across all tenants, an address may fail as often as at two of them."""
ANYWHERE_WINDOW_S = 900
ALL_TENANTS = TenantId("")
DAY_S = 86_400
DAYS_WORTH = 5
"""A day has many windows: someone who has the password and guesses codes gets the tries of only a few of them."""


def count(counters: Counters, limits: Sequence[Limit]) -> None:
    """In order: limits after the one that refuses do not count. Raises SsoError `throttled`."""
    for limit in limits:
        retry_after_s = counters.hit([limit])
        if retry_after_s:
            raise SsoError(ReasonCode.THROTTLED, retry_after_s=retry_after_s)


def require_room(counters: Counters, limits: Sequence[Limit]) -> None:
    """Counts nothing, for what is counted only once it has failed. Raises SsoError `throttled`."""
    retry_after_s = counters.wait_s(limits)
    if retry_after_s:
        raise SsoError(ReasonCode.THROTTLED, retry_after_s=retry_after_s)


def forgive(counters: Counters, limits: Sequence[Limit]) -> None:
    """It was not a guess. If the store fails at this moment, the login has succeeded all the same."""
    with suppress(StoreUnavailable):
        counters.forgive(limits)


def password_limits(tenant: Tenant, *, username: str, client_ip: str, device: str = "") -> tuple[Limit, ...]:
    """How many wrong passwords are too many, in the order of the checks.

    A name is limited early from one address and late from all of them, so that a stranger can hardly lock a person out:
    what an address's own limit refuses does not count towards the shared ones. A `device` that the person has signed in
    with before has its own count, so that strangers cannot lock them out at all there (ASVS 6.3.1). SSO logins do not
    use these counters.
    """
    allowed = tenant.security.throttling
    name = ascii_lower(username)[:255]
    if device:
        # All devices of a name share a limit: someone who once knew the password may have collected many.
        alone = Limit(_key(Counted.DEVICE, tenant, name=name, device=device), allowed.failures, allowed.window_s)
        together = _key(Counted.DEVICE, tenant, name=name, device=EVERY_DEVICE)
        return alone, Limit(together, max(NAME_MOST, SHARED * allowed.failures), allowed.window_s)
    around = tuple(enumerate(networks(client_ip), start=1))
    widest, outermost = around[-1]
    shared = SHARED * allowed.failures
    own = max(ADDRESS_MOST, shared)
    everywhere = ThrottleKey(Counted.CLIENT_IP_ANYWHERE, ALL_TENANTS, client_ip=outermost)
    return (
        *(
            Limit(_key(Counted.CLIENT_IP, tenant, client_ip=where), wide * own, allowed.window_s)
            for wide, where in around
        ),
        Limit(str(everywhere), TENANTS_WORTH * widest * own, ANYWHERE_WINDOW_S),
        *(
            Limit(
                _key(Counted.NAME_AND_CLIENT_IP, tenant, name=name, client_ip=where),
                wide * allowed.failures,
                allowed.window_s,
            )
            for wide, where in around
        ),
        Limit(_key(Counted.NAME, tenant, name=name), max(NAME_MOST, shared), allowed.window_s),
        Limit(_key(Counted.TENANT, tenant), max(TENANT_MOST, SHARED * shared), allowed.window_s),
    )


def code_limits(tenant: Tenant, account_id: AccountId) -> tuple[Limit, ...]:
    """How many wrong codes are too many for an account. Only someone with its password can cause a count."""
    allowed = tenant.security.throttling
    return (
        Limit(_key(Counted.CODE, tenant, account_id=account_id), most=allowed.failures, window_s=allowed.window_s),
        Limit(
            _key(Counted.CODE_OF_DAY, tenant, account_id=account_id), most=DAYS_WORTH * allowed.failures, window_s=DAY_S
        ),
    )


def _key(counted: Counted, tenant: Tenant, **parts: str) -> str:
    return str(ThrottleKey(counted, tenant.id, **parts))


def networks(client_ip: str) -> tuple[str, ...]:
    """The networks that an address stands for, the narrowest first: for IPv6 a network, a home and a site (RFC 6177).

    A home has 256 networks to call from, a site 65,536. Each limit grows with the place in this list, not with the
    number of addresses.
    """
    try:
        parsed = ip_address(client_ip)
    except ValueError:
        return (client_ip,)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return tuple(str(IPv6Network((int(parsed), bits), strict=False)) for bits in (64, 56, 48))
    return (str(getattr(parsed, "ipv4_mapped", None) or parsed),)


def site(client_ip: str) -> str:
    """The widest of `networks`."""
    return networks(client_ip)[-1]
