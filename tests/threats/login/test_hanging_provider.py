"""One tenant's provider hangs while a crowd signs in there: nobody else feels it (docs/rules.md, rule 8)."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest
from werkzeug.test import TestResponse

from app.adapters.http.client import DEFAULT_LIMITS
from app.adapters.provider.document_cache import MOST_WAITING
from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import Tenant
from tests.builders import BASE_URL
from tests.fake_idp import FakeProvider
from tests.fake_idp.provider import Endpoint
from tests.threats.acme import ALICE, LOGIN, Acme

PEOPLE = DEFAULT_LIMITS.bulkhead_width + 8
SHARE = DEFAULT_LIMITS.bulkhead_width
Logins = list["Future[TestResponse]"]


@pytest.fixture
def neighbour(acme: Acme, rival: FakeProvider) -> Tenant:
    """Another tenant of the same bridge, whose provider is well."""
    tenant = acme.world.tenant("beta")
    acme.world.account(tenant, "bob", email="bob@beta.example")
    acme.world.connection(tenant, rival)
    rival.person("bob", email="bob@beta.example")
    return tenant


@contextmanager
def hanging(acme: Acme, endpoint: Endpoint, *, arrived: int) -> Iterator[Logins]:
    """Logins of acme, of which `arrived` have come to where its provider hangs."""
    acme.idp.claims_in = "userinfo"
    acme.idp.hang(endpoint)
    with ThreadPoolExecutor(PEOPLE) as people:
        logins = [people.submit(log_in, acme) for _ in range(PEOPLE)]
        try:
            acme.idp.wait_for(endpoint, count=arrived, timeout=60)
            yield logins
        finally:
            acme.idp.release()


def log_in(acme: Acme) -> TestResponse:
    browser = acme.world.client()
    out = browser.get(LOGIN)
    if out.status_code != 302:
        return out
    back = acme.idp.authorize(out.headers["Location"]).callback_url
    return browser.get(back.removeprefix(BASE_URL))


def everybody_else_gets_in(acme: Acme, rival: FakeProvider) -> None:
    for _ in range(5):
        browser = acme.world.client()
        assert acme.world.sign_in(browser, rival, path="/t/beta/oauth/login").status_code == 303
        assert acme.opened(browser) == "bob"
    assert acme.password(acme.world.client()).status_code == 303, "nor do passwords of the same tenant wait"


def first_to_finish(logins: Logins, count: int) -> list[TestResponse]:
    pending = set(logins)
    while len(logins) - len(pending) < count:
        _, pending = wait(pending, return_when=FIRST_COMPLETED)
    return [login.result() for login in logins if login not in pending]


@pytest.mark.parametrize("endpoint", ["token", "userinfo"])
def test_a_provider_that_hangs_holds_its_share_and_no_more(
    acme: Acme, neighbour: Tenant, rival: FakeProvider, endpoint: Endpoint
) -> None:
    with hanging(acme, endpoint, arrived=SHARE) as logins:
        turned_away = first_to_finish(logins, PEOPLE - SHARE)
        everybody_else_gets_in(acme, rival)
        for answer in turned_away:
            trace = acme.refused(answer, ReasonCode.PROVIDER_TIMEOUT)
            assert trace["details"]["busy"] is True
        assert len(acme.idp.requests(endpoint)) == SHARE
    answers = [login.result() for login in logins]
    assert [answer.status_code for answer in answers].count(303) == SHARE, "who waited is in once it answers"
    assert acme.sign_in(acme.world.client()).status_code == 303


@pytest.mark.parametrize("endpoint", ["discovery", "jwks"])
def test_a_document_that_hangs_is_asked_for_once_and_few_wait_for_it(
    acme: Acme, neighbour: Tenant, rival: FakeProvider, endpoint: Endpoint
) -> None:
    waiting = 1 + MOST_WAITING
    with hanging(acme, endpoint, arrived=1) as logins:
        turned_away = first_to_finish(logins, PEOPLE - waiting)
        everybody_else_gets_in(acme, rival)
        for answer in turned_away:
            acme.refused(answer, ReasonCode.PROVIDER_TIMEOUT)
        assert len(acme.idp.requests(endpoint)) == 1
    answers = [login.result() for login in logins]
    assert [answer.status_code for answer in answers].count(303) == waiting
    assert acme.sign_in(acme.world.client()).status_code == 303
    assert len(acme.idp.requests(endpoint)) == 1


def test_a_tenant_that_shares_the_hanging_provider_has_a_share_of_its_own(acme: Acme) -> None:
    tenant = acme.world.tenant("gamma")
    acme.world.account(tenant, "alice", email=ALICE)
    acme.world.connection(tenant, acme.idp)
    with hanging(acme, "token", arrived=SHARE) as logins:
        first_to_finish(logins, PEOPLE - SHARE)
        with ThreadPoolExecutor(1) as somebody:
            browser = acme.world.client()
            login = somebody.submit(acme.world.sign_in, browser, acme.idp, path="/t/gamma/oauth/login")
            acme.idp.wait_for("token", count=SHARE + 1, timeout=60)
            acme.idp.release()
            assert login.result().status_code == 303
