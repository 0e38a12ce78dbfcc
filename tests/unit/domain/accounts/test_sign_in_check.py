"""The first thing that is in somebody's way is the answer."""

from dataclasses import replace

import pytest

from app.domain.accounts.held import HeldLogin
from app.domain.accounts.sign_in_check import (
    SignInFacts,
    SsoObstacle,
    SsoRoute,
    Verdict,
    compared_value_of,
    concerns,
    sso_obstacle,
    verdict,
)
from app.domain.connections.connection import ConnectionId, MatchBy
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from tests.contracts.samples import ACME, BOB, HELD, MAIN, NOW

ROUTE = SsoRoute(connection=MAIN, value="bob@acme.example", obstacle=None)
BLIND = replace(ROUTE, value=None, obstacle=SsoObstacle.NO_EMAIL)
OUTSIDE = replace(ROUTE, obstacle=SsoObstacle.OUTSIDE_DOMAINS, subject="s")
FACTS = SignInFacts(
    tenant=ACME,
    account=replace(BOB, last_login_at=NOW),
    has_password=True,
    routes=[ROUTE],
    blocked_until=None,
    last_failed=False,
    signed_in=False,
)
ONLY_SSO = replace(ACME, policy=LoginPolicy.SSO_ONLY)
ONLY_PASSWORD = replace(ACME, policy=LoginPolicy.PASSWORD)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(FACTS, tenant=replace(ACME, status=Status.DISABLED)), Verdict.TENANT_DISABLED),
        (replace(FACTS, account=replace(BOB, status=Status.DISABLED)), Verdict.ACCOUNT_DISABLED),
        (replace(FACTS, routes=[replace(ROUTE, held=HELD)]), Verdict.HELD),
        (replace(FACTS, tenant=ONLY_PASSWORD, routes=[replace(ROUTE, held=HELD)]), Verdict.CAN),
        (replace(FACTS, blocked_until=NOW), Verdict.BLOCKED),
        (replace(FACTS, tenant=ONLY_SSO, blocked_until=NOW), Verdict.CAN),
        (replace(FACTS, tenant=ONLY_SSO, routes=[]), Verdict.NO_CONNECTION),
        (replace(FACTS, tenant=ONLY_SSO, routes=[BLIND]), Verdict.SSO_FINDS_NOBODY),
        (replace(FACTS, tenant=ONLY_SSO, routes=[BLIND, ROUTE]), Verdict.CAN),
        (replace(FACTS, tenant=ONLY_SSO, routes=[replace(BLIND, subject="s")]), Verdict.CAN),
        (replace(FACTS, tenant=ONLY_SSO, routes=[OUTSIDE]), Verdict.SSO_FINDS_NOBODY),
        (replace(FACTS, tenant=ONLY_PASSWORD, has_password=False), Verdict.NO_PASSWORD),
        (replace(FACTS, has_password=False, routes=[BLIND]), Verdict.NO_WAY),
        (replace(FACTS, has_password=False), Verdict.CAN),
        (replace(FACTS, last_failed=True, signed_in=True), Verdict.LAST_FAILED),
        (replace(FACTS, signed_in=True), Verdict.SIGNED_IN),
        (replace(FACTS, account=BOB), Verdict.NEVER_TRIED),
        (FACTS, Verdict.CAN),
    ],
)
def test_the_answer_is_the_first_thing_in_the_way(facts: SignInFacts, expected: Verdict) -> None:
    assert verdict(facts) is expected


def test_what_hides_somebody_from_a_connection() -> None:
    elsewhere, nameless = replace(BOB, email="bob@elsewhere.example"), replace(BOB, email=None, external_id=None)
    assert sso_obstacle(ACME, BOB, MatchBy.EMAIL) is None
    assert sso_obstacle(ACME, elsewhere, MatchBy.EMAIL) is SsoObstacle.OUTSIDE_DOMAINS
    assert sso_obstacle(replace(ACME, email_domains=()), elsewhere, MatchBy.EMAIL) is None
    assert sso_obstacle(ACME, nameless, MatchBy.EMAIL) is SsoObstacle.NO_EMAIL
    assert sso_obstacle(ACME, nameless, MatchBy.EXTERNAL_ID) is SsoObstacle.NO_EXTERNAL_ID
    assert sso_obstacle(ACME, nameless, MatchBy.USERNAME) is None


def test_values_are_compared_as_a_login_compares_them() -> None:
    shouting = replace(BOB, username="BOB", email="Bob@ACME.example", external_id="E-1")
    assert compared_value_of(shouting, MatchBy.EMAIL) == "bob@acme.example"
    assert compared_value_of(shouting, MatchBy.USERNAME) == "bob"
    assert compared_value_of(shouting, MatchBy.EXTERNAL_ID) == "E-1"


@pytest.mark.parametrize(
    ("held", "subject", "concerned"),
    [
        (HELD, None, True),
        (replace(HELD, match_value="eve@acme.example"), None, False),
        (replace(HELD, match_value="eve@acme.example"), HELD.subject, True),
    ],
)
def test_a_held_login_concerns_whom_it_would_open_and_whoever_is_known(
    held: HeldLogin, subject: str | None, *, concerned: bool
) -> None:
    assert concerns(held, BOB, MAIN, subject) is concerned
    elsewhere = replace(MAIN, id=ConnectionId("another"))
    assert concerns(held, BOB, elsewhere, subject) is False
