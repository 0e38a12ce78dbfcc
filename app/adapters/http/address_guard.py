"""Which addresses the bridge may connect to."""

from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from socket import inet_aton

from app.domain.text import Text, joined

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Metadata services that give cloud machines their credentials (AWS, Azure, Google, Oracle, Alibaba): never allowed.
_METADATA = frozenset(
    ip_address(address)
    for address in (
        "169.254.169.254",
        "169.254.169.253",
        "169.254.170.2",
        "169.254.170.23",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::253",
        "fd00:ec2::23",
        "fd20:ce::254",
    )
)

# IANA's registries of special-purpose addresses. Teredo (in 2001::/23) and 6to4 are obsolete and can hide any
# IPv4 address, so all of them are refused. The standard library's `is_global` is not used, because its answers
# changed between patch releases of Python 3.11.
_SPECIAL: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), kind)
    for network, kind in (
        ("127.0.0.0/8", Text("a loopback address")),
        ("::1/128", Text("a loopback address")),
        ("169.254.0.0/16", Text("a link-local address")),
        ("fe80::/10", Text("a link-local address")),
        ("10.0.0.0/8", Text("a private address")),
        ("172.16.0.0/12", Text("a private address")),
        ("192.168.0.0/16", Text("a private address")),
        ("fc00::/7", Text("a private address")),
        ("100.64.0.0/10", Text("a carrier's shared address")),
        ("224.0.0.0/4", Text("a multicast address")),
        ("ff00::/8", Text("a multicast address")),
        ("0.0.0.0/8", Text("an unspecified address")),
        ("::/128", Text("an unspecified address")),
        ("192.0.0.0/24", Text("a reserved address")),
        ("192.0.2.0/24", Text("a reserved address")),
        ("192.88.99.0/24", Text("a reserved address")),
        ("198.18.0.0/15", Text("a reserved address")),
        ("198.51.100.0/24", Text("a reserved address")),
        ("203.0.113.0/24", Text("a reserved address")),
        ("240.0.0.0/4", Text("a reserved address")),
        ("2001::/23", Text("a reserved address")),
        ("2001:db8::/32", Text("a reserved address")),
        ("2002::/16", Text("a reserved address")),
        ("3fff::/20", Text("a reserved address")),
    )
)
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_IPV6_PUBLIC = ip_network("2000::/3")
METADATA = Text("the address of a cloud's metadata service")
_NAT64 = ip_network("64:ff9b::/96")


class AddressGuard:
    """Allows public addresses and those of `networks`; with `allow_loopback` (development) loopback too."""

    def __init__(self, networks: tuple[Network, ...], *, allow_loopback: bool) -> None:
        self._allowed = networks + (_LOOPBACK if allow_loopback else ())

    def refusal(self, text: str) -> str | None:
        """Why this address, as `getaddrinfo` returned it, is refused; None if it is allowed."""
        address = _reached(ip_address(text.partition("%")[0]))
        if address in _METADATA:
            return METADATA
        if any(address in network for network in self._allowed):
            return None
        for network, kind in _SPECIAL:
            if address in network:
                return kind
        if isinstance(address, IPv6Address) and address not in _IPV6_PUBLIC:
            return Text("a reserved address")
        return None

    def refusal_of_literal(self, host: str) -> str | None:
        """The address, if the host is one in any spelling that `getaddrinfo` accepts."""
        address = _literal(host)
        kind = self.refusal(str(address)) if address else None
        if address is None or kind is None:
            return None
        refused = Text("is %(kind)s, which the bridge never connects to", kind=kind)
        network = ip_network(_reached(address))
        if kind == METADATA:
            return refused
        return joined(refused, Text("; SSO_BRIDGE_UPSTREAM_NETWORKS=%(network)s would allow it", network=str(network)))


def _literal(host: str) -> Address | None:
    with suppress(ValueError):
        return ip_address(host.partition("%")[0])
    with suppress(OSError):  # such as 127.1 and 0x7f000001
        return IPv4Address(inet_aton(host))
    return None


def _reached(address: Address) -> Address:
    """The IPv4 address behind a mapped one (RFC 4291, 2.5.5.2) or a NAT64 one (RFC 6052, 2.1)."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
