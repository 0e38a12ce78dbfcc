"""Whoever changes a connection while somebody is on the way back from it must not be answered by what went before."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.connections.connection import Connection, MatchBy, Sealed
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import ReasonCode
from tests.fake_idp.jws import Json
from tests.threats.acme import Acme
from tests.threats.login.proving import Prover

CHANGES: dict[str, Callable[[Connection], Connection]] = {
    "another claim is demanded": lambda one: _with(one, required_claims={"tid": "the right directory"}),
    "people are matched by something else": lambda one: _with(one, match_by=MatchBy.USERNAME),
    "the email comes from elsewhere": lambda one: _with(one, email_claim="work_email"),
    "another provider": lambda one: _with(one, issuer="https://other.example"),
    "another client": lambda one: _with(one, client_id="another"),
    "its secret is withdrawn": lambda one: replace(one, client_secret=Sealed("another")),
}


def _with(connection: Connection, **settings: object) -> Connection:
    return replace(connection, provider=replace(connection.provider, **settings))  # type: ignore[arg-type]  # by name


def change_under_way(acme: Acme, change: Callable[[Connection], Connection]) -> None:
    """From the moment on at which the provider hands out its tokens."""

    def answer(honest: Json) -> Json:
        acme.world.save(change(acme.main))
        return honest

    acme.idp.on.token_response(answer)


@pytest.mark.parametrize("change", CHANGES)
def test_an_answer_checked_by_settings_that_no_longer_hold_opens_nothing(acme: Acme, change: str) -> None:
    acme.world.account(acme.tenant, "somebody else", email="else@acme.example")
    change_under_way(acme, CHANGES[change])
    trace = acme.refused(acme.sign_in(), ReasonCode.CONNECTION_CHANGED)
    assert trace["connection"] == "main"
    assert acme.opened() is None


def test_it_opens_no_choice_either(acme: Acme) -> None:
    acme.world.account(acme.tenant, "alice-lead", email="alice@acme.example")
    change_under_way(acme, CHANGES["another claim is demanded"])
    acme.refused(acme.sign_in(), ReasonCode.CONNECTION_CHANGED)


def test_it_proves_nothing_about_the_new_settings(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    change_under_way(acme, CHANGES["another claim is demanded"])
    prover.refused(prover.attempt(Purpose.PROVE), ReasonCode.CONNECTION_CHANGED)
    assert not prover.connection().tested


def test_what_decides_nothing_may_change_under_way(acme: Acme) -> None:
    change_under_way(acme, lambda one: replace(one, name="renamed"))
    assert acme.sign_in().status_code == 303
    assert acme.opened() == "alice"
