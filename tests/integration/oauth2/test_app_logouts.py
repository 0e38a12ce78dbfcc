"""Apps are told that a session has ended: by a signed token, again and again, and each for itself."""

from dataclasses import replace

import pytest

from app.domain.oauth2.claims import LOGOUT_EVENT
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.tenant import Status
from tests.builders import World, hidden_fields
from tests.contracts.race import all_at_once
from tests.fake_idp import FakeProvider
from tests.integration.oauth2.at_an_app import DESK, AtAnApp
from tests.integration.oauth2.hearing import HearingApp, hearing
from tests.integration.oauth2.issued import verified


@pytest.fixture
def alice(world: World, idp: FakeProvider) -> AtAnApp:
    idp.person("alice", email="alice@acme.example")
    return AtAnApp(world, idp)


def app_at(hearer: HearingApp, name: str = "desk") -> Client:
    return replace(DESK, client_id=ClientId(name), backchannel_logout_uri=hearer.url)


def only(alice: AtAnApp, *apps: Client) -> None:
    """Alice is at these apps; the one from the fixture does not want to know."""
    with alice.world.bridge.database.write() as work:
        work.clients.save(replace(DESK, backchannel_logout_uri=None))
    for app in apps:
        alice.authorize(app)


def sign_out(alice: AtAnApp) -> None:
    form = hidden_fields(alice.browser.get("/account"))
    assert alice.browser.post("/logout", data=form).status_code == 303


def tell(alice: AtAnApp) -> int:
    return alice.world.bridge.oauth2.app_logouts.tell_due()


def backlog(alice: AtAnApp) -> tuple[int, int]:
    """How many wait, and how many were given up."""
    found = alice.world.bridge.oauth2.app_logouts.backlog()
    return found.waiting, found.given_up


def test_oidcc_backchannel_rp_initiated_logout_calls_the_app_with_a_logout_token(alice: AtAnApp) -> None:
    alice.world.clock.stand()
    with hearing() as hearer:
        only(alice, app_at(hearer))
        sid = alice.sid
        alice.log_out(id_token_hint=alice.id_token)
        assert alice.session is None
        assert tell(alice) == 1
    (token,) = hearer.heard
    header, claims = verified(alice.world, token)
    assert (header["alg"], header["typ"]) == ("RS256", "logout+jwt")
    now = int(alice.world.clock.now())
    assert claims.pop("jti")
    assert claims == {
        "iss": "http://localhost:8000",
        "aud": "desk",
        "iat": now,
        "exp": now + 120,
        "sub": alice.account.id,
        "sid": sid,
        "events": {LOGOUT_EVENT: {}},
    }
    assert backlog(alice) == (0, 0)
    assert tell(alice) == 0


def test_a_logout_that_comes_from_the_customers_provider_reaches_the_apps(alice: AtAnApp) -> None:
    with alice.world.bridge.database.read() as work:
        (connection,) = work.connections.of_tenant(alice.tenant.id)
    with hearing() as hearer:
        only(alice, app_at(hearer))
        form = {"logout_token": alice.idp.logout_token()}
        assert alice.world.client().post(f"/backchannel-logout/{connection.id}", data=form).status_code == 200
        assert tell(alice) == 1


def test_the_workers_job_tells_while_a_slow_app_holds_up_nobody(alice: AtAnApp) -> None:
    """The slow one has not answered when the other has, and when the job returns."""
    failed: list[Exception] = []
    with hearing(slow=True) as slow, hearing() as quick:
        only(alice, app_at(slow, "slow"), app_at(quick, "quick"))
        sign_out(alice)
        alice.world.bridge.jobs.run_due(lambda _, error: failed.append(error) if error else None)
        assert slow.reached.wait(20)
        assert quick.answered.acquire(timeout=20)
        assert len(slow.heard) == 1
        alice.world.bridge.oauth2.app_logouts.start_due()
        assert len(slow.heard) == 1, "it is not asked twice at the same time"
    assert failed == []


@pytest.mark.parametrize("status", [400, 404, 500, 503, 302])
def test_an_app_that_does_not_accept_is_asked_again_later_and_later(alice: AtAnApp, status: int) -> None:
    alice.world.clock.stand()
    with hearing(status=status) as hearer:
        only(alice, app_at(hearer))
        sign_out(alice)
        tries = []
        for wait_s in (0, 5, 15, 60, 300, 900, 3600, 3600):
            alice.world.clock.forward(wait_s - 2)
            tell(alice)
            tries.append(len(hearer.heard))
            alice.world.clock.forward(2)
            tell(alice)
        assert tries == [0, 1, 2, 3, 4, 5, 6, 7]
        assert len(set(hearer.heard)) == len(hearer.heard) == 8, "each try is signed anew"
        hearer.status = 204
        alice.world.clock.forward(3601)
        assert tell(alice) == 1
        assert backlog(alice) == (0, 0)


def test_an_app_that_is_away_for_a_day_is_given_up_and_operations_are_told(alice: AtAnApp) -> None:
    with hearing(status=500) as hearer:
        only(alice, app_at(hearer))
        sign_out(alice)
        tell(alice)
        assert alice.world.bridge.operations.numbers()["app_logouts_waiting"] == 1
        alice.world.clock.forward(86_401)
        tell(alice)
        assert backlog(alice) == (0, 1)
        assert alice.world.bridge.operations.numbers()["app_logouts_given_up"] == 1


def test_an_app_that_cannot_be_reached_is_asked_once_for_all_that_waits(alice: AtAnApp) -> None:
    with hearing() as hearer:
        app = app_at(hearer)
    only(alice, app)
    sign_out(alice)
    for _ in range(2):
        assert alice.world.sign_in(alice.browser, alice.idp).status_code == 303
        alice.authorize(app)
        sign_out(alice)
    assert backlog(alice) == (3, 0)
    tell(alice)
    assert alice.queued() == set(), "the others rest with it"


def test_an_app_that_was_disabled_meanwhile_hears_nothing(alice: AtAnApp) -> None:
    with hearing() as hearer:
        only(alice, app_at(hearer))
        sign_out(alice)
        with alice.world.bridge.database.write() as work:
            work.clients.save(replace(app_at(hearer), status=Status.DISABLED))
        tell(alice)
        assert hearer.heard == []
        assert backlog(alice) == (0, 0)


def test_an_address_that_the_bridge_never_connects_to_is_refused(alice: AtAnApp) -> None:
    """No setting of an app makes the bridge post into its operator's network (CVE-2026-4874's class)."""
    only(alice, replace(DESK, client_id=ClientId("inside"), backchannel_logout_uri="http://169.254.169.254/logout"))
    sign_out(alice)
    assert tell(alice) == 0
    with alice.world.bridge.database.write() as work:
        now = alice.world.clock.now() + 10
        logout = work.app_logouts.claim(ClientId("inside"), now=now, until=now)
    assert logout is not None
    assert (logout.error or "").startswith("address_refused")


def test_two_workers_tell_each_app_once(alice: AtAnApp) -> None:
    with hearing() as hearer:
        only(alice, *(app_at(hearer, f"app-{number}") for number in range(6)))
        sign_out(alice)
        services = [alice.world.bridge.oauth2.app_logouts for _ in range(2)]
        told = all_at_once(lambda number: services[number % 2].tell_due())
        assert sum(told) == 6
        assert len(hearer.heard) == 6
