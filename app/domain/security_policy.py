"""What a tenant demands of its logins beyond the login policy: from where, how long, with what."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


class TotpRule(StrEnum):
    """The second factor of password logins (RFC 6238). A provider asks for its own."""

    OPTIONAL = "optional"
    """Who has set one up is asked for it."""
    REQUIRED = "required"
    """Who has none sets one up at the next login."""


@dataclass(frozen=True, slots=True)
class Throttling:
    """How many wrong passwords or codes for one name, from one address, within `window_s` seconds."""

    failures: int = 10
    window_s: int = 900


USUAL_THROTTLING = Throttling()


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """`networks` are CIDRs as `network` writes them; empty: from anywhere."""

    networks: tuple[str, ...] = ()
    totp: TotpRule = TotpRule.OPTIONAL
    throttling: Throttling = USUAL_THROTTLING
    shared_desk: bool = False
    """Several people at one machine: the provider asks them each time, nothing is remembered, logout ends it there."""

    def admits(self, address: str) -> bool:
        """Whether somebody at `address` may log in. One that cannot be read is in no network."""
        if not self.networks:
            return True
        try:
            where = ip_address(address)
        except ValueError:
            return False
        return any(_contains(ip_network(allowed), where) for allowed in self.networks)


NOTHING_DEMANDED = SecurityPolicy()
"""What a tenant begins with."""
OF_STAFF = SecurityPolicy(totp=TotpRule.REQUIRED)
"""What the tenant `staff` begins with."""


def network(text: str) -> str:
    """A CIDR, or one address, as it is kept: `10.0.0.0/8`, `2001:db8::/32`. Raises ValueError."""
    return str(ip_network(text.strip()))


def _contains(allowed: IPv4Network | IPv6Network, where: IPv4Address | IPv6Address) -> bool:
    if isinstance(where, IPv6Address) and where.ipv4_mapped is not None and isinstance(allowed, IPv4Network):
        where = where.ipv4_mapped
    return where in allowed
