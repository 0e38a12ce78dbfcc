from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.oauth2.authorization import AuthorizationId, TokenHash
from app.domain.oauth2.client import Client, ClientId
from app.domain.oauth2.device_code import DeviceCode, DeviceState
from tests.contracts.race import all_at_once
from tests.contracts.samples import NOW, unstorable

DESK = Client(client_id=ClientId("desk"), name="Desk")
CODE = DeviceCode(
    device_hash=TokenHash("device-1"),
    user_code="WDJBMJHT",
    client_id=DESK.client_id,
    scopes=("openid", "offline_access"),
    asked_from="192.0.2.7",
    made_at=NOW,
    expires_at=NOW + 600,
)
AUTHORIZATION = AuthorizationId("authorization-1")


@pytest.fixture
def waiting(stored: SqlDatabase) -> SqlDatabase:
    with stored.write() as work:
        work.clients.save(DESK)
        assert work.device_codes.add(CODE)
    return stored


def test_it_is_found_by_either_code(waiting: SqlDatabase) -> None:
    with waiting.read() as work:
        assert work.device_codes.get(CODE.device_hash) == CODE
        assert work.device_codes.get(TokenHash("device-2")) is None
        assert work.device_codes.waiting(CODE.user_code, now=NOW) == CODE
        for other in ("BBBBBBBB", "wdjbmjht", *unstorable()):
            assert work.device_codes.waiting(other, now=NOW) is None


def test_two_devices_never_show_the_same_code(waiting: SqlDatabase) -> None:
    with waiting.write() as work:
        assert not work.device_codes.add(replace(CODE, device_hash=TokenHash("device-2")))
        assert work.device_codes.get(TokenHash("device-2")) is None


def test_one_that_has_expired_or_was_answered_is_not_waiting(waiting: SqlDatabase) -> None:
    with waiting.write() as work:
        assert work.device_codes.waiting(CODE.user_code, now=CODE.expires_at) is None
        assert work.device_codes.deny(CODE.device_hash)
        assert work.device_codes.waiting(CODE.user_code, now=NOW) is None
        assert not work.device_codes.approve(CODE.device_hash, AUTHORIZATION)
        found = work.device_codes.get(CODE.device_hash)
    assert found is not None
    assert found.state is DeviceState.DENIED


def test_only_an_approved_one_is_redeemed_and_once(waiting: SqlDatabase) -> None:
    with waiting.write() as work:
        assert not work.device_codes.redeem(CODE.device_hash)
        assert work.device_codes.approve(CODE.device_hash, AUTHORIZATION)
        assert not work.device_codes.deny(CODE.device_hash)
        assert work.device_codes.redeem(CODE.device_hash)
        assert not work.device_codes.redeem(CODE.device_hash)
        found = work.device_codes.get(CODE.device_hash)
    assert found == replace(CODE, state=DeviceState.REDEEMED, authorization_id=AUTHORIZATION)


def test_polls_are_noted(waiting: SqlDatabase) -> None:
    with waiting.write() as work:
        work.device_codes.polled(CODE.device_hash, at=NOW + 1, interval_s=10)
        assert work.device_codes.get(CODE.device_hash) == replace(CODE, polled_at=NOW + 1, interval_s=10)


def test_of_many_at_once_one_answers_and_one_redeems(waiting: SqlDatabase) -> None:
    def answer(number: int) -> bool:
        with waiting.write() as work:
            return work.device_codes.approve(CODE.device_hash, AuthorizationId(f"authorization-{number}"))

    def redeem(_: int) -> bool:
        with waiting.write() as work:
            return work.device_codes.redeem(CODE.device_hash)

    assert sum(all_at_once(answer)) == 1
    assert sum(all_at_once(redeem)) == 1
