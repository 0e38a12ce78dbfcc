import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.oauth2.authorization import token_hash
from app.domain.oauth2.client import Client, ClientId
from app.domain.oauth2.pushed_request import REQUEST_URI, PushedRequest, pushed_id
from tests.contracts.removal import remove_all

DESK = Client(client_id=ClientId("desk"), name="Desk")
PUSHED = PushedRequest(token_hash(f"{REQUEST_URI}x"), DESK.client_id, {"scope": "openid", "state": "s"}, 100.0)


@pytest.fixture
def waiting(database: SqlDatabase) -> SqlDatabase:
    with database.write() as work:
        work.clients.save(DESK)
        work.pushed_requests.add(PUSHED)
    return database


def test_a_pushed_request_is_taken_once(waiting: SqlDatabase) -> None:
    with waiting.write() as work:
        assert work.pushed_requests.take(PUSHED.id) == PUSHED
    with waiting.write() as work:
        assert work.pushed_requests.take(PUSHED.id) is None


def test_an_old_one_is_forgotten(waiting: SqlDatabase) -> None:
    waiting.purge(100.0 + 2 * 3600, remove_all)
    with waiting.write() as work:
        assert work.pushed_requests.take(PUSHED.id) is None


def test_its_reference_leads_to_it_and_nothing_else_does() -> None:
    assert pushed_id(f"{REQUEST_URI}x") == PUSHED.id
    assert pushed_id("https://app.example/request") is None
