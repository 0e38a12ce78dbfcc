"""What a tenant requires of logins beyond the login policy: networks, session limits, factors."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from app.domain.tenants.step_up import AFRESH, NOTHING_MORE, StepUp
from app.domain.text import Text

MOST_NETWORKS = 100
IDLE_MINUTES = range(1, 7 * 24 * 60 + 1)
ABSOLUTE_MINUTES = range(5, 30 * 24 * 60 + 1)
THROTTLE_FAILURES = range(1, 101)
"""Allowing more in a row would make guessing worthwhile (NIST SP 800-63B, 5.2.2)."""
THROTTLE_MINUTES = range(1, 24 * 60 + 1)


class TotpRule(StrEnum):
    """The second factor of password logins (RFC 6238). For SSO the provider decides."""

    OPTIONAL = "optional"
    """People who have set one up are asked for it."""
    REQUIRED = "required"
    """People without one set it up at their next login."""


@dataclass(frozen=True, slots=True)
class Throttling:
    """How many wrong passwords or codes one name may have from one address within `window_s` seconds."""

    failures: int = 10
    window_s: int = 900


USUAL_THROTTLING = Throttling()


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """`networks` are CIDRs in the form that `network` returns; empty allows every address."""

    networks: tuple[str, ...] = ()
    totp: TotpRule = TotpRule.OPTIONAL
    throttling: Throttling = USUAL_THROTTLING
    shared_desk: bool = False
    """Several people share a computer: the provider asks each one, nothing is remembered, logout goes there too."""

    @property
    def step_up(self) -> StepUp:
        """What is asked of the provider beyond the connection's settings: at a shared desk, who is there now."""
        return AFRESH if self.shared_desk else NOTHING_MORE

    def admits(self, client_ip: str) -> bool:
        """Whether someone at `client_ip` may log in. An unreadable address is in no network."""
        if not self.networks:
            return True
        try:
            where = ip_address(client_ip)
        except ValueError:
            return False
        # The way the server listens must not matter: an IPv4-mapped address counts as IPv4, for IPv6 networks too.
        if isinstance(where, IPv6Address) and where.ipv4_mapped is not None:
            where = where.ipv4_mapped
        return any(where in ip_network(allowed) for allowed in self.networks)


NOTHING_DEMANDED = SecurityPolicy()
"""A new tenant's policy."""
OF_STAFF = SecurityPolicy(totp=TotpRule.REQUIRED)
"""The initial policy of the tenant `staff`."""


def network(text: str) -> str:
    """A CIDR or a single address in its stored form: `10.0.0.0/8`, `2001:db8::/32`. Raises ValueError."""
    if problem := network_problem(text):
        raise ValueError(problem)
    return str(ip_network(text.strip()))


def network_problem(text: str) -> str | None:
    """What is wrong with this as an allowed network, in words that follow its name."""
    try:
        loose = ip_network(text.strip(), strict=False)
    except ValueError:
        return Text("is not a network: use one like 203.0.113.0/24 or 2001:db8::/32, or a single address")
    if isinstance(loose, IPv6Network):
        if loose.network_address.ipv4_mapped is not None:
            return Text("is an IPv4 network in IPv6 notation: write it as IPv4")
        if loose.network_address.scope_id is not None:
            return Text("has a zone, which only has a meaning on one machine: remove the % and what follows it")
    try:
        ip_network(text.strip())
    except ValueError:
        return Text(
            "is an address with a network prefix: use %(loose)s for the network, or the address alone", loose=str(loose)
        )
    return None
