"""How often clients may fail to authenticate, and how often codes of devices may be asked for and typed."""

from app.ports.counters import Limit
from app.services.throttling.throttle import ALL_TENANTS, site
from app.services.throttling.throttle_keys import Counted, ThrottleKey

WINDOW_S = 900
FAILURES_MOST = 30
"""By client and address: whoever guesses locks out nobody at another address."""
DEVICE_REQUESTS_MOST = 100
"""By client and address, which may be that of a whole floor of desks."""
PUSHED_MOST = 300
"""By client and address, of clients that show nothing but their id: what they push is stored."""
USER_CODES_MOST = 20
"""By address. At a thousand waiting devices, one guess in 25 million is right."""


def authentication_limits(client_id: str, *, client_ip: str) -> tuple[Limit, ...]:
    """Failures only."""
    key = ThrottleKey(Counted.CLIENT_AUTHENTICATION, ALL_TENANTS, name=client_id[:255], client_ip=site(client_ip))
    return (Limit(str(key), FAILURES_MOST, WINDOW_S),)


def device_request_limits(client_id: str, *, client_ip: str) -> tuple[Limit, ...]:
    key = ThrottleKey(Counted.DEVICE_REQUESTS, ALL_TENANTS, name=client_id[:255], client_ip=site(client_ip))
    return (Limit(str(key), DEVICE_REQUESTS_MOST, WINDOW_S),)


def pushed_request_limits(client_id: str, *, client_ip: str) -> tuple[Limit, ...]:
    key = ThrottleKey(Counted.PUSHED_REQUESTS, ALL_TENANTS, name=client_id[:255], client_ip=site(client_ip))
    return (Limit(str(key), PUSHED_MOST, WINDOW_S),)


def user_code_limits(*, client_ip: str) -> tuple[Limit, ...]:
    """Codes that were not found only."""
    key = ThrottleKey(Counted.USER_CODES, ALL_TENANTS, client_ip=site(client_ip))
    return (Limit(str(key), USER_CODES_MOST, WINDOW_S),)
