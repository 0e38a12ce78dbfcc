"""A provider replaces its signing keys, in every way that providers do, and somebody floods us with unknown ones."""

from typing import Any

import pytest

from app.adapters.provider import keys
from app.domain.reasons.codes import ReasonCode
from tests.builders import World, callback_of
from tests.fake_idp import FakeProvider, changed, forgeries, without
from tests.fake_idp.jws import Json
from tests.fake_idp.script import Sign
from tests.integration.desk import Desk

FRESH_S = 600
WINDOW_S = 30
RENEWALS = 3
"""How often keys are fetched out of turn within WINDOW_S."""

RETRY_S = 10


@pytest.fixture
def desk(world: World, idp: FakeProvider) -> Desk:
    """With somebody signed in already: the keys are known."""
    idp.clock = world.clock.now
    desk = Desk.furnished(world, idp)
    assert desk.signed_in() == "alice"
    assert fetches(desk) == 1
    idp.forget_requests()
    return desk


def fetches(desk: Desk) -> int:
    """How often the provider was asked for its keys."""
    return len(desk.idp.requests("jwks"))


def by_an_unknown_key(idp: FakeProvider) -> Sign:
    """Each time under a name that nobody has heard of."""
    key = idp.keys.lend("RS256")
    names = iter(range(10_000))

    def sign(header: Json, claims: Json) -> str:
        return forgeries.by(key, "RS256")({**header, "kid": f"strange-{next(names)}"}, claims)

    return sign


# Honest rotations


@pytest.mark.parametrize("keep_old", [True, False], ids=["beside the old one", "in place of the old one"])
def test_a_new_key_under_a_new_name_is_fetched_once(desk: Desk, *, keep_old: bool) -> None:
    desk.idp.rotate_keys(keep_old=keep_old)
    for _ in range(3):
        assert desk.signed_in() == "alice"
    assert fetches(desk) == 1


@pytest.mark.parametrize("keep_old", [True, False])
def test_a_new_key_without_a_name_is_fetched_once(desk: Desk, *, keep_old: bool) -> None:
    desk.idp.rotate_keys(keep_old=keep_old, no_kid=True)
    for _ in range(3):
        assert desk.signed_in() == "alice"
    assert fetches(desk) == 1


def test_keys_without_names_from_the_beginning_rotate_too(world: World, idp: FakeProvider) -> None:
    idp.rotate_keys(no_kid=True)
    desk = Desk.furnished(world, idp)
    assert desk.signed_in() == "alice"
    idp.rotate_keys(no_kid=True)
    assert desk.signed_in() == "alice"
    assert fetches(desk) == 2


def test_a_token_without_a_name_is_tried_with_every_key(desk: Desk) -> None:
    desk.idp.rotate_keys(keep_old=True)
    desk.idp.on.id_token_header(without("kid"))
    assert desk.signed_in() == "alice"


def test_a_new_key_under_the_old_name_is_fetched_once(desk: Desk) -> None:
    desk.idp.rotate_keys(same_kid=True)
    for _ in range(3):
        assert desk.signed_in() == "alice"
    assert fetches(desk) == 1


def test_two_keys_under_one_name_are_both_tried(desk: Desk) -> None:
    desk.idp.rotate_keys(same_kid=True, keep_old=True)
    assert desk.signed_in() == "alice"


def test_keys_that_are_rotated_just_before_signing_are_fetched(desk: Desk) -> None:
    def rotated(claims: Json) -> Json:
        desk.idp.rotate_keys()
        return claims

    desk.idp.on.id_token(rotated)
    assert desk.signed_in() == "alice"
    assert fetches(desk) == 1


def test_keys_may_rotate_while_somebody_is_on_the_way(desk: Desk) -> None:
    browser = desk.world.client()
    callback = callback_of(browser, desk.idp)
    desk.idp.rotate_keys()
    assert browser.get(callback).status_code == 303


