import pytest

from tests.fake_idp import FakeProvider, changed
from tests.fake_idp.http_client import Answered, ask
from tests.fake_idp.id_token import LOGOUT_EVENT
from tests.integration.fake_idp.party import Party

BACK = "https://bridge.example/logged-out"


def leave(idp: FakeProvider, **asked: str) -> Answered:
    return ask(idp.url("end_session"), form=asked)


def test_the_session_ends_and_the_person_returns_with_the_state(idp: FakeProvider, party: Party) -> None:
    hint = party.tokens()["id_token"]
    idp.rotate_keys()
    idp.clock_offset = 10_000
    answered = leave(idp, id_token_hint=hint, post_logout_redirect_uri=BACK, state="s-2")
    assert answered.headers["location"] == f"{BACK}?state=s-2"
    assert idp.requests("end_session")[0].form["state"] == "s-2"
    assert party.authorize(prompt="none").parameters["error"] == "login_required"


def test_there_may_be_no_state_and_nowhere_to_return(idp: FakeProvider) -> None:
    assert leave(idp, client_id="bridge", post_logout_redirect_uri=BACK).headers["location"] == BACK
    assert "logged out" in leave(idp).text
    assert ask(f"{idp.url('end_session')}?client_id=bridge").status == 200


@pytest.mark.parametrize("asked", [
    {"post_logout_redirect_uri": BACK},
    {"client_id": "bridge", "post_logout_redirect_uri": "https://evil.example/"},
    {"id_token_hint": "garbled"},
])  # fmt: skip
def test_nobody_is_sent_to_an_address_that_is_not_registered(idp: FakeProvider, asked: dict[str, str]) -> None:
    idp.client(post_logout_redirect_uris=[BACK])
    assert leave(idp, **asked).status == 400


def test_a_hint_must_be_ours_and_for_this_client(idp: FakeProvider, party: Party) -> None:
    assert leave(idp, id_token_hint=party.tokens()["id_token"], client_id="another").status == 400
    idp.on.id_token(changed(iss="https://other.example"))
    assert leave(idp, id_token_hint=party.tokens()["id_token"]).status == 400


def test_a_repeated_parameter_is_a_fault(idp: FakeProvider) -> None:
    assert ask(f"{idp.url('end_session')}?state=1&state=2").status == 400


def test_a_logout_token_is_for_the_last_session(idp: FakeProvider, party: Party) -> None:
    signed_in = party.verified(party.tokens()["id_token"]).claims
    token = party.verified(idp.logout_token())
    assert token.header["typ"] == "logout+jwt"
    assert {name: token.claims[name] for name in ("iss", "sub", "aud", "sid")} == {
        name: signed_in[name] for name in ("iss", "sub", "aud", "sid")
    }
    assert token.claims["events"] == {LOGOUT_EVENT: {}}
    assert token.claims["exp"] - token.claims["iat"] == 120
    assert "nonce" not in token.claims


def test_a_logout_token_can_be_wrong(idp: FakeProvider, party: Party) -> None:
    token = party.verified(idp.logout_token(header={"typ": "JWT"}, nonce="n", events=None))
    assert token.header["typ"] == "JWT"
    assert token.claims["nonce"] == "n"
    assert not {"events", "sid"} & set(token.claims)
