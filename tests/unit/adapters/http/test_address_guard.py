import re
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.http.address_guard import AddressGuard

PUBLIC = ["1.1.1.1", "20.190.160.1", "172.15.255.255", "172.32.0.0", "2606:4700::1111", "64:ff9b::101:101"]
INNER = {
    "127.0.0.1": "a loopback address",
    "127.255.255.255": "a loopback address",
    "::1": "a loopback address",
    "::ffff:127.0.0.1": "a loopback address",
    "64:ff9b::7f00:1": "a loopback address",
    "169.254.1.1": "a link-local address",
    "fe80::1": "a link-local address",
    "fe80::1%eth0": "a link-local address",
    "10.0.0.1": "a private address",
    "172.16.0.1": "a private address",
    "172.31.255.255": "a private address",
    "192.168.1.1": "a private address",
    "fd12:3456::1": "a private address",
    "::ffff:10.0.0.1": "a private address",
    "100.64.0.1": "a carrier's shared address",
    "224.0.0.1": "a multicast address",
    "ff02::1": "a multicast address",
    "0.0.0.0": "an unspecified address",
    "::": "an unspecified address",
    "198.18.0.1": "a reserved address",
    "240.0.0.1": "a reserved address",
    "255.255.255.255": "a reserved address",
    "2001:db8::1": "a reserved address",
    "2002:7f00:1::": "a reserved address",
    "2001:0:7f00:1::1": "a reserved address",
    "64:ff9b:1::1": "a reserved address",
    "::127.0.0.1": "a reserved address",
    "fec0::1": "a reserved address",
    "4000::1": "a reserved address",
}
METADATA = ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "168.63.129.16"]
EVERYTHING = (ip_network("0.0.0.0/0"), ip_network("::/0"))

production = AddressGuard((), allow_loopback=False)
development = AddressGuard((), allow_loopback=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert production.refusal(address) is None


@pytest.mark.parametrize(("address", "kind"), INNER.items())
def test_an_inner_address_is_refused_by_its_kind(address: str, kind: str) -> None:
    assert production.refusal(address) == kind


@pytest.mark.parametrize("address", METADATA)
def test_a_metadata_service_is_refused_whatever_is_configured(address: str) -> None:
    assert AddressGuard(EVERYTHING, allow_loopback=True).refusal(address) is not None


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"])
def test_development_allows_loopback(address: str) -> None:
    assert development.refusal(address) is None


@pytest.mark.parametrize("address", sorted(set(INNER) - {"127.0.0.1", "127.255.255.255"}))
def test_development_allows_nothing_else_that_is_inside(address: str) -> None:
    if "loopback" not in INNER[address]:
        assert development.refusal(address) is not None


def test_a_configured_network_is_allowed_and_its_neighbours_are_not() -> None:
    guard = AddressGuard((ip_network("10.20.0.0/16"), ip_network("fd12::/16")), allow_loopback=False)
    assert guard.refusal("10.20.255.1") is None
    assert guard.refusal("::ffff:10.20.255.1") is None
    assert guard.refusal("fd12::1") is None
    assert guard.refusal("10.21.0.1") == "a private address"
    assert guard.refusal("fd13::1") == "a private address"


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_each_of_its_ipv6_forms(address: IPv4Address) -> None:
    mapped = IPv6Address((0xFFFF << 32) | int(address))
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) | int(address))
    verdict = production.refusal(str(address))
    assert production.refusal(str(mapped)) == verdict
    assert production.refusal(str(translated)) == verdict


@given(st.ip_addresses())
def test_what_the_standard_library_knows_as_inner_is_refused(address: IPv4Address | IPv6Address) -> None:
    stands_for_ipv4 = address in ip_network("::ffff:0:0/96") or address in ip_network("64:ff9b::/96")
    if not stands_for_ipv4 and (address.is_private or address.is_multicast or address.is_reserved):
        assert production.refusal(str(address)) is not None


@pytest.mark.parametrize("address", sorted(INNER))
def test_a_host_that_is_an_inner_address_is_refused_with_the_setting_that_would_allow_it(address: str) -> None:
    refusal = production.refusal_of_literal(address)
    assert refusal is not None
    found = re.fullmatch(r"is (.*), which .*; SSO_BRIDGE_UPSTREAM_NETWORKS=(\S+) would allow it", refusal)
    assert found
    assert found[1] == INNER[address]
    assert AddressGuard((ip_network(found[2]),), allow_loopback=False).refusal_of_literal(address) is None


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_another_spelling_of_an_address_is_an_address(host: str) -> None:
    assert "a loopback address" in (production.refusal_of_literal(host) or "")
    assert development.refusal_of_literal(host) is None


@pytest.mark.parametrize("address", METADATA)
def test_of_a_metadata_service_no_setting_is_named(address: str) -> None:
    refusal = AddressGuard(EVERYTHING, allow_loopback=True).refusal_of_literal(address)
    assert refusal == "is the address of a cloud's metadata service, which the bridge never connects to"


@pytest.mark.parametrize("host", [*PUBLIC, "idp.acme.example", "localhost", "10.example", ""])
def test_a_public_address_and_every_name_may_be_tried(host: str) -> None:
    assert production.refusal_of_literal(host) is None