@pytest.mark.parametrize("to", ["ES256", "PS256", "EdDSA"])
def test_another_kind_of_key_serves_where_the_connection_accepts_it(world: World, idp: FakeProvider, to: str) -> None:
    desk = Desk.furnished(world, idp, signing_algs=("RS256", "ES256", "PS256", "EdDSA"))
    assert desk.signed_in() == "alice"
    idp.rotate_keys(alg=to)  # type: ignore[arg-type]  # one of its names
    assert desk.signed_in() == "alice"


def test_another_kind_of_key_that_the_connection_does_not_accept_is_refused_unfetched(desk: Desk) -> None:
    desk.idp.rotate_keys(alg="ES256")
    assert desk.refused() is ReasonCode.ALGORITHM_REFUSED
    assert fetches(desk) == 0


# Withdrawn keys


def test_a_withdrawn_key_stops_signing_with_the_next_fetch(desk: Desk) -> None:
    old = desk.idp.keys.current
    desk.idp.rotate_keys()
    assert desk.signed_in() == "alice"
    desk.idp.on.sign = forgeries.by(old.key, old.alg)
    desk.idp.on.id_token_header(changed(kid=old.kid))
    assert desk.refused() is ReasonCode.KEY_UNKNOWN


def test_a_withdrawn_key_stops_signing_when_the_known_keys_are_no_longer_fresh(desk: Desk) -> None:
    old = desk.idp.keys.current
    desk.idp.rotate_keys()
    desk.idp.on.sign = forgeries.by(old.key, old.alg)
    desk.idp.on.id_token_header(changed(kid=old.kid))
    assert desk.signed_in() == "alice"  # nobody has told us yet
    desk.world.clock.forward(FRESH_S + 1)
    assert desk.refused() is ReasonCode.KEY_UNKNOWN


def test_an_emptied_key_set_ends_what_was_known(desk: Desk) -> None:
    desk.idp.on.jwks(changed(keys=[]))
    desk.world.clock.forward(FRESH_S + 1)
    assert desk.refused() is ReasonCode.KEYS_UNAVAILABLE
    desk.idp.honest()
    desk.world.clock.forward(RETRY_S + 1)
    assert desk.signed_in() == "alice"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"keys": {}}', b'{"keys": [7, null, {"kty": "RSA"}]}']
)
def test_a_key_set_that_is_none_ends_the_login_and_nothing_else(desk: Desk, body: bytes) -> None:
    desk.idp.rotate_keys()
    desk.idp.answer("jwks", body=body, times=1)
    assert desk.refused() in (ReasonCode.KEYS_UNAVAILABLE, ReasonCode.KEY_UNKNOWN)
    desk.world.clock.forward(RETRY_S + 1)
    assert desk.signed_in() == "alice"


def test_known_keys_serve_while_the_provider_cannot_be_asked(desk: Desk) -> None:
    desk.idp.drop("jwks")
    desk.world.clock.forward(FRESH_S + 1)
    assert desk.signed_in() == "alice"


# Floods


def test_a_flood_of_unknown_keys_fetches_a_few_times_and_evicts_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "LOGIN_LOOKS_EVERY_S", 3600)  # whatever time the flood takes on this machine
    desk.idp.on.sign = by_an_unknown_key(desk.idp)
    for _ in range(25):
        assert desk.refused() is ReasonCode.KEY_UNKNOWN
    assert fetches(desk) <= RENEWALS
    desk.idp.honest()
    desk.idp.forget_requests()
    assert desk.signed_in() == "alice"
    assert fetches(desk) == 0


def test_a_flood_of_bad_signatures_fetches_a_few_times(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "LOGIN_LOOKS_EVERY_S", 3600)  # whatever time the flood takes on this machine
    desk.idp.on.sign = forgeries.spoilt(desk.idp.keys)
    for _ in range(25):
        assert desk.refused() is ReasonCode.SIGNATURE_INVALID
    assert fetches(desk) <= RENEWALS
    desk.idp.honest()
    assert desk.signed_in() == "alice"


