"""One address shuts nobody else out: not at other tenants, and not by taking all the places."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from app.services.throttling.fair_places import FairPlaces
from app.services.throttling.link_limits import USES_MOST
from app.web.site.csrf import PURPOSE, browser_binding
from tests.builders import World
from tests.threats.acme import PASSWORD, Acme
from tests.threats.passwords.mailed import form_of, send
from tests.threats.throttling.test_throttling import guess

TIMEOUT_S = 60


def places(world: World, **limits: float) -> FairPlaces:
    """Fewer places, so that few threads fill them."""
    few = FairPlaces(**limits)  # type: ignore[arg-type]  # its own parameters
    object.__setattr__(world.bridge.passwords.guesses, "places", few)
    return few


def post(world: World, tenant: str, username: str, password: str, *, client_ip: str) -> TestResponse:
    """By a browser of its own, without the page first: whoever floods has it."""
    browser = world.client()
    browser.set_cookie("sso_browser", "b")
    token = world.bridge.sealer.sign(browser_binding("b"), purpose=PURPOSE)
    data = {"csrf_token": token, "username": username, "password": password}
    return browser.post(f"/t/{tenant}/login", data=data, environ_overrides={"REMOTE_ADDR": client_ip})


def test_an_address_is_counted_at_all_tenants_together(acme: Acme) -> None:
    names = [f"customer-{number}" for number in range(6)]
    for name in names:
        acme.world.tenant(name)
    looked_at = [
        guess(acme, username=f"name-{number}", tenant=name).status_code for name in names for number in range(60)
    ].count(401)
    assert looked_at == 200
    acme.refused(guess(acme, password=PASSWORD), ReasonCode.THROTTLED)
    assert guess(acme, password=PASSWORD, client_ip="198.51.100.1").status_code == 303


def test_a_flood_of_one_address_at_other_tenants_makes_nobody_at_acme_wait_for_all_of_it(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eleven threads of wrong passwords; then comes the right one."""
    world = acme.world
    few = places(world, at_once=1, waiting=12, wait_s=TIMEOUT_S)
    for number in range(6):
        world.tenant(f"customer-{number}")
    hashing, go_on = Event(), Event()
    order: list[str] = []
    verify = world.bridge.hasher.verify

    def slow(password: str, stored: str | None) -> bool:
        order.append(password)
        hashing.set()
        assert go_on.wait(TIMEOUT_S)
        return verify(password, stored)

    monkeypatch.setattr(world.bridge.hasher, "verify", slow)
    with ThreadPoolExecutor(12) as pool:
        flood = [
            pool.submit(post, world, f"customer-{number % 6}", "x", f"guess {number}", client_ip="203.0.113.7")
            for number in range(11)
        ]
        assert hashing.wait(TIMEOUT_S)
        wait_until(few, 10)
        right = pool.submit(post, world, "acme", "alice", PASSWORD, client_ip="198.51.100.1")
        wait_until(few, 11)
        go_on.set()
        assert right.result(TIMEOUT_S).status_code == 303
        assert {one.result(TIMEOUT_S).status_code for one in flood} == {401}
    assert order.index(PASSWORD) == 2, "after who was there, and one of the others"


def wait_until(few: FairPlaces, waiting: int) -> None:
    """For so many in line."""
    for _ in range(TIMEOUT_S * 100):
        if few.waiting == waiting:
            return
        Event().wait(0.01)
    raise AssertionError(few.waiting)


def test_a_refusal_because_all_places_are_taken_counts_nothing(acme: Acme) -> None:
    few = places(acme.world, at_once=1, waiting=0)
    with few.place("somebody else"):
        for _ in range(12):
            answer = guess(acme, password=PASSWORD)
            acme.refused(answer, ReasonCode.THROTTLED)
            assert answer.headers["Retry-After"] == "5"
    assert acme.world.bridge.counters.stopped("") == []
    assert guess(acme, password=PASSWORD).status_code == 303


def test_a_flood_that_finds_no_place_fills_nothing(acme: Acme) -> None:
    few = places(acme.world, at_once=1, waiting=0)
    with few.place("somebody else"):
        for number in range(150):
            guess(acme, username=f"name-{number}")
    assert acme.rows()["traces"] <= 60


def test_a_link_is_not_worn_out_by_places_that_were_taken(acme: Acme) -> None:
    few = FairPlaces(at_once=1, waiting=0)
    object.__setattr__(acme.world.bridge.password_changes, "places", few)
    link = send(acme.world, acme.alice)
    form = form_of(acme.browser, link)
    with few.place("somebody else"):
        for _ in range(USES_MOST + 1):
            acme.refused(acme.browser.post("/t/acme/password/new", data=form), ReasonCode.THROTTLED)
    assert acme.browser.post("/t/acme/password/new", data=form).status_code == 303
