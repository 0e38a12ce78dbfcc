"""People are warned before a client secret or certificate ends, and in time."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.connections.connection import ClientAuth, Connection, ConnectionId, Provider, Sealed
from app.domain.connections.expiry import DAY_S, Credential, expiries
from app.domain.tenants.tenant import TenantId

ENDS = datetime(2027, 1, 31, tzinfo=UTC).timestamp()
CONNECTION = Connection(
    id=ConnectionId("main"),
    tenant_id=TenantId("acme"),
    name="main",
    provider=Provider(),
    client_secret=Sealed("sealed"),
    client_secret_expires="2027-01-31",
)


@pytest.mark.parametrize(
    ("before_s", "days", "warning"),
    [(31 * DAY_S, 31, None), (30 * DAY_S, 30, None), (30 * DAY_S - 1, 29, 30), (14 * DAY_S - 1, 13, 14),
     (3 * DAY_S - 1, 2, 3), (1, 0, 3), (0, 0, 3), (-1, -1, 3)],
)  # fmt: skip
def test_the_days_left_of_a_client_secret_and_the_warning_that_is_due(
    before_s: int, days: int, warning: int | None
) -> None:
    (expiry,) = expiries(CONNECTION, now=ENDS - before_s)
    assert (expiry.credential, expiry.days_left, expiry.warning) == (Credential.CLIENT_SECRET, days, warning)
    assert not expiry.replaced


def test_a_secret_with_its_successor_beside_it_is_marked() -> None:
    (expiry,) = expiries(replace(CONNECTION, next_client_secret=Sealed("next")), now=ENDS)
    assert expiry.replaced


def test_a_certificate_is_named_too_and_what_ends_first_comes_first() -> None:
    both = replace(CONNECTION, certificate=Sealed("certificate"), certificate_expires_at=ENDS - DAY_S)
    assert [expiry.credential for expiry in expiries(both, now=0.0)] == [
        Credential.CERTIFICATE,
        Credential.CLIENT_SECRET,
    ]


def test_a_secret_that_is_not_used_does_not_expire() -> None:
    unused = replace(CONNECTION, provider=Provider(client_auth=ClientAuth.PRIVATE_KEY_JWT))
    assert expiries(unused, now=ENDS) == []
    assert expiries(replace(CONNECTION, client_secret_expires=None), now=ENDS) == []
