"""Guessing does not pay, and keeps nobody else out (ASVS 5.0, 6.1.1, 6.3.1)."""

from dataclasses import replace
from pathlib import Path

from werkzeug.test import TestResponse

from app.domain.errors import StoreUnavailable
from app.domain.reasons import ReasonCode
from app.domain.tenants.security_policy import USUAL_THROTTLING, SecurityPolicy, Throttling
from app.web.site.csrf import PURPOSE, browser_binding
from tests.builders import hidden_fields
from tests.threats.acme import PASSWORD, Acme
from tests.threats.running import running_world

GUESSES = USUAL_THROTTLING.failures
WINDOW_S = USUAL_THROTTLING.window_s


def guess(
    acme: Acme,
    *,
    username: str = "alice",
    password: str = "guess",
    client_ip: str = "203.0.113.7",
    tenant: str = "acme",
) -> TestResponse:
    """Whoever guesses opens the page once, not before every guess."""
    if acme.browser.get_cookie("sso_browser") is None:
        acme.browser.get("/t/acme/login")
    known = acme.browser.get_cookie("sso_browser")
    assert known
    token = acme.world.bridge.sealer.sign(browser_binding(known.value), purpose=PURPOSE)
    data = {"csrf_token": token, "username": username, "password": password}
    return acme.browser.post(f"/t/{tenant}/login", data=data, environ_overrides={"REMOTE_ADDR": client_ip})


def test_the_eleventh_guess_from_one_address_is_not_looked_at(acme: Acme) -> None:
    for _ in range(GUESSES):
        acme.refused(guess(acme), ReasonCode.WRONG_PASSWORD)
    answer = guess(acme, password=PASSWORD)
    acme.refused(answer, ReasonCode.THROTTLED)
    assert 0 < int(answer.headers["Retry-After"]) <= WINDOW_S
    assert "Try again in 15 minutes." in answer.get_data(as_text=True)


def test_upper_case_is_no_second_name(acme: Acme) -> None:
    for number in range(GUESSES):
        guess(acme, username="ALICE" if number % 2 else "alice")
    acme.refused(guess(acme, username="Alice"), ReasonCode.THROTTLED)


def test_the_person_herself_gets_in_from_elsewhere(acme: Acme) -> None:
    for _ in range(GUESSES + 1):
        guess(acme)
    assert guess(acme, password=PASSWORD, client_ip="198.51.100.1").status_code == 303


def test_a_colleague_at_the_same_address_gets_in(acme: Acme) -> None:
    acme.world.account(acme.tenant, "bob", password=PASSWORD)
    for _ in range(GUESSES + 1):
        guess(acme)
    assert guess(acme, username="bob", password=PASSWORD).status_code == 303


def test_another_tenant_is_not_slowed_down(acme: Acme) -> None:
    globex = acme.world.tenant("globex")
    acme.world.account(globex, "alice", password=PASSWORD)
    for _ in range(GUESSES + 1):
        guess(acme)
    assert guess(acme, password=PASSWORD, tenant="globex").status_code == 303


def test_one_name_is_not_guessed_from_many_addresses(acme: Acme) -> None:
    for number in range(100):
        guess(acme, client_ip=f"203.0.113.{number}")
    acme.refused(guess(acme, password=PASSWORD, client_ip="198.51.100.1"), ReasonCode.THROTTLED)


def test_many_names_are_not_guessed_from_one_address(acme: Acme) -> None:
    for number in range(100):
        guess(acme, username=f"name-{number}")
    acme.refused(guess(acme, password=PASSWORD), ReasonCode.THROTTLED)


def test_after_the_break_the_person_gets_in(acme: Acme) -> None:
    for _ in range(GUESSES + 1):
        guess(acme)
    acme.world.clock.forward(WINDOW_S + 1)
    assert guess(acme, password=PASSWORD).status_code == 303


def test_whoever_knows_the_password_is_never_slowed_down(acme: Acme) -> None:
    for _ in range(GUESSES * 2):
        assert guess(acme, password=PASSWORD).status_code == 303


def test_a_tenant_may_set_how_many_wrong_passwords_are_too_many_and_for_how_long(acme: Acme) -> None:
    strict = SecurityPolicy(throttling=Throttling(failures=3, window_s=60))
    acme.world.save(replace(acme.tenant, security=strict))
    for _ in range(3):
        acme.refused(guess(acme), ReasonCode.WRONG_PASSWORD)
    answer = guess(acme, password=PASSWORD)
    acme.refused(answer, ReasonCode.THROTTLED)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    acme.world.clock.forward(61)
    assert guess(acme, password=PASSWORD).status_code == 303


def test_a_strict_tenant_makes_it_no_easier_for_a_stranger_to_keep_a_person_out(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, security=SecurityPolicy(throttling=Throttling(failures=1))))
    for number in range(20):
        guess(acme, client_ip=f"203.0.113.{number}")
    assert guess(acme, password=PASSWORD, client_ip="198.51.100.1").status_code == 303


def test_a_login_by_the_provider_is_not_slowed_down(acme: Acme) -> None:
    for _ in range(GUESSES + 1):
        guess(acme, client_ip="127.0.0.1")
    assert acme.sign_in().status_code == 303


def test_a_forwarded_address_is_nobodys_new_address(acme: Acme) -> None:
    browser = acme.world.client()
    form = {**hidden_fields(browser.get("/t/acme/login")), "username": "alice", "password": "guess"}
    answers = []
    for number in range(GUESSES + 1):
        forged = f"198.51.100.{number}"
        headers = {"X-Forwarded-For": forged, "Forwarded": f"for={forged}", "X-Real-Ip": forged}
        answers.append(browser.post("/t/acme/login", data=form, headers=headers))
    acme.refused(answers[-1], ReasonCode.THROTTLED)


def test_a_flood_that_is_stopped_fills_nothing(acme: Acme) -> None:
    for _ in range(GUESSES + 80):
        guess(acme)
    with acme.world.bridge.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM traces").scalar_one() <= GUESSES + 60


def test_without_counters_no_password_is_looked_at(acme: Acme) -> None:
    class Away:
        def hit(self, limits: object) -> int:
            raise StoreUnavailable("redis")

    object.__setattr__(acme.world.bridge.passwords.guesses, "counters", Away())
    answer = guess(acme, password=PASSWORD)
    acme.refused(answer, ReasonCode.STORE_UNAVAILABLE)
    assert answer.headers["Retry-After"]
    assert acme.sign_in().status_code == 303


def test_behind_a_proxy_only_the_address_that_the_proxy_saw_counts(tmp_path: Path) -> None:
    with running_world(tmp_path, trusted_proxies=1) as world:
        world.account(world.tenant("acme"), "alice", password=PASSWORD)
        browser = world.client()
        form = {**hidden_fields(browser.get("/t/acme/login")), "username": "alice"}

        def attempt(password: str, forwarded: str) -> int:
            headers = {"X-Forwarded-For": forwarded}
            return browser.post("/t/acme/login", data={**form, "password": password}, headers=headers).status_code

        for number in range(GUESSES):
            assert attempt("guess", f"198.51.100.{number}, 203.0.113.7") == 401
        assert attempt(PASSWORD, "192.0.2.1, 203.0.113.7") == 429
        assert attempt(PASSWORD, "203.0.113.7, 192.0.2.1") == 303
