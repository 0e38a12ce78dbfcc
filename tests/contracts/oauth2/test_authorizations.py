"""What makes an authorization live, one condition at a time; its codes and tokens; whom they belong to."""

import re
from dataclasses import replace
from typing import Any

import pytest

from app.adapters.sql.executor import Statement
from app.adapters.sql.oauth2 import authorizations
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.oauth2.authorization import (
    Authorization,
    AuthorizationCode,
    AuthorizationId,
    RefreshToken,
    TokenHash,
)
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import SessionLimits, Status
from tests.contracts.plans import plan_of
from tests.contracts.samples import (
    ACME,
    ALICE,
    BOB,
    GLOBEX,
    GLOBEX_BOB,
    MAIN,
    NOW,
    PASSWORD_SESSION,
    SSO_SESSION,
    unstorable,
)

BY_SSO = replace(SSO_SESSION, reference="2X7K-3Q9M-WT")

DESK = Client(client_id=ClientId("desk"), name="Desk")
PHONE = Client(client_id=ClientId("phone"), name="Phone")
DAY_S = 86_400
OFFLINE = Authorization(
    id=AuthorizationId("offline"),
    tenant_id=ACME.id,
    account_id=BOB.id,
    client_id=DESK.client_id,
    reference=PASSWORD_SESSION.reference,
    method=Method.PASSWORD,
    password_epoch=ACME.password_epoch,
    auth_time=NOW,
    scopes=("openid", "offline_access"),
    created_at=NOW,
    expires_at=NOW + 90 * DAY_S,
    amr=("pwd", "otp"),
)
BOUND = replace(OFFLINE, id=AuthorizationId("bound"), scopes=("openid",), expires_at=NOW + 3600)
OF_SSO = replace(
    OFFLINE,
    id=AuthorizationId("of-sso"),
    method=Method.SSO,
    connection_id=MAIN.id,
    reference=BY_SSO.reference,
    acr="phr",
)
CODE = AuthorizationCode(
    code_hash=TokenHash("code-hash"),
    authorization_id=OFFLINE.id,
    client_id=DESK.client_id,
    redirect_uri="https://desk.example/callback",
    code_challenge="challenge",
    nonce="nonce",
    expires_at=NOW + 60,
)
TOKEN = RefreshToken(TokenHash("token-hash"), OFFLINE.id, issued_at=NOW, expires_at=NOW + 90 * DAY_S)


@pytest.fixture
def kept(stored: SqlDatabase) -> SqlDatabase:
    """Bob's session, and what he authorized in it; the same by SSO."""
    with stored.write() as work:
        for client in (DESK, PHONE):
            work.clients.save(client)
        work.sessions.add(PASSWORD_SESSION)
        work.sessions.add(BY_SSO)
        for authorization in (OFFLINE, BOUND, OF_SSO):
            work.authorizations.add(authorization)
    return stored


def live(database: SqlDatabase, *, now: float = NOW) -> set[str]:
    with database.read() as work:
        asked = (OFFLINE, BOUND, OF_SSO)
        return {one.id for one in asked if work.authorizations.live(one.id, now=now) is not None}


ALL = {"offline", "bound", "of-sso"}


def test_a_live_one_comes_with_whom_it_concerns(kept: SqlDatabase) -> None:
    with kept.read() as work:
        found = work.authorizations.live(OF_SSO.id, now=NOW)
        assert work.authorizations.live(AuthorizationId("nobody"), now=NOW) is None
        assert all(work.authorizations.live(AuthorizationId(text), now=NOW) is None for text in unstorable())
    assert found is not None
    assert (found.authorization, found.account, found.tenant, found.client) == (OF_SSO, BOB, ACME, DESK)
    assert found.connection == MAIN.name
    assert live(kept) == ALL


