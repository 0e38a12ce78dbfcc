"""Asking for a link: who has an account, an email or a password here is nobody's business."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text

from app.domain.audit.audit import Actor
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from app.services.throttling import link_limits
from app.services.throttling.link_limits import ADDRESS_MOST, HOUR_S, NAME_AND_ADDRESS_MOST, NAME_MOST
from tests.builders import hidden_fields
from tests.services.statements import statements
from tests.threats.acme import ALICE, PASSWORD, Acme
from tests.threats.passwords.mailed import ask, mails

FORGOT = "/t/acme/password/forgot"
NAMES = ("alice", "ALICE", "nobody", "sso-person", "left", "unreachable", ALICE, "x" * 255, "' OR 1=1", "al\x00ice")
VARYING = re.compile(r'value="[^"]*"')
SAME_HEADERS = ("Content-Type", "Content-Security-Policy", "Cache-Control", "Set-Cookie", "Retry-After", "Location")


@pytest.fixture
def people(acme: Acme) -> Acme:
    """Of every kind that there is."""
    acme.world.account(acme.tenant, "sso-person", email="sso@acme.example")
    acme.world.account(acme.tenant, "unreachable", password=PASSWORD)
    left = acme.world.account(acme.tenant, "left", email="left@acme.example", password=PASSWORD)
    acme.world.save(replace(left, status=Status.DISABLED))
    return acme


def seen(acme: Acme, username: str, client_ip: str = "192.0.2.1") -> tuple[object, ...]:
    """Everything that somebody outside can tell apart, but for what is random in every answer."""
    browser = acme.world.client()
    answer = ask(browser, username, client_ip=client_ip)
    page = browser.get(answer.headers.get("Location", FORGOT))
    return (
        answer.status_code,
        page.status_code,
        VARYING.sub("", answer.text + page.text),
        *(tuple(one.headers.getlist(name)) for one in (answer, page) for name in SAME_HEADERS),
    )


def work_of(acme: Acme, act: Callable[[], object]) -> list[str]:
    """The statements that `act` sends to the database, without their values."""
    with statements(acme.world.bridge.database) as sent:
        act()
    return sent


def test_whoever_is_asked_for_the_answer_is_the_same(people: Acme) -> None:
    answers = {seen(people, name, f"192.0.2.{number}") for number, name in enumerate(NAMES)}
    assert len(answers) == 1
    (answer,) = answers
    assert answer[:2] == (303, 200)


def test_the_same_work_is_done_whoever_it_is(people: Acme) -> None:
    works = []
    for number, name in enumerate(("alice", "nobody", "sso-person", "left", "unreachable", ALICE)):
        browser = people.world.client()
        data = {**hidden_fields(browser.get(FORGOT)), "username": name}
        where = {"REMOTE_ADDR": f"192.0.2.{number}"}
        works.append(work_of(people, partial(browser.post, FORGOT, data=data, environ_overrides=where)))
    assert all(work == works[0] for work in works[1:])
    assert any("INSERT INTO outbox" in statement for statement in works[0])


def test_mail_goes_to_the_persons_own_address_and_to_nobody_else(people: Acme) -> None:
    for number, name in enumerate(NAMES):
        ask(people.browser, name, client_ip=f"192.0.2.{number}")
    assert sorted((mail.to, bool(mail.links)) for mail in mails(people.world)) == [
        (ALICE, True),
        (ALICE, True),
        ("sso@acme.example", False),
    ]


def test_who_has_no_password_is_told_so_in_the_mail_and_given_none(people: Acme) -> None:
    ask(people.browser, "sso-person")
    (mail,) = mails(people.world)
    assert "This account has no password" in mail.body
    assert mail.links == []


def test_what_is_for_nobody_is_not_shown_not_counted_and_not_sent(people: Acme) -> None:
    for number, name in enumerate(("nobody", "left", "unreachable")):
        ask(people.browser, name, client_ip=f"192.0.2.{number}")
    assert people.rows()["outbox"] == 3
    assert "No emails yet." in people.browser.get("/dev/mail").text
    backlog = people.world.bridge.outbox.backlog()
    assert (backlog.waiting, backlog.given_up) == (0, 0)
    assert people.world.bridge.outbox.deliver() == 0
    people.world.clock.forward(31 * 86_400)
    assert people.world.bridge.outbox.forget_some(9) == 3


def test_in_sso_only_everybody_is_refused_alike_before_anything_is_looked_at(people: Acme) -> None:
    form = {**hidden_fields(people.browser.get(FORGOT)), "username": "alice"}
    people.world.bridge.enforcement.switch(
        SwitchCommand("acme", LoginPolicy.SSO_ONLY, by=Actor("sam", reason="asked"), accepted=EVERY_BLOCKER)
    )
    rows = people.rows()
    answers = [
        people.browser.post(FORGOT, data={**form, **changes})
        for changes in ({}, {"username": "nobody"}, {"username": ""}, {"csrf_token": ""})
    ] + [people.browser.get(FORGOT)]
    for answer in answers:
        people.refused(answer, ReasonCode.PASSWORD_NOT_ALLOWED)
    assert len({re.sub(r"\w{4}-\w{4}-\w{2}", "", answer.text) for answer in answers}) == 1
    assert people.rows() | {"traces": 0} == rows | {"traces": 0}


def test_the_login_page_leads_there_where_passwords_are_allowed_only(acme: Acme) -> None:
    assert FORGOT in acme.browser.get("/t/acme/login").text
    acme.world.save(replace(acme.tenant, policy=LoginPolicy.SSO_ONLY))
    assert FORGOT not in acme.browser.get("/t/acme/login").text


def test_one_name_from_one_address_gets_a_few_and_nobody_is_told(people: Acme) -> None:
    usual = seen(people, "alice")
    for _ in range(NAME_AND_ADDRESS_MOST + 2):
        assert seen(people, "alice") == usual
    assert seen(people, "nobody") == usual
    assert len(mails(people.world)) == NAME_AND_ADDRESS_MOST
    people.world.clock.forward(HOUR_S + 1)
    ask(people.browser, "alice", client_ip="192.0.2.1")
    assert len(mails(people.world)) == NAME_AND_ADDRESS_MOST + 1


def test_one_name_gets_no_flood_of_mail_from_many_addresses(acme: Acme) -> None:
    for number in range(NAME_MOST + 5):
        assert ask(acme.browser, "Alice" if number % 2 else "alice", client_ip=f"192.0.2.{number}").status_code == 303
    assert len(mails(acme.world)) == NAME_MOST


def test_one_address_does_not_try_many_names(acme: Acme) -> None:
    for number in range(ADDRESS_MOST):
        ask(acme.browser, f"name-{number}", client_ip="192.0.2.1")
    ask(acme.browser, "alice", client_ip="192.0.2.1")
    assert mails(acme.world) == []
    ask(acme.browser, "alice", client_ip="192.0.2.2")
    assert len(mails(acme.world)) == 1


def test_a_throttled_name_does_the_same_work_known_or_not(people: Acme) -> None:
    works = []
    for name in ("alice", "nobody", "left"):
        data = {**hidden_fields(people.browser.get(FORGOT)), "username": name}
        for _ in range(NAME_AND_ADDRESS_MOST):
            people.browser.post(FORGOT, data=data)
        works.append(work_of(people, partial(people.browser.post, FORGOT, data=data)))
    assert works[0] == works[1] == works[2]


def test_a_flood_of_names_fills_a_tenants_share_and_no_more(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    share = 100
    monkeypatch.setattr(link_limits, "TENANT_MOST", share)
    path = "/t/acme/password/forgot"
    data = hidden_fields(acme.browser.get(path))
    for number in range(share + 30):
        where = {"REMOTE_ADDR": f"198.51.{number // 250}.{number % 250}"}
        acme.browser.post(path, data={**data, "username": f"name-{number}"}, environ_overrides=where)
    assert acme.rows()["outbox"] == share


def test_asking_is_neither_an_audit_entry_nor_a_trace(acme: Acme) -> None:
    before = acme.rows()
    ask(acme.browser, "alice")
    after = acme.rows()
    assert (after["audit_entries"], after["traces"]) == (before["audit_entries"], before["traces"])


def test_a_link_at_rest_is_sealed(acme: Acme) -> None:
    ask(acme.browser, "alice")
    (mail,) = mails(acme.world)
    with acme.world.bridge.database.engine.connect() as connection:
        bodies = connection.execute(text("SELECT body FROM outbox")).scalars().all()
    assert mail.links
    assert all(mail.links[0].partition("link=")[2] not in body for body in bodies)
