"""From where a tenant's people may log in, and what is wrong with a network that somebody typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.tenants.security_policy import NOTHING_DEMANDED, SecurityPolicy, network, network_problem
from app.domain.tenants.step_up import AFRESH, NOTHING_MORE

OFFICE = SecurityPolicy(networks=("203.0.113.0/24", "2001:db8:5::/48"))


@pytest.mark.parametrize(
    "client_ip",
    ["203.0.113.7", "203.0.113.0", "203.0.113.255", "2001:db8:5::1", "::ffff:203.0.113.7", "::FFFF:cb00:7107"],
)
def test_people_in_the_office_are_admitted(client_ip: str) -> None:
    assert OFFICE.admits(client_ip)


@pytest.mark.parametrize(
    "client_ip",
    [
        "203.0.114.1",
        "198.51.100.1",
        "2001:db8:6::1",
        "::ffff:198.51.100.1",
        "::203.0.113.7",
        "64:ff9b::203.0.113.7",
        "",
        "unknown",
        "203.0.113.7:443",
        "[2001:db8:5::1]",
        "203.0.113.7, 198.51.100.1",
        "0xcb.0.0x71.7",
        "203.0.113.007",
        "3405803783",
        "203.0.113.7/32",
        "203.0.113.7\n",
        "²03.0.113.7",
    ],
)
def test_nobody_else_is_and_nobody_whose_address_cannot_be_read(client_ip: str) -> None:
    assert not OFFICE.admits(client_ip)


@given(st.text())
def test_without_networks_people_come_from_anywhere(client_ip: str) -> None:
    assert NOTHING_DEMANDED.admits(client_ip)


def test_how_the_server_listens_makes_no_difference() -> None:
    everywhere_by_ipv6 = SecurityPolicy(networks=("::/0",))
    assert everywhere_by_ipv6.admits("2001:db8::1")
    assert not everywhere_by_ipv6.admits("203.0.113.7")
    assert not everywhere_by_ipv6.admits("::ffff:203.0.113.7")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("203.0.113.0/24", "203.0.113.0/24"),
        (" 203.0.113.7 ", "203.0.113.7/32"),
        ("203.0.113.0/255.255.255.0", "203.0.113.0/24"),
        ("2001:DB8:0::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
    ],
)
def test_a_network_is_kept_in_one_way_of_writing(typed: str, kept: str) -> None:
    assert network_problem(typed) is None
    assert network(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("203.0.113.7/24", "203.0.113.0/24"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("203.0.113.0/33", "not a network"),
        ("office", "not a network"),
        ("", "not a network"),
        ("203.0.113", "not a network"),
        ("::ffff:203.0.113.0/120", "as IPv4"),
        ("fe80::1%eth0", "zone"),
    ],
)
def test_what_is_wrong_with_a_network_is_said(typed: str, said: str) -> None:
    assert said in str(network_problem(typed))
    with pytest.raises(ValueError, match=r"network|IPv4|zone"):
        network(typed)


def test_a_shared_desk_asks_the_provider_who_is_there_now() -> None:
    assert SecurityPolicy(shared_desk=True).step_up == AFRESH
    assert NOTHING_DEMANDED.step_up == NOTHING_MORE
