"""Who has an account here is nobody's business."""

import re
from dataclasses import replace

import pytest

from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import Status
from tests.builders import reference_in
from tests.threats.acme import ALICE, Acme

VARYING = re.compile(r'value="[^"]*"|data-reference="[^"]*"|>[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}<')
SAME_HEADERS = ("Content-Type", "Content-Security-Policy", "Cache-Control", "Set-Cookie", "Retry-After", "Location")


def seen(acme: Acme, username: str, password: str) -> tuple[object, ...]:
    """Everything that somebody outside can tell apart, but for what is random in every answer."""
    browser = acme.world.client()
    answer = acme.password(browser, username=username, password=password)
    text = VARYING.sub("", answer.get_data(as_text=True))
    return answer.status_code, text, *(tuple(answer.headers.getlist(name)) for name in SAME_HEADERS)


@pytest.fixture
def people(acme: Acme) -> Acme:
    acme.world.account(acme.tenant, "sso-only-person", email="s@acme.example")
    acme.world.save(replace(acme.world.account(acme.tenant, "left", password="x" * 12), status=Status.DISABLED))
    return acme


def test_a_wrong_password_looks_the_same_whoever_it_is(people: Acme) -> None:
    names = ("alice", "ALICE", "nobody", "sso-only-person", "left", ALICE, "x" * 255, "' OR 1=1", "ali\x00ce")
    answers = {seen(people, name, "a wrong one") for name in names}
    assert len(answers) == 1
    (answer,) = answers
    assert answer[0] == 401


def test_the_trace_of_a_wrong_password_does_not_say_either(people: Acme) -> None:
    traces = []
    for name in ("alice", "nobody", "sso-only-person", "left"):
        answer = people.password(people.world.client(), username=name, password="a wrong one")
        trace = people.refused(answer, ReasonCode.WRONG_PASSWORD)
        traces.append((trace["summary"], trace["remedy"], trace["details"], [step["step"] for step in trace["steps"]]))
    assert all(trace == traces[0] for trace in traces)


def test_the_same_work_is_done_whoever_it_is(people: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    hasher = people.world.bridge.hasher
    verify = hasher.verify

    def counting(password: str, stored: str | None) -> bool:
        asked.append(password)
        return verify(password, stored)

    monkeypatch.setattr(hasher, "verify", counting)
    names = ("alice", "nobody", "sso-only-person", "left")
    for name in names:
        people.password(people.world.client(), username=name, password=f"guess of {name}")
    assert asked == [f"guess of {name}" for name in names]


def test_a_long_password_is_wrong_for_everybody_alike(people: Acme) -> None:
    answers = {seen(people, name, "x" * 2000) for name in ("alice", "nobody")}
    assert len(answers) == 1


def test_an_email_is_no_username(people: Acme) -> None:
    answer = people.password(people.world.client(), username=ALICE)
    people.refused(answer, ReasonCode.WRONG_PASSWORD)


def test_the_finder_answers_by_domain_and_never_by_person(people: Acme) -> None:
    people.world.save(replace(people.tenant, email_domains=("acme.example",)))
    for name in ("alice", "nobody"):
        answer = people.browser.get(f"/?q={name}@acme.example")
        hint = f"?login_hint={name}%40acme.example"  # what was typed, and nothing else
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/t/acme/login{hint}")


def test_the_finder_does_not_know_people_outside_the_domains(people: Acme) -> None:
    pages = []
    for name in ("alice", "nobody"):
        page = people.browser.get(f"/?q={name}@elsewhere.example")
        pages.append(page.get_data(as_text=True).replace(name, ""))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("typed", ["A", "Acm", "Acme Suppor", "%", "Acme%", "_cme Support", "*", "Acme Support x", ""])
def test_the_finder_does_not_tell_which_workspaces_there_are(people: Acme, typed: str) -> None:
    people.world.save(replace(people.tenant, name="Acme Support"))
    answer = people.browser.get("/", query_string={"q": typed})
    assert answer.status_code == 200
    assert "/t/acme" not in answer.get_data(as_text=True)


def test_the_finder_does_not_find_the_vendors_own_people(people: Acme) -> None:
    people.world.tenant("staff", name="The Vendor")
    for typed in ("staff", "The Vendor"):
        answer = people.browser.get("/", query_string={"q": typed})
        assert answer.status_code == 200
        assert "/t/staff" not in answer.get_data(as_text=True)


def test_a_login_hint_is_passed_on_and_never_looked_up(people: Acme) -> None:
    for name in ("alice", "nobody"):
        assert people.browser.get(f"/t/acme/oauth/login?login_hint={name}@acme.example").status_code == 302


def test_a_person_without_an_account_learns_no_more_than_that(people: Acme) -> None:
    people.idp.person("stranger", email="stranger@acme.example")
    answer = people.sign_in()
    trace = people.refused(answer, ReasonCode.NO_ACCOUNT)
    assert reference_in(answer) == trace["reference"]
    assert "alice" not in answer.get_data(as_text=True).lower()


def test_a_throttled_person_looks_the_same_whoever_it_is(people: Acme) -> None:
    for name in ("alice", "nobody"):
        for _ in range(10):
            people.password(people.world.client(), username=name, password="guess")
    answers = {seen(people, name, "guess")[:2] for name in ("alice", "nobody")}
    assert len(answers) == 1