def test_it_dies_with_its_account(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.accounts.save(replace(BOB, status=Status.DISABLED))
    assert live(kept) == set()


def test_it_dies_with_its_tenant(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.tenants.save(replace(ACME, status=Status.DISABLED))
    assert live(kept) == set()


def test_it_dies_with_its_connection(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.connections.save(replace(MAIN, status=Status.DISABLED))
    assert live(kept) == {"offline", "bound"}


def test_it_dies_with_its_client(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.clients.save(replace(DESK, status=Status.DISABLED))
    assert live(kept) == set()


@pytest.mark.parametrize(
    ("policy", "left"), [(LoginPolicy.SSO_ONLY, {"of-sso"}), (LoginPolicy.PASSWORD, {"offline", "bound"})]
)
def test_it_dies_with_the_policy(kept: SqlDatabase, policy: LoginPolicy, left: set[str]) -> None:
    with kept.write() as work:
        work.tenants.save(replace(ACME, policy=policy))
    assert live(kept) == left


def test_it_dies_with_the_epoch_of_passwords(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.tenants.save(replace(ACME, password_epoch=ACME.password_epoch + 1))
    assert live(kept) == {"of-sso"}


def test_only_one_with_offline_access_outlives_its_session(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.sessions.end(PASSWORD_SESSION.id, at=NOW)
    assert live(kept) == {"offline", "of-sso"}


def test_an_idle_session_and_one_past_its_limit_count_as_ended(kept: SqlDatabase) -> None:
    assert "bound" in live(kept, now=NOW + PASSWORD_SESSION.idle_s - 1)
    assert "bound" not in live(kept, now=NOW + PASSWORD_SESSION.idle_s)
    with kept.write() as work:
        work.tenants.save(replace(ACME, limits=SessionLimits(idle_s=600, absolute_s=300)))
    assert "bound" not in live(kept, now=NOW + 300)


def test_a_session_of_the_same_login_under_a_new_id_keeps_it_and_one_of_another_account_does_not(
    kept: SqlDatabase,
) -> None:
    renewed = replace(PASSWORD_SESSION, id=type(PASSWORD_SESSION.id)("session-renewed"))
    with kept.write() as work:
        work.sessions.end(PASSWORD_SESSION.id, at=NOW)
        work.sessions.add(renewed)
    assert "bound" in live(kept)
    with kept.write() as work:
        work.sessions.end(renewed.id, at=NOW)
        work.sessions.add(replace(renewed, id=type(renewed.id)("session-of-alice"), account_id=ALICE.id))
    assert "bound" not in live(kept)


def test_it_expires(kept: SqlDatabase) -> None:
    assert "offline" in live(kept, now=OFFLINE.expires_at - 1)
    assert "offline" not in live(kept, now=OFFLINE.expires_at)


def test_it_can_be_ended_once(kept: SqlDatabase) -> None:
    with kept.write() as work:
        assert work.authorizations.end(OFFLINE.id, at=NOW)
        assert not work.authorizations.end(OFFLINE.id, at=NOW)
        assert not work.authorizations.end(AuthorizationId("nobody"), at=NOW)
    assert live(kept) == {"bound", "of-sso"}


def test_those_of_an_account_of_a_client_and_of_a_method_are_ended(kept: SqlDatabase) -> None:
    of_phone = replace(OFFLINE, id=AuthorizationId("phone"), client_id=PHONE.client_id)
    with kept.write() as work:
        work.authorizations.add(of_phone)
        assert work.authorizations.end_of_account(GLOBEX.id, BOB.id, at=NOW) == 0
        assert work.authorizations.end_of_account(ACME.id, ALICE.id, at=NOW) == 0
        assert work.authorizations.end_of_account(ACME.id, BOB.id, at=NOW, client_id=PHONE.client_id) == 1
        assert work.authorizations.end_of_account(ACME.id, BOB.id, at=NOW, method=Method.SSO) == 1
        assert work.authorizations.end_of_account(ACME.id, BOB.id, at=NOW) == 2
    assert live(kept) == set()


def test_those_of_a_tenant_and_of_a_client_are_ended(kept: SqlDatabase) -> None:
    with kept.write() as work:
        assert work.authorizations.end_of_tenant(GLOBEX.id, at=NOW) == 0
        assert work.authorizations.end_of_tenant(ACME.id, at=NOW, method=Method.PASSWORD) == 2
        assert work.authorizations.end_of_connection(GLOBEX.id, MAIN.id, at=NOW) == 0
        assert work.authorizations.end_of_connection(ACME.id, MAIN.id, at=NOW) == 1
        assert work.authorizations.end_of_client(DESK.client_id, at=NOW) == 0
        assert work.authorizations.end_of_tenant(ACME.id, at=NOW) == 0


def test_a_persons_live_ones_are_listed_newest_first(kept: SqlDatabase) -> None:
    newer = replace(OFFLINE, id=AuthorizationId("newer"), client_id=PHONE.client_id, created_at=NOW + 1)
    with kept.write() as work:
        work.authorizations.add(newer)
        work.authorizations.add(replace(OFFLINE, id=AuthorizationId("other"), account_id=ALICE.id))
        work.authorizations.end(BOUND.id, at=NOW)
    with kept.read() as work:
        listed = work.authorizations.of_account(ACME.id, BOB.id, now=NOW)
        assert [one.authorization.id for one in listed] == ["newer", "of-sso", "offline"]
        assert work.authorizations.of_account(GLOBEX.id, GLOBEX_BOB.id, now=NOW) == []


def test_those_that_would_outlive_their_sessions_are_counted(kept: SqlDatabase) -> None:
    with kept.read() as work:
        assert work.authorizations.count_live(ACME.id, now=NOW, method=Method.PASSWORD) == 1
        assert work.authorizations.count_live(ACME.id, now=NOW, method=Method.SSO) == 1
        assert work.authorizations.count_live(GLOBEX.id, now=NOW, method=Method.SSO) == 0
        assert work.authorizations.count_live_by_method(ACME.id, now=NOW) == dict.fromkeys(Method, 1)
        assert work.authorizations.count_live_by_method(GLOBEX.id, now=NOW) == dict.fromkeys(Method, 0)


def test_when_it_was_last_used_is_noted(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.authorizations.used(OFFLINE.id, at=NOW + 5)
        found = work.authorizations.live(OFFLINE.id, now=NOW)
    assert found is not None
    assert found.authorization.last_used_at == NOW + 5


def test_every_look_up_goes_by_an_index(kept: SqlDatabase) -> None:
    """At any number of tenants, people and apps, the rows of one are found without reading the others'."""
    if kept.engine.dialect != "sqlite":  # PostgreSQL reads a handful of rows whole, whatever indexes there are
        return
    wanted: dict[Statement, dict[str, Any]] = {
        authorizations._LIVE: {"wanted": "a", "now": NOW},
        authorizations._OF_ACCOUNT: {"tenant": "t", "wanted": "a", "now": NOW},
        authorizations._COUNT_LIVE: {"tenant": "t", "born_of": "password", "now": NOW},
        authorizations._END_ONE: {"wanted": "a", "at": NOW},
        authorizations._END_OF_ACCOUNT: {"tenant": "t", "wanted": "a", "at": NOW},
        authorizations._END_OF_ACCOUNT_AND_METHOD: {"tenant": "t", "wanted": "a", "born_of": "sso", "at": NOW},
        authorizations._END_OF_TENANT: {"tenant": "t", "at": NOW},
        authorizations._END_OF_CLIENT: {"of_client": "c", "at": NOW},
        authorizations._USE_CODE: {"wanted": "h", "at": NOW},
        authorizations._REFRESH_TOKEN: {"wanted": "h"},
        authorizations._USE_REFRESH_TOKEN: {"wanted": "h", "at": NOW},
        authorizations._OF_CODE: {"wanted": "h", "now": NOW},
        authorizations._OF_REFRESH_TOKEN: {"wanted": "h", "now": NOW},
        authorizations._RETRY_REFRESH_TOKEN: {"wanted": "h", "at": NOW},
        authorizations._SUPERSEDE: {"family": "a", "at": NOW},
        authorizations._OF_ACCESS_TOKEN: {"wanted": "a", "jti": "j", "key": "k", "now": NOW},
        authorizations._STANDS: {"jti": "j", "key": "k", "now": NOW},
    }
    for statement, given in wanted.items():
        plan = plan_of(kept, statement, **given).replace("SCAN wanted_one", "")  # one row, found by its key
        assert "SCAN" not in plan, plan


def test_a_code_or_refresh_token_never_takes_all_authorizations_to_find(kept: SqlDatabase) -> None:
    """A plan that PostgreSQL made while tables were empty is kept while they grow."""
    if kept.engine.dialect == "sqlite":
        return
    for statement in (authorizations._OF_CODE, authorizations._OF_REFRESH_TOKEN):
        plan = plan_of(kept, statement, wanted="h", now=NOW)
        (first,) = re.findall(r" on authorizations.*\n(.*)", plan)
        assert "(id = " in first, plan
