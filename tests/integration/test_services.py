"""The servers that other tests stand on are real, empty at the start of a test, and survive an outage."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import redis
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from app.cli.demo.provider import DemoProvider
from tests.services.browser import accessibility_faults, sign_in_at_provider
from tests.services.canaille import person, sign_in
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer

CALLBACK = "http://localhost:9/callback/x"
LOGGED_OUT = "http://localhost:9/logged-out"


@pytest.mark.parametrize("_time", [1, 2])
def test_every_test_gets_an_empty_database(postgres_url: str, _time: int) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (id int)"))
    engine.dispose()


def test_a_template_is_prepared_once_and_copied(postgres_server: PostgresServer) -> None:
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE copied (id int)"))
        engine.dispose()

    copies = [postgres_server.fresh(template="copied_once", prepare=prepare) for _ in range(2)]

    for copy in copies:
        engine = create_engine(copy)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM copied")).scalar() == 0
        engine.dispose()
        postgres_server.drop(copy)
    assert len(prepared) == 1


def test_postgres_keeps_its_data_over_an_outage(postgres_server: PostgresServer, postgres_url: str) -> None:
    postgres_server.stop()
    postgres_server.start()
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


@pytest.mark.parametrize("_time", [1, 2])
def test_every_test_gets_an_empty_redis(redis_url: str, _time: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_redis_can_go_away_and_come_back(redis_server: RedisServer) -> None:
    redis_server.stop()
    with redis.Redis.from_url(redis_server.url) as client, pytest.raises(redis.ConnectionError):
        client.ping()
    redis_server.start()
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.ping()


def authorization_url(canaille: DemoProvider, *, redirect_uri: str = CALLBACK, nonce: str = "n1") -> str:
    parameters = {
        "client_id": canaille.client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": "openid email profile",
        "state": "s1",
        "nonce": nonce,
    }
    return f"{canaille.issuer}/oauth/authorize?{urlencode(parameters)}"


def redeem(canaille: DemoProvider, callback: str) -> dict[str, str]:
    code = parse_qs(urlsplit(callback).query)["code"][0]
    answer = requests.post(
        f"{canaille.issuer}/oauth/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK},
        auth=(canaille.client_id, canaille.client_secret),
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = answer.json()
    return tokens


def test_a_person_signs_in_at_the_provider_and_out_again(canaille: DemoProvider) -> None:
    canaille.register(redirect_uris=[CALLBACK], post_logout_uris=[LOGGED_OUT])
    with requests.Session() as browser:
        tokens = redeem(canaille, sign_in(browser, authorization_url(canaille), person("bob")))
        claims = requests.get(
            f"{canaille.issuer}/oauth/userinfo",
            headers={"Authorization": f"Bearer {tokens['access_token']}"},
            timeout=60,
        ).json()
        assert claims["email"] == "bob@acme.example"
        assert "email_verified" not in claims

        parameters = {
            "id_token_hint": tokens["id_token"],
            "client_id": canaille.client_id,  # Its audience is a list, which names no client to it.
            "post_logout_redirect_uri": LOGGED_OUT,
            "state": "s2",
        }
        answer = browser.get(
            f"{canaille.issuer}/oauth/end_session", params=parameters, allow_redirects=False, timeout=60
        )
        assert answer.headers["location"] == f"{LOGGED_OUT}?state=s2"


def test_an_abandoned_login_leaves_the_next_one_alone(canaille: DemoProvider) -> None:
    canaille.register(redirect_uris=[CALLBACK], post_logout_uris=[])
    with requests.Session() as hers, requests.Session() as his:
        sign_in(hers, authorization_url(canaille, nonce="hers"), person("alice"))
        callback = sign_in(his, authorization_url(canaille, nonce="his"), person("bob"))
    assert redeem(canaille, callback)["id_token"]


def test_the_provider_accepts_only_what_the_test_registered(canaille: DemoProvider) -> None:
    url = f"{authorization_url(canaille)}&prompt=none"  # Otherwise it asks who is there before it looks.
    assert requests.get(url, allow_redirects=False, timeout=60).status_code == 400


def test_the_provider_is_the_same_after_a_restart(canaille: DemoProvider) -> None:
    canaille.register(redirect_uris=[CALLBACK], post_logout_uris=[])
    keys = requests.get(f"{canaille.issuer}/oauth/jwks.json", timeout=60).json()
    canaille.stop()
    canaille.start()
    assert requests.get(f"{canaille.issuer}/oauth/jwks.json", timeout=60).json() == keys
    with requests.Session() as browser:
        assert sign_in(browser, authorization_url(canaille), person("dave")).startswith(CALLBACK)


def test_a_browser_goes_through_the_providers_pages(canaille: DemoProvider, page: Page) -> None:
    somewhere = f"{canaille.issuer}/about"  # Any page that answers.
    canaille.register(redirect_uris=[somewhere], post_logout_uris=[])
    page.goto(authorization_url(canaille, redirect_uri=somewhere))
    sign_in_at_provider(page, person("alice"))
    expect(page).to_have_url(re.compile(re.escape(f"{somewhere}?code=")))


def test_axe_finds_a_picture_without_words(page: Page) -> None:
    page.set_content("<!doctype html><html lang=en><title>t</title><main><h1>h</h1><img src='x.png'></main>")
    assert [fault.partition(":")[0] for fault in accessibility_faults(page)] == ["image-alt"]