def test_after_a_flood_a_new_key_is_fetched_within_a_second_and_the_trace_says_when(desk: Desk) -> None:
    desk.idp.on.sign = by_an_unknown_key(desk.idp)
    for _ in range(5):
        desk.refused()
    desk.idp.honest()
    desk.idp.rotate_keys()
    trace: Any = desk.world.trace(desk.sign_in())
    assert (trace["reason"], trace["details"]["retry_after_s"]) == (ReasonCode.KEY_UNKNOWN, 1)
    assert "again in 1 seconds" in trace["remedy"]
    desk.world.clock.forward(1)
    assert desk.signed_in() == "alice"


def test_a_provider_that_rotates_all_the_time_ends_no_honest_login(desk: Desk) -> None:
    """Twenty keys in half a minute, as nodes of a cluster have that publish their own alone."""
    for _ in range(20):
        desk.idp.rotate_keys(keep_old=False)
        assert desk.signed_in() == "alice"
        desk.world.clock.forward(WINDOW_S / 20)


def test_unlucky_logins_end_no_honest_ones(desk: Desk) -> None:
    """Every second one is signed by a node whose key is not there yet."""
    for _ in range(10):
        desk.idp.on.sign = by_an_unknown_key(desk.idp)
        assert desk.refused() is ReasonCode.KEY_UNKNOWN
        desk.idp.honest()
        desk.world.clock.forward(1)
        desk.idp.rotate_keys()
        assert desk.signed_in() == "alice"
        desk.world.clock.forward(1)


def test_a_flood_of_logout_tokens_leaves_logins_their_own_looks(desk: Desk) -> None:
    """Anybody can post one."""
    desk.idp.on.sign = by_an_unknown_key(desk.idp)
    for _ in range(10):
        desk.world.client().post(
            f"/backchannel-logout/{desk.connection.id}", data={"logout_token": desk.idp.logout_token()}
        )
    assert fetches(desk) <= RENEWALS
    desk.idp.honest()
    desk.idp.rotate_keys()
    assert desk.signed_in() == "alice"


def test_a_flood_on_one_connection_costs_another_of_the_same_provider_nothing(desk: Desk) -> None:
    globex = desk.world.tenant("globex")
    desk.world.account(globex, "alice", email="alice@acme.example")
    desk.world.connection(globex, desk.idp)
    desk.idp.on.sign = by_an_unknown_key(desk.idp)
    for _ in range(5):
        desk.refused()
    desk.idp.honest()
    desk.idp.rotate_keys()
    browser = desk.world.client()
    desk.world.sign_in(browser, desk.idp, path="/t/globex/oauth/login")
    assert desk.world.session(browser) is not None


def test_a_flood_of_logout_tokens_by_unknown_keys_fetches_a_few_times(desk: Desk) -> None:
    desk.idp.on.sign = by_an_unknown_key(desk.idp)
    path = f"/backchannel-logout/{desk.connection.id}"
    for _ in range(25):
        answer = desk.world.client().post(path, data={"logout_token": desk.idp.logout_token()})
        assert answer.status_code == 400
    assert fetches(desk) <= RENEWALS
    desk.idp.honest()
    assert desk.world.session(desk.browser) is not None
    assert desk.signed_in() == "alice"


# Keys of a signed userinfo answer


def test_keys_that_are_rotated_before_userinfo_is_signed_are_fetched(desk: Desk) -> None:
    desk.idp.on.id_token(without("email", "email_verified"))
    desk.idp.signed_userinfo = True

    def rotated(claims: Json) -> Json:
        desk.idp.rotate_keys()
        return claims

    desk.idp.on.userinfo_token(rotated)
    assert desk.signed_in() == "alice"
    assert fetches(desk) == 1
