"""Step-up and silent login, from the address that asks for them to what the session keeps."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.connections.connection import Connection, Protocol
from app.domain.reasons import ReasonCode
from app.domain.sessions.session import Session, session_id
from tests.builders import World, reference_in
from tests.fake_idp import FakeProvider, changed, without

LOGIN = "/t/acme/oauth/login"


class Desk:
    """acme, its provider with a clock of the test's, and alice's browser."""

    def __init__(self, world: World, idp: FakeProvider) -> None:
        self.world, self.idp = world, idp
        idp.clock = world.clock.now
        tenant = world.tenant()
        world.account(tenant, "alice", email="alice@acme.example")
        self.connection: Connection = world.connection(tenant, idp)
        self.browser: FlaskClient = world.client()

    def set_up(self, **settings: object) -> None:
        provider = replace(
            self.connection.provider,
            **settings,  # type: ignore[arg-type]  # a test names fields of the dataclass
        )
        self.connection = replace(self.connection, provider=provider)
        self.world.save(self.connection)

    def sign_in(self, query: str = "") -> TestResponse:
        return self.world.sign_in(self.browser, self.idp, path=f"{LOGIN}{query}")

    def asked(self) -> dict[str, str]:
        """What the provider was asked last."""
        return self.idp.requests("authorize")[-1].query

    def reason(self, response: TestResponse) -> tuple[object, object]:
        trace = self.world.trace(response)
        details = trace["details"]
        assert isinstance(details, dict)
        return trace["reason"], details.get("claim")

    @property
    def session(self) -> Session:
        cookie = self.browser.get_cookie("sso_session")
        assert cookie is not None
        with self.world.bridge.database.read() as work:
            live = work.sessions.live(session_id(cookie.value), now=self.world.clock.now())
        assert live is not None
        return live.session


@pytest.fixture
def desk(world: World, idp: FakeProvider) -> Desk:
    return Desk(world, idp)


def test_a_request_makes_the_person_sign_in_again_and_the_session_says_when(desk: Desk) -> None:
    assert desk.sign_in().status_code == 303
    first = desk.session.auth_time
    desk.world.clock.forward(600)
    assert desk.sign_in().status_code == 303
    assert desk.session.auth_time == first
    assert desk.sign_in("?max_age=300").status_code == 303
    assert desk.asked()["max_age"] == "300"
    assert desk.session.auth_time == pytest.approx(first + 600, abs=5)


@pytest.mark.parametrize(("query", "claim"), [("?max_age=300", "auth_time"), ("?prompt=login", "auth_time")])
def test_a_provider_that_takes_no_notice_is_not_believed(desk: Desk, query: str, claim: str) -> None:
    desk.sign_in()
    old = desk.idp.sessions["alice"].auth_time
    desk.world.clock.forward(600)
    desk.idp.on.id_token(changed(auth_time=old))
    refused = desk.sign_in(query)
    assert desk.reason(refused) == (ReasonCode.CLAIM_INVALID, claim)
    desk.idp.on.id_token(without("auth_time"))
    assert desk.reason(desk.sign_in(query)) == (ReasonCode.CLAIM_MISSING, claim)


def test_the_level_that_was_asked_for_must_be_reached_and_is_kept(desk: Desk) -> None:
    assert desk.reason(desk.sign_in("?acr_values=gold+silver")) == (ReasonCode.CLAIM_MISSING, "acr")
    desk.idp.on.id_token(changed(acr="bronze"))
    assert desk.reason(desk.sign_in("?acr_values=gold+silver")) == (ReasonCode.CLAIM_INVALID, "acr")
    desk.idp.on.id_token(changed(acr="silver", amr=["pwd", "otp"]))
    assert desk.sign_in("?acr_values=gold+silver").status_code == 303
    assert desk.asked()["acr_values"] == "gold silver"
    assert (desk.session.acr, desk.session.amr) == ("silver", ("pwd", "otp"))


@pytest.mark.parametrize("settings", [{}, {"dpop": True}])
def test_the_longest_request_still_fits_into_its_cookie(desk: Desk, settings: dict[str, object]) -> None:
    desk.set_up(**settings)
    levels, onward = "a" * 400, "/account?x=" + "y" * 980
    desk.idp.on.id_token(changed(acr=levels))
    signed_in = desk.sign_in(f"?acr_values={levels}&max_age=999999999&prompt=login+consent&next={onward}")
    assert signed_in.headers["Location"] == onward
    out = desk.browser.get(LOGIN, query_string={"acr_values": levels, "next": onward})
    assert max(len(cookie) for cookie in out.headers.getlist("Set-Cookie")) < 4096


def test_no_request_weakens_the_connection(desk: Desk) -> None:
    desk.set_up(max_age=60, prompt="login", acr_values=("gold",))
    desk.idp.on.id_token(changed(acr="silver"))
    assert desk.reason(desk.sign_in("?max_age=3600&prompt=none&acr_values=silver")) == (ReasonCode.CLAIM_INVALID, "acr")
    asked = desk.asked()
    assert (asked["max_age"], asked["prompt"], asked["acr_values"]) == ("60", "login", "gold")


def test_what_the_connection_asks_by_the_time_of_the_return_counts_too(desk: Desk) -> None:
    out = desk.browser.get(LOGIN)
    back = desk.idp.authorize(out.headers["Location"]).callback_url
    desk.set_up(acr_values=("gold",))
    assert desk.reason(desk.browser.get(back)) == (ReasonCode.CLAIM_MISSING, "acr")


@pytest.mark.parametrize(
    "query", ["max_age=soon", "max_age=-1", "max_age=%D9%A3", "prompt=create", "prompt=none+login", "acr_values=%00"]
)
def test_a_request_that_makes_no_sense_goes_nowhere(desk: Desk, query: str) -> None:
    response = desk.browser.get(f"{LOGIN}?{query}")
    assert response.status_code == 400
    assert reference_in(response)
    assert desk.idp.calls == []


def test_a_provider_that_starts_a_login_does_not_say_how_it_goes_on(desk: Desk) -> None:
    query = {"iss": desk.idp.issuer, "prompt": "none", "max_age": "x", "acr_values": "bronze", "scope": "all"}
    sent = dict(parse_qsl(urlsplit(desk.browser.get(LOGIN, query_string=query).headers["Location"]).query))
    assert not {"prompt", "max_age", "acr_values"} & sent.keys()
    assert sent["scope"] == "openid email profile"


def test_a_silent_login_of_somebody_who_is_signed_in_there_goes_through(desk: Desk) -> None:
    desk.sign_in()
    desk.browser = desk.world.client()
    assert desk.sign_in("?prompt=none").status_code == 303
    assert desk.world.session(desk.browser)


def test_a_silent_login_that_fails_ends_at_a_page_with_an_ordinary_login(desk: Desk) -> None:
    refused = desk.sign_in("?prompt=none&next=/account%3Ffrom%3Ddesk")
    assert refused.status_code == 403
    assert desk.reason(refused)[0] == ReasonCode.LOGIN_REQUIRED
    assert "Location" not in refused.headers
    text = refused.get_data(as_text=True)
    assert "http-equiv" not in text
    links = [unescape(link) for link in re.findall(r'href="(/t/acme/oauth/login[^"]*)"', text)]
    assert links == [f"{LOGIN}?connection=main&next=%2Faccount%3Ffrom%3Ddesk"]
    signed_in = desk.world.sign_in(desk.browser, desk.idp, path=links[0])
    assert signed_in.headers["Location"] == "/account?from=desk"
    assert "prompt" not in desk.asked()


def test_a_plain_oauth_server_is_not_asked_for_what_it_cannot_show(world: World) -> None:
    with FakeProvider(kind="oauth2") as idp:
        desk = Desk(world, idp)
        desk.set_up(
            protocol=Protocol.OAUTH2,
            issuer=None,
            authorization_endpoint=idp.url("authorize"),
            token_endpoint=idp.url("token"),
            userinfo_endpoint=idp.url("userinfo"),
        )
        refused = desk.browser.get(f"{LOGIN}?max_age=60")
        assert desk.reason(refused) == (ReasonCode.CLAIM_MISSING, "auth_time")
        assert idp.calls == []


def test_a_clock_that_is_ahead_makes_no_sign_in_younger(desk: Desk) -> None:
    desk.idp.on.id_token(changed(auth_time=desk.world.clock.now() + 10_000))
    desk.sign_in()
    assert desk.session.auth_time <= desk.world.clock.now()
