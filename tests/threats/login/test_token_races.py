"""One login attempt, many callbacks at the same moment: one session, whichever wins."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.audit.audit import Actor
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.builders import hidden_fields, offered_accounts
from tests.fake_idp import FakeProvider
from tests.services.postgres import PostgresServer
from tests.threats.acme import ALICE, Acme, cookies, session_cookie
from tests.threats.running import running_world

AT_ONCE = 8


@contextmanager
def migrated(request: pytest.FixtureRequest, kind: str) -> Iterator[str]:
    """The URL of a migrated database; empty for the embedded one. On PostgreSQL copying is cheaper than migrating."""
    if kind == "sqlite":
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    server.start()
    url = server.fresh(template="threats", prepare=migrate)
    yield url
    server.drop(url)


def migrate(url: str) -> None:
    database = SqlDatabase(url)
    database.upgrade()
    database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def racing(request: pytest.FixtureRequest, tmp_path: Path, idp: FakeProvider) -> Iterator[Acme]:
    """The tenant acme over each database, at a provider that redeems a code for everybody who asks at once."""
    with migrated(request, request.param) as url, running_world(tmp_path, database_url=url) as world:
        acme = Acme.founded(world, idp)
        acme.sign_in(world.client())  # metadata and keys are known
        yield acme


def twins(acme: Acme) -> list[FlaskClient]:
    """Browsers with the same cookies: one person's tabs, or a thief's copy."""
    browsers = []
    for _ in range(AT_ONCE):
        browser = acme.world.client()
        for name, value in cookies(acme.browser).items():
            browser.set_cookie(name, value)
        browsers.append(browser)
    return browsers


def all_at_once(browsers: list[FlaskClient], act: Callable[[FlaskClient], TestResponse]) -> list[TestResponse]:
    barrier = Barrier(len(browsers))

    def begin(browser: FlaskClient) -> TestResponse:
        barrier.wait()
        return act(browser)

    with ThreadPoolExecutor(len(browsers)) as threads:
        return list(threads.map(begin, browsers))


def live_sessions(acme: Acme) -> int:
    with acme.world.bridge.database.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM sessions WHERE ended_at IS NULL").scalar_one())


def generous(acme: Acme) -> None:
    """A provider that forgets which codes it has redeemed: then only we stand between a code and two sessions."""
    take = acme.idp.take_code
    known: dict[str, object] = {}

    def again(code: str) -> object:
        return known.setdefault(code, take(code) if code not in known else known[code])

    acme.idp.take_code = again  # type: ignore[method-assign,assignment]  # an attacker's provider


def test_many_callbacks_of_one_attempt_open_one_session(racing: Acme) -> None:
    before = live_sessions(racing)
    there = racing.callback()
    answers = all_at_once(twins(racing), lambda browser: browser.get(there))
    opened = [answer for answer in answers if session_cookie(answer)]
    assert len(opened) == 1
    assert live_sessions(racing) == before + 1
    for answer in answers:
        if answer not in opened:
            racing.refused(answer, ReasonCode.ATTEMPT_USED)


def test_many_callbacks_of_one_attempt_ask_the_provider_once(racing: Acme) -> None:
    generous(racing)
    there = racing.callback()
    racing.idp.forget_requests()
    all_at_once(twins(racing), lambda browser: browser.get(there))
    assert racing.idp.calls.count("token") == 1


def test_a_provider_that_redeems_a_code_for_everybody_gets_one_session_too(racing: Acme) -> None:
    generous(racing)
    before = live_sessions(racing)
    there = racing.callback()
    answers = all_at_once(twins(racing), lambda browser: browser.get(there))
    assert sorted(answer.status_code for answer in answers) == [303] + [400] * (AT_ONCE - 1)
    assert live_sessions(racing) == before + 1


def test_many_choices_of_one_ticket_open_one_session(racing: Acme) -> None:
    racing.world.account(racing.tenant, "alice-lead", email=ALICE)
    page = racing.sign_in()
    accounts = offered_accounts(page)
    fields = hidden_fields(page)
    before = live_sessions(racing)
    browsers = twins(racing)
    chosen = {id(browser): accounts[number % 2] for number, browser in enumerate(browsers)}
    answers = all_at_once(
        browsers,
        lambda browser: browser.post("/accounts/choose", data={**fields, "account": chosen[id(browser)]}),
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [400] * (AT_ONCE - 1)
    assert live_sessions(racing) == before + 1


def test_two_people_who_claim_one_account_at_the_same_moment_do_not_both_get_it(racing: Acme) -> None:
    racing.world.account(racing.tenant, "bob", email="bob@acme.example")
    callbacks = {}
    for number in range(AT_ONCE):
        racing.idp.person(f"bob-{number}", email="bob@acme.example")
        browser = racing.world.client()
        callbacks[id(browser)] = (browser, racing.callback(browser))
    answers = all_at_once(
        [browser for browser, _ in callbacks.values()], lambda browser: browser.get(callbacks[id(browser)][1])
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [403] * (AT_ONCE - 1)
    for answer in answers:
        if answer.status_code != 303:
            racing.refused(answer, ReasonCode.HELD_NEW_SUBJECT)


def test_one_person_who_signs_in_for_the_first_time_in_many_tabs_gets_in_with_each(racing: Acme) -> None:
    racing.world.account(racing.tenant, "carol", email="carol@acme.example")
    racing.idp.person("carol", email="carol@acme.example")
    browsers = [racing.world.client() for _ in range(AT_ONCE)]
    callbacks = {id(browser): racing.callback(browser) for browser in browsers}
    answers = all_at_once(browsers, lambda browser: browser.get(callbacks[id(browser)]))
    assert [answer.status_code for answer in answers] == [303] * AT_ONCE


def test_passwords_posted_while_the_tenant_is_switched_leave_no_session_alive(racing: Acme) -> None:
    browsers = [racing.world.client() for _ in range(AT_ONCE)]
    forms = {id(browser): hidden_fields(browser.get("/t/acme/login")) for browser in browsers}

    def act(browser: FlaskClient) -> TestResponse:
        if browser is browsers[0]:
            racing.world.bridge.enforcement.switch(
                SwitchCommand("acme", LoginPolicy.SSO_ONLY, by=Actor("sam", reason="asked"), accepted=EVERY_BLOCKER)
            )
        form = {**forms[id(browser)], "username": "alice", "password": "correct horse battery staple"}
        return browser.post("/t/acme/login", data=form)

    answers = all_at_once(browsers, act)
    assert {answer.status_code for answer in answers} <= {303, 403}
    assert all(racing.opened(browser) is None for browser in browsers)


def test_guesses_sent_side_by_side_count_one_by_one(racing: Acme) -> None:
    browsers = [racing.world.client() for _ in range(AT_ONCE)]
    forms = {id(browser): hidden_fields(browser.get("/t/acme/login")) for browser in browsers}

    def guess(browser: FlaskClient) -> TestResponse:
        form = {**forms[id(browser)], "username": "alice", "password": "guess"}
        return browser.post("/t/acme/login", data=form)

    answers = [*all_at_once(browsers, guess), *all_at_once(browsers, guess)]
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * (2 * AT_ONCE - 10)
