"""What a file may demand of a tenant's logins, and what it means where it says nothing."""

from dataclasses import asdict

import pytest

from app.domain.tenants.security_policy import TotpRule
from app.domain.tenants.security_settings import TenantSecuritySettings, usual_demands
from tests.unit.cli.reading import TENANT, problems, read

STAFF = '[[tenants]]\nslug = "staff"\n'


def demands(text: str) -> TenantSecuritySettings:
    found = read(text).tenants[0].demands
    assert found is not None
    return found


def test_a_file_that_says_nothing_demands_what_every_tenant_begins_with() -> None:
    assert demands(TENANT) == usual_demands("acme")
    assert asdict(demands(TENANT)) == {
        "allowed_networks": (),
        "session_idle_minutes": 480,
        "session_absolute_minutes": 1440,
        "totp": "optional",
        "throttle_failures": 10,
        "throttle_minutes": 15,
        "shared_desk": False,
    }


def test_staff_need_a_second_factor_unless_the_file_says_otherwise() -> None:
    assert demands(STAFF).totp is TotpRule.REQUIRED
    assert demands(STAFF + 'totp = "optional"').totp is TotpRule.OPTIONAL


def test_every_key_is_read() -> None:
    found = demands(
        TENANT
        + """
        allowed_networks = ["203.0.113.0/24", "2001:db8::1"]
        session_idle_minutes = 15
        session_absolute_minutes = 480
        totp = "required"
        throttle_failures = 5
        throttle_minutes = 30
        shared_desk = true
        """
    )
    assert found == TenantSecuritySettings(
        ("203.0.113.0/24", "2001:db8::1"), 15, 480, TotpRule.REQUIRED, 5, 30, shared_desk=True
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            'allowed_networks = ["203.0.113.0/24", "203.0.113.7/24"]',
            (
                "tenants[0].allowed_networks[1]: is an address with a network prefix: use 203.0.113.0/24 for the "
                "network, or the address alone"
            ),
        ),
        (
            'allowed_networks = ["office"]',
            (
                "tenants[0].allowed_networks[0]: is not a network: use one like 203.0.113.0/24 or 2001:db8::/32, or a "
                "single address"
            ),
        ),
        ("session_idle_minutes = 0", "tenants[0].session_idle_minutes: must be between 1 and 10080"),
        ("session_idle_minutes = -5", "tenants[0].session_idle_minutes: must be between 1 and 10080"),
        (
            "session_absolute_minutes = 999999999999999999",
            "tenants[0].session_absolute_minutes: must be between 5 and 43200",
        ),
        (
            "session_absolute_minutes = 60",
            "tenants[0].session_idle_minutes: must not be longer than the total limit (session_absolute_minutes)",
        ),
        ('totp = "always"', "tenants[0].totp: must be one of optional, required"),
        ("throttle_failures = 101", "tenants[0].throttle_failures: must be between 1 and 100"),
        ("throttle_minutes = 1441", "tenants[0].throttle_minutes: must be between 1 and 1440"),
        ('shared_desk = "yes"', "tenants[0].shared_desk: must be true or false"),
        ("session_idle_minutes = 1.5", "tenants[0].session_idle_minutes: must be a whole number"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(keys: str, said: str) -> None:
    assert problems(TENANT + keys) == [said]


def test_more_networks_than_anybody_reads_are_refused() -> None:
    many = [f"10.{place // 256}.{place % 256}.0/24" for place in range(101)]
    assert problems(f"{TENANT}allowed_networks = {many}") == [
        "tenants[0].allowed_networks: must not have more than 100 entries"
    ]
