import itertools
from email.utils import parsedate_to_datetime
from threading import Thread

import pytest

from tests.fake_idp import FakeProvider, Reply
from tests.fake_idp.http_client import NO_ANSWER, Answered, ask, connect
from tests.integration.fake_idp.party import Party, basic


def test_requests_are_recorded_as_they_came(idp: FakeProvider, party: Party) -> None:
    party.redeem_with(basic("bridge", "s:1"), party.code())
    party.userinfo("t-1")
    assert idp.calls == ["authorize", "token", "userinfo"]
    (redeemed,) = idp.requests("token")
    assert (redeemed.method, redeemed.path) == ("POST", "/token")
    assert redeemed.form["grant_type"] == "authorization_code"
    assert redeemed.basic == ("bridge", "s%3A1")
    assert redeemed.bearer is None
    assert idp.requests("authorize")[0].query["scope"] == "openid email profile"
    assert idp.requests("userinfo")[0].bearer == "t-1"
    assert idp.requests("userinfo")[0].basic is None
    idp.forget_requests()
    assert idp.requests() == []


@pytest.mark.parametrize(("body", "sent"), [
    (b"\xff", b"\xff"),
    ("not json", b"not json"),
    ({"a": 1}, b'{"a": 1}'),
    ([1], b"[1]"),
    (itertools.repeat(b"ab", 2), b"abab"),
])  # fmt: skip
def test_an_endpoint_can_answer_anything(idp: FakeProvider, body: bytes, sent: bytes) -> None:
    idp.answer("jwks", status=503, body=body)
    answered = ask(idp.url("jwks"))
    assert (answered.status, answered.body) == (503, sent)
    assert answered.headers["content-type"] == "application/json"


def test_an_answer_can_be_for_a_number_of_times(idp: FakeProvider) -> None:
    idp.answer("jwks", status=302, headers={"Location": "/elsewhere", "Content-Type": "text/plain"}, times=2)
    assert [ask(idp.url("jwks")).status for _ in range(3)] == [302, 302, 200]


def test_an_answer_can_depend_on_the_request(idp: FakeProvider) -> None:
    idp.answer_by("jwks", lambda request: Reply(status=418) if "x-tea" in request.headers else None)
    assert ask(idp.url("jwks"), headers={"X-Tea": "1"}).status == 418
    assert ask(idp.url("jwks")).status == 200


def test_an_answer_may_promise_more_than_it_holds(idp: FakeProvider) -> None:
    idp.answer("jwks", body=b"{}", headers={"Content-Length": "10"})
    with pytest.raises(NO_ANSWER, match="IncompleteRead"):
        ask(idp.url("jwks"))


def test_an_endless_answer_ends_with_the_reader(idp: FakeProvider) -> None:
    idp.answer("jwks", body=itertools.repeat(b"x" * 65536))
    connection = connect(idp.base_url)
    connection.request("GET", "/jwks")
    assert len(connection.getresponse().read(300_000)) == 300_000
    connection.close()


def test_a_connection_can_be_dropped(idp: FakeProvider) -> None:
    idp.drop("jwks")
    with pytest.raises(NO_ANSWER):
        ask(idp.url("jwks"))


def test_an_endpoint_can_hang_until_it_is_released(idp: FakeProvider) -> None:
    idp.hang("jwks")
    answers: list[Answered] = []
    waiting = Thread(target=lambda: answers.append(ask(idp.url("jwks"))))
    waiting.start()
    idp.wait_for("jwks")
    assert ask(idp.url("end_session")).status == 200
    assert answers == []
    idp.release()
    waiting.join()
    assert answers[0].status == 200


def test_closing_breaks_what_hangs(idp: FakeProvider) -> None:
    idp.hang("jwks")
    problems: list[Exception] = []

    def wait() -> None:
        try:
            ask(idp.url("jwks"))
        except NO_ANSWER as error:
            problems.append(error)

    waiting = Thread(target=wait)
    waiting.start()
    idp.wait_for("jwks")
    idp.close()
    waiting.join()
    assert len(problems) == 1


def test_a_stopped_provider_is_unreachable_and_comes_back_as_it_was(idp: FakeProvider) -> None:
    kept = connect(idp.base_url)

    def keys() -> bytes:
        kept.request("GET", "/jwks")
        return kept.getresponse().read()

    before = keys()
    idp.stop()
    with pytest.raises(NO_ANSWER):
        keys()
    kept.close()
    with pytest.raises(ConnectionRefusedError):
        ask(idp.url("jwks"))
    idp.start()
    idp.start()
    assert ask(idp.url("jwks")).body == before


def test_waiting_in_vain_fails_the_test(idp: FakeProvider) -> None:
    with pytest.raises(AssertionError, match="token was not asked 1 times"):
        idp.wait_for("token", timeout=0)


def test_everything_can_be_taken_back(idp: FakeProvider) -> None:
    idp.answer("jwks", status=500)
    idp.on.jwks(lambda _: None)
    idp.hang("jwks")
    idp.honest()
    assert ask(idp.url("jwks")).json["keys"]


def test_a_change_that_fails_fails_the_test() -> None:
    def fail(_: object) -> object:
        raise ZeroDivisionError

    def visit() -> None:
        with FakeProvider() as idp:
            idp.on.jwks(fail)
            assert ask(idp.url("jwks")).status == 500

    with pytest.raises(ZeroDivisionError):
        visit()


def test_the_time_in_the_date_header_is_the_providers(idp: FakeProvider) -> None:
    idp.clock_offset = -300
    assert parsedate_to_datetime(ask(idp.url("jwks")).headers["date"]).timestamp() == 1_789_999_700
