"""The keys of throttling counters: written and parsed here, so that support can see who is throttled."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from app.domain.tenants.tenant import TenantId


class Counted(StrEnum):
    """What is counted, and by what. The value starts the key; none is the start of another followed by a colon."""

    CLIENT_IP = "password:address"
    """Passwords from one address."""
    CLIENT_IP_ANYWHERE = "password:address-anywhere"
    """Passwords from one address at all tenants together."""
    NAME_AND_CLIENT_IP = "password:name-address"
    """Passwords for one name from one address."""
    NAME = "password:name"
    """Passwords for one name from anywhere."""
    TENANT = "password:tenant"
    """Passwords of a whole tenant."""
    DEVICE = "password:device"
    """Passwords for one name from a browser that has signed in with it before."""
    CODE = "code:account"
    """Codes of the second factor for one account."""
    CODE_OF_DAY = "code:account-day"
    LINKS_BY_CLIENT_IP = "link:address"
    """Requests for password links from one address."""
    LINKS_BY_NAME_AND_CLIENT_IP = "link:name-address"
    LINKS_BY_NAME = "link:name"
    LINKS_BY_TENANT = "link:tenant"
    LINK_USES = "link:account"
    """Uses of links that set one account's password."""
    DOMAIN_CHECKS = "domain:tenant"
    """Looks at the DNS records of a tenant's domains."""
    CLIENT_AUTHENTICATION = "client:address"
    """Failed authentications of one OAuth client from one address; `name` is its client id."""
    USER_CODES = "device:address"
    """Codes of devices typed from one address."""
    DEVICE_REQUESTS = "device-request:address"
    """Requests of devices to be signed in, for one client from one address."""
    PUSHED_REQUESTS = "pushed-request:address"
    """Authorization requests that a public client pushes from one address."""


_PARTS = {
    Counted.CLIENT_IP: ("client_ip",),
    Counted.CLIENT_IP_ANYWHERE: ("client_ip",),
    Counted.NAME_AND_CLIENT_IP: ("name", "client_ip"),
    Counted.NAME: ("name",),
    Counted.TENANT: (),
    Counted.DEVICE: ("name", "device"),
    Counted.CODE: ("account_id",),
    Counted.CODE_OF_DAY: ("account_id",),
    Counted.LINKS_BY_CLIENT_IP: ("client_ip",),
    Counted.LINKS_BY_NAME_AND_CLIENT_IP: ("name", "client_ip"),
    Counted.LINKS_BY_NAME: ("name",),
    Counted.LINKS_BY_TENANT: (),
    Counted.LINK_USES: ("account_id",),
    Counted.DOMAIN_CHECKS: (),
    Counted.CLIENT_AUTHENTICATION: ("name", "client_ip"),
    Counted.USER_CODES: ("client_ip",),
    Counted.DEVICE_REQUESTS: ("name", "client_ip"),
    Counted.PUSHED_REQUESTS: ("name", "client_ip"),
}


@dataclass(frozen=True, slots=True)
class ThrottleKey:
    """Parts that do not apply to `counted` are empty. `name` is a username as typed, in lower case.

    `tenant_id` is empty if all tenants are counted together.
    """

    counted: Counted
    tenant_id: TenantId
    name: str = ""
    client_ip: str = ""
    account_id: str = ""
    device: str = ""

    def __str__(self) -> str:
        parts = [self.tenant_id, *(getattr(self, part) for part in _PARTS[self.counted])]
        # A typed name may contain anything, including colons; so do IPv6 addresses.
        return ":".join([self.counted, *(quote(part, safe="", errors="replace") for part in parts)])


def read_key(text: str) -> ThrottleKey | None:
    """None if it is not one of our keys."""
    for counted, names in _PARTS.items():
        if text.startswith(f"{counted}:"):
            tenant_id, *parts = [unquote(part) for part in text.removeprefix(f"{counted}:").split(":")]
            if len(parts) == len(names):
                return ThrottleKey(counted, TenantId(tenant_id), **dict(zip(names, parts, strict=True)))
    return None
