import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounts.account import AccountId
from app.domain.tenants.tenant import Tenant, TenantId
from app.services.oauth2.limits import (
    authentication_limits,
    device_request_limits,
    pushed_request_limits,
    user_code_limits,
)
from app.services.tenants.domains import check_limits
from app.services.throttling.link_limits import request_limits, use_limits
from app.services.throttling.throttle import ALL_TENANTS, code_limits, password_limits
from app.services.throttling.throttle_keys import Counted, ThrottleKey, read_key

ACME = Tenant(id=TenantId("tenant-acme"), slug="acme", name="Acme")


def test_every_limit_can_be_read_again() -> None:
    limits = [
        *password_limits(ACME, username="Bob:B", client_ip="2001:db8::1"),
        *password_limits(ACME, username="Bob:B", client_ip="2001:db8::1", device="d"),
        *code_limits(ACME, AccountId("bob")),
        *request_limits(ACME, username="bob", client_ip="192.0.2.1"),
        *use_limits(ACME, AccountId("bob")),
        *check_limits(ACME),
        *authentication_limits("desk:1", client_ip="2001:db8::1"),
        *device_request_limits("desk:1", client_ip="2001:db8::1"),
        *pushed_request_limits("desk:1", client_ip="2001:db8::1"),
        *user_code_limits(client_ip="2001:db8::1"),
    ]
    read = [read_key(limit.key) for limit in limits]
    assert {key.counted for key in read if key} == set(Counted)
    everywhere = {key.counted for key in read if key and key.tenant_id == ALL_TENANTS}
    assert everywhere == {
        Counted.CLIENT_IP_ANYWHERE,
        Counted.CLIENT_AUTHENTICATION,
        Counted.DEVICE_REQUESTS,
        Counted.PUSHED_REQUESTS,
        Counted.USER_CODES,
    }
    assert {key.tenant_id for key in read if key} == {ACME.id, ALL_TENANTS}


def test_a_name_with_colons_and_an_address_with_colons_are_told_apart() -> None:
    keys = [read_key(limit.key) for limit in password_limits(ACME, username="Bob:B", client_ip="2001:db8:1:203::1")]
    both = [(key.name, key.client_ip) for key in keys if key and key.counted is Counted.NAME_AND_CLIENT_IP]
    assert both == [("bob:b", f"2001:db8:1:{network}") for network in ("203::/64", "200::/56", ":/48")]


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_strangers_type_comes_back(name: str, client_ip: str) -> None:
    key = ThrottleKey(Counted.NAME_AND_CLIENT_IP, ACME.id, name=name, client_ip=client_ip)
    assert read_key(str(key)) == key


@pytest.mark.parametrize(
    "text", ["", "password", "password:name", "password:name:t", "password:name:t:a:b", "other:t:a"]
)
def test_what_is_no_key_of_ours_is_not_read(text: str) -> None:
    assert read_key(text) is None


def test_no_kind_can_be_taken_for_another() -> None:
    assert all(read_key(str(ThrottleKey(counted, ACME.id, name="n"))).counted is counted for counted in Counted)  # type: ignore[union-attr]  # all are read


def test_known_browsers_of_a_name_share_a_limit_so_that_many_collected_ones_are_worth_no_more() -> None:
    limits = [
        password_limits(ACME, username="bob", client_ip="203.0.113.1", device=device) for device in ("one", "two")
    ]
    (own, together), (another, same) = limits
    assert own.key != another.key
    assert together == same
    assert together.most > own.most
