"""OpenID Foundation relying-party tests for logout and third-party-initiated login, named by their module ids."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.connections.connection import Connection
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider, forgeries

EVENT = "http://schemas.openid.net/event/backchannel-logout"


class SignedIn:
    """Alice, signed in through the fake provider in one browser."""

    def __init__(self, world: World, idp: FakeProvider) -> None:
        self.world, self.idp = world, idp
        tenant = world.tenant()
        world.account(tenant, "alice", email="alice@acme.example")
        self.connection: Connection = world.connection(tenant, idp)
        self.client: FlaskClient = world.client()
        assert world.sign_in(self.client, idp).status_code == 303

    @property
    def alive(self) -> bool:
        return self.world.session(self.client) is not None

    def back_channel(self, token: str) -> TestResponse:
        path = f"/backchannel-logout/{self.connection.id}"
        return self.world.client().post(path, data={"logout_token": token})

    def front_channel(self, **parameters: str) -> TestResponse:
        return self.world.client().get(f"/frontchannel-logout/{self.connection.id}", query_string=parameters)

    @property
    def sid(self) -> str:
        return self.idp.sessions["alice"].sid

    def log_out(self) -> TestResponse:
        fields = hidden_fields(self.client.get("/account"))
        return self.client.post("/logout", data={"csrf_token": fields["csrf_token"]})


@pytest.fixture
def alice(world: World, idp: FakeProvider) -> SignedIn:
    return SignedIn(world, idp)


def test_rp_backchannel_rpinitlogout_is_answered_with_200_and_ends_the_session(alice: SignedIn) -> None:
    response = alice.back_channel(alice.idp.logout_token())
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert not alice.alive


REFUSED: dict[str, dict[str, Any]] = {
    "rp-backchannel-rpinitlogout-wrong-iss": {"iss": "https://other.example"},
    "rp-backchannel-rpinitlogout-wrong-aud": {"aud": "another client"},
    "rp-backchannel-rpinitlogout-no-event": {"events": None},
    "rp-backchannel-rpinitlogout-wrong-event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "rp-backchannel-rpinitlogout-with-nonce": {"nonce": "of a login"},
    "an event that is no object": {"events": {EVENT: True}},
    "neither sub nor sid": {"sub": None, "sid": None},
    "no jti": {"jti": None},
    "no iat": {"iat": None},
    "no exp": {"exp": None},
    "expired": {"exp": 1_000_000_000},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=list(REFUSED))
def test_a_logout_token_that_is_not_right_is_answered_with_400(alice: SignedIn, changes: dict[str, Any]) -> None:
    response = alice.back_channel(alice.idp.logout_token(**changes))
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    assert response.get_json()["error"] == "invalid_request"
    assert alice.alive


def test_rp_backchannel_rpinitlogout_alg_none_is_answered_with_400(alice: SignedIn) -> None:
    alice.idp.on.sign = forgeries.unsigned
    assert alice.back_channel(alice.idp.logout_token()).status_code == 400
    assert alice.alive


def test_rp_backchannel_rpinitlogout_wrong_alg_is_answered_with_400(alice: SignedIn) -> None:
    alice.idp.rotate_keys(alg="ES256")
    assert alice.back_channel(alice.idp.logout_token()).status_code == 400
    assert alice.alive


def test_a_logout_token_counts_once(alice: SignedIn) -> None:
    token = alice.idp.logout_token()
    assert alice.back_channel(token).status_code == 200
    assert alice.world.sign_in(alice.client, alice.idp).status_code == 303
    assert alice.back_channel(token).status_code == 400
    assert alice.alive


@pytest.mark.parametrize("typ", ["id_token+jwt", "at+jwt"])
def test_a_token_of_another_kind_is_no_logout_token(alice: SignedIn, typ: str) -> None:
    assert alice.back_channel(alice.idp.logout_token(header={"typ": typ})).status_code == 400
    assert alice.alive


def test_two_logout_tokens_in_one_request_are_refused(alice: SignedIn) -> None:
    tokens = [alice.idp.logout_token(), alice.idp.logout_token()]
    path = f"/backchannel-logout/{alice.connection.id}"
    assert alice.world.client().post(path, data={"logout_token": tokens}).status_code == 400
    assert alice.alive


def test_a_sub_without_a_sid_ends_all_sessions_of_that_subject(alice: SignedIn) -> None:
    other = alice.world.client()
    alice.world.sign_in(other, alice.idp)
    assert alice.back_channel(alice.idp.logout_token(sid=None)).status_code == 200
    assert not alice.alive
    assert alice.world.session(other) is None


def test_a_sid_without_a_sub_ends_the_sessions_of_that_sid(alice: SignedIn) -> None:
    assert alice.back_channel(alice.idp.logout_token(sub=None)).status_code == 200
    assert not alice.alive


def test_a_sid_of_somebody_else_ends_nothing(alice: SignedIn) -> None:
    assert alice.back_channel(alice.idp.logout_token(sub="mallory")).status_code == 200
    assert alice.alive


def test_a_provider_signs_out_nobody_of_another_connection(alice: SignedIn) -> None:
    globex = alice.world.tenant("globex")
    alice.world.account(globex, "alice", email="alice@acme.example")
    second = alice.world.connection(globex, alice.idp)
    there = alice.world.client()
    assert alice.world.sign_in(there, alice.idp, path="/t/globex/oauth/login").status_code == 303
    assert alice.back_channel(alice.idp.logout_token(sid=None)).status_code == 200
    assert alice.world.session(there) is not None
    assert second.id != alice.connection.id


def test_rp_frontchannel_opinitlogout_ends_the_session(alice: SignedIn) -> None:
    response = alice.front_channel(iss=alice.idp.issuer, sid=alice.sid)
    assert response.status_code == 200
    assert f"frame-ancestors {alice.idp.issuer}" in response.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in response.headers
    assert not alice.alive


@pytest.mark.parametrize("wrong", [{"iss": "https://other.example"}, {"sid": "another"}, {"iss": ""}, {"sid": ""}])
def test_a_front_channel_logout_with_a_wrong_issuer_or_sid_signs_nobody_out(
    alice: SignedIn, wrong: dict[str, str]
) -> None:
    alice.front_channel(**{"iss": alice.idp.issuer, "sid": alice.sid, **wrong})
    assert alice.alive


def test_rp_init_logout_goes_to_the_provider_and_comes_back(alice: SignedIn) -> None:
    response = alice.log_out()
    assert response.status_code == 303
    assert response.headers["Location"].startswith(alice.idp.url("end_session"))
    assert "id_token_hint=" in response.headers["Location"]
    assert not alice.alive
    back = alice.idp.authorize(response.headers["Location"]).callback_url
    page = alice.client.get(str(back).removeprefix("http://localhost:8000"))
    assert page.status_code == 200
    assert "/t/acme/login" in page.get_data(as_text=True)


@pytest.mark.parametrize("query", ["?state=another", ""], ids=["rp-init-logout-other-state", "rp-init-logout-no-state"])
def test_a_logout_that_comes_back_with_a_state_that_is_not_ours_lands_on_a_plain_page(
    alice: SignedIn, query: str
) -> None:
    alice.log_out()
    page = alice.client.get(f"/logged-out{query}")
    assert page.status_code == 200
    assert "/t/acme/login" not in page.get_data(as_text=True)


def test_oidcc_client_test_3rd_party_init_login_starts_a_fresh_login(alice: SignedIn) -> None:
    target = "http://localhost:8000/account?tab=2"
    query = {"iss": alice.idp.issuer, "target_link_uri": target, "login_hint": "alice@acme.example"}
    out = alice.client.get("/t/acme/oauth/login", query_string=query)
    assert out.status_code == 302
    assert "login_hint=alice%40acme.example" in out.headers["Location"]
    callback = str(alice.idp.authorize(out.headers["Location"]).callback_url).removeprefix("http://localhost:8000")
    assert alice.client.get(callback).headers["Location"] == "/account?tab=2"


def test_third_party_login_by_an_unknown_issuer_is_refused(alice: SignedIn) -> None:
    out = alice.client.get("/t/acme/oauth/login", query_string={"iss": "https://other.example"})
    assert out.status_code == 400
    assert "Location" not in out.headers


@pytest.mark.parametrize("target", ["https://evil.example/", "http://localhost:8000@evil.example/", "//evil.example"])
def test_third_party_login_never_goes_on_to_another_origin(alice: SignedIn, target: str) -> None:
    query = {"iss": alice.idp.issuer, "target_link_uri": target}
    out = alice.client.get("/t/acme/oauth/login", query_string=query)
    callback = str(alice.idp.authorize(out.headers["Location"]).callback_url).removeprefix("http://localhost:8000")
    assert alice.client.get(callback).headers["Location"] == "/account"
