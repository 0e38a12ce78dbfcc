"""Whoever is held, or was refused, on one connection of a tenant does not walk in through the next one."""

import pytest

from app.domain.accounts.held import HeldLogin
from app.domain.audit.audit import Actor
from app.domain.connections.connection import MatchBy
from app.domain.reasons import ReasonCode
from tests.builders import World
from tests.threats.acme import ALICE, LOGIN, Acme

AGAIN = "alice-made-anew"


@pytest.fixture
def two(acme: Acme) -> Acme:
    """Acme with two connections to one provider, where alice has signed in by the first, and was then made anew."""
    acme.world.connection(acme.tenant, acme.idp, name="spare")
    by(acme, "main")
    acme.idp.sessions.clear()
    acme.idp.person(AGAIN, email=ALICE, preferred_username="alice")
    return acme


def by(acme: Acme, connection: str) -> object:
    """Whom a login by this connection opens, or why not."""
    browser = acme.world.client()
    answer = acme.world.sign_in(browser, acme.idp, path=f"{LOGIN}?connection={connection}")
    return acme.opened(browser) or acme.world.trace(answer)["reason"]


def waiting(world: World) -> list[HeldLogin]:
    return list(world.bridge.held.waiting("acme")[1])


def decide(acme: Acme, decision: str) -> None:
    (held,) = waiting(acme.world)
    getattr(acme.world.bridge.held, decision)(held.id, by=Actor("sam", reason="looked"))


def test_without_a_hold_each_connection_has_identities_of_its_own(two: Acme) -> None:
    assert by(two, "spare") == "alice"


def test_who_waits_on_one_connection_waits_on_the_other(two: Acme) -> None:
    assert by(two, "main") == "held_new_subject"
    browser = two.world.client()
    answer = two.world.sign_in(browser, two.idp, path=f"{LOGIN}?connection=spare")
    trace = two.refused(answer, ReasonCode.HELD_NEW_SUBJECT)
    (first, second) = waiting(two.world)
    assert trace["details"]["held_as"] == first.reference
    assert first.reference in trace["summary"]
    assert (second.subject, second.before) == (AGAIN, first.before)


def test_who_waits_waits_whatever_the_other_connection_matches_by(two: Acme) -> None:
    two.world.connection(two.tenant, two.idp, name="by-name", match_by=MatchBy.USERNAME)
    assert by(two, "main") == "held_new_subject"
    assert by(two, "by-name") == "held_new_subject"


def test_who_was_refused_on_one_connection_is_refused_on_the_other(two: Acme) -> None:
    by(two, "main")
    decide(two, "refuse")
    assert by(two, "spare") == "held_new_subject"
    decide(two, "refuse")
    assert by(two, "spare") == "held_new_subject"


def test_who_got_in_before_is_out_once_they_were_refused(two: Acme) -> None:
    assert by(two, "spare") == "alice"
    by(two, "main")
    decide(two, "refuse")
    assert by(two, "spare") == "held_new_subject"


def test_who_was_accepted_gets_in_everywhere(two: Acme) -> None:
    by(two, "main")
    decide(two, "accept")
    assert by(two, "main") == "alice"
    assert by(two, "spare") == "alice"


def test_a_decision_for_one_connection_stands_there_although_another_is_open(two: Acme) -> None:
    by(two, "main")
    by(two, "spare")
    first, second = waiting(two.world)
    two.world.bridge.held.accept(second.id, by=Actor("sam", reason="it is her"))
    assert by(two, "spare") == "alice"
    assert by(two, "main") == "held_new_subject"
    two.world.bridge.held.accept(first.id, by=Actor("sam", reason="it is her"))
    assert by(two, "main") == "alice"


def test_a_hold_in_one_tenant_says_nothing_about_another(two: Acme) -> None:
    globex = two.world.tenant("globex")
    two.world.account(globex, "alice", email=ALICE)
    two.world.connection(globex, two.idp)
    by(two, "main")
    browser = two.world.client()
    two.world.sign_in(browser, two.idp, path="/t/globex/oauth/login")
    assert two.opened(browser) == "alice"


def test_another_person_is_not_held_with_them(two: Acme) -> None:
    by(two, "main")
    two.idp.sessions.clear()
    two.idp.person("alice", email=ALICE)
    assert by(two, "main") == "alice"
    assert by(two, "spare") == "alice"
