"""How often password links may be requested and used. Requests over the limit are dropped silently."""

from app.domain.accounts.account import AccountId, ascii_lower
from app.domain.tenants.tenant import Tenant
from app.ports.counters import Limit
from app.services.throttling.throttle import site
from app.services.throttling.throttle_keys import Counted, ThrottleKey

HOUR_S = 3600
NAME_AND_ADDRESS_MOST, NAME_MOST, ADDRESS_MOST, TENANT_MOST = 3, 6, 30, 3000
"""A name's limit is what a person can bear of unwanted mail; an address may be a whole company's. The tenant's is so
high that an attacker needs a hundred networks to keep everyone else from getting links."""
USES_MOST, USES_WINDOW_S = 20, 900
"""Sending a link again and again makes us hash each time, which is slow on purpose."""


def request_limits(tenant: Tenant, *, username: str, client_ip: str) -> tuple[Limit, ...]:
    """For requests, in order: limits after the one that refuses do not count."""
    name = ascii_lower(username)[:255]
    where = site(client_ip)
    return (
        Limit(str(ThrottleKey(Counted.LINKS_BY_CLIENT_IP, tenant.id, client_ip=where)), ADDRESS_MOST, HOUR_S),
        Limit(
            str(ThrottleKey(Counted.LINKS_BY_NAME_AND_CLIENT_IP, tenant.id, name=name, client_ip=where)),
            NAME_AND_ADDRESS_MOST,
            HOUR_S,
        ),
        Limit(str(ThrottleKey(Counted.LINKS_BY_NAME, tenant.id, name=name)), NAME_MOST, HOUR_S),
        Limit(str(ThrottleKey(Counted.LINKS_BY_TENANT, tenant.id)), TENANT_MOST, HOUR_S),
    )


def use_limits(tenant: Tenant, account_id: AccountId) -> tuple[Limit, ...]:
    """For setting a password by a link."""
    key = str(ThrottleKey(Counted.LINK_USES, tenant.id, account_id=account_id))
    return (Limit(key, USES_MOST, USES_WINDOW_S),)
