"""The apps that people have connected, at `/account/apps` and on the page of their account (ASVS 5.0, 10.4.9)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain.accounts.account import Account
from app.domain.oauth2.authorization import Authorization, AuthorizationId, new_authorization
from app.domain.oauth2.client import Client
from app.domain.oauth2.consent import Consent
from tests.builders import World, hidden_fields
from tests.integration.oauth2.app_desk import AppDesk
from tests.integration.support.counter import Browser

HERE = "/account/apps"


@pytest.fixture
def desk(world: World) -> AppDesk:
    desk = AppDesk(world)
    desk.app(desk.ada(), name="Agent Desk", scopes=["openid", "users:read"])
    return desk


@pytest.fixture
def alice(desk: AppDesk) -> Browser:
    return desk.counter.browser("alice", tenant="acme")


def account(desk: AppDesk, username: str = "alice") -> Account:
    with desk.world.bridge.database.read() as work:
        found = work.accounts.by_username(desk.acme.id, username)
    assert found is not None
    return found


def connected(desk: AppDesk, client: Client, scopes: Sequence[str] = ("openid", "users:read")) -> Authorization:
    """By alice, who is signed in."""
    now = desk.world.clock.now()
    with desk.world.bridge.database.write() as work:
        (signed_in,) = work.sessions.of_account(desk.acme.id, account(desk).id, now=now)
        made = new_authorization(signed_in, client, tuple(scopes), now, AuthorizationId(f"{client.client_id}{scopes}"))
        work.authorizations.add(made)
        work.consents.save(Consent(desk.acme.id, account(desk).id, client.client_id, tuple(scopes), now))
    return made


def live(desk: AppDesk, authorization: Authorization) -> bool:
    with desk.world.bridge.database.read() as work:
        return work.authorizations.live(authorization.id, now=desk.world.clock.now()) is not None


def disconnect(browser: Browser, client_id: str) -> int:
    token = hidden_fields(browser.get("/account"))["csrf_token"]
    return browser.client.post(HERE, data={"csrf_token": token, "client_id": client_id}).status_code


def test_what_an_app_may_do_is_said_in_the_words_of_the_catalogue(desk: AppDesk, alice: Browser) -> None:
    connected(desk, desk.client())
    page = alice.read(HERE)
    assert "Agent Desk Signed in" in page
    assert "See who works here, and their status" in page


def test_disconnecting_ends_authorizations_and_consent_at_once(desk: AppDesk, alice: Browser) -> None:
    client = desk.client()
    both = [connected(desk, client), connected(desk, client, ["openid", "offline_access"])]
    assert disconnect(alice, client.client_id) == 303
    assert [live(desk, one) for one in both] == [False, False]
    with desk.world.bridge.database.read() as work:
        assert work.consents.of_account(desk.acme.id, account(desk).id) == []
    assert "None yet." in alice.read(HERE)
    (entry,) = (entry for entry in desk.counter.audit() if entry.action == "account.app_disconnected")
    assert (entry.actor, entry.subject, entry.after) == ("acme/alice", "acme/alice", {"authorizations_ended": 2})


def test_a_web_app_is_told_that_it_has_been_disconnected(desk: AppDesk, alice: Browser) -> None:
    with desk.world.bridge.database.write() as work:
        work.clients.save(replace(desk.client(), backchannel_logout_uri="http://127.0.0.1:9/logout"))
    authorization = connected(desk, desk.client())
    assert disconnect(alice, desk.client().client_id) == 303
    now = desk.world.clock.now()
    with desk.world.bridge.database.write() as work:
        logout = work.app_logouts.claim(desk.client().client_id, now=now, until=now + 60)
    assert logout is not None
    assert (logout.reference, logout.account_id) == (authorization.reference, authorization.account_id)


def test_a_consent_alone_is_listed_and_can_be_withdrawn(desk: AppDesk, alice: Browser) -> None:
    client, now = desk.client(), desk.world.clock.now()
    with desk.world.bridge.database.write() as work:
        work.consents.save(Consent(desk.acme.id, account(desk).id, client.client_id, ("openid",), now))
    assert "Agent Desk" in alice.read(HERE)
    assert disconnect(alice, client.client_id) == 303
    assert disconnect(alice, client.client_id) == 404


def test_nobody_disconnects_for_somebody_else_and_another_site_not_at_all(desk: AppDesk, alice: Browser) -> None:
    authorization = connected(desk, desk.client())
    ada = desk.ada()
    assert disconnect(ada, desk.client().client_id) == disconnect(ada, "nothing") == 404
    assert alice.client.post(HERE, data={"client_id": desk.client().client_id}).status_code == 400
    assert live(desk, authorization)


@pytest.mark.parametrize(
    ("username", "tenant", "people"),
    [("ada", "acme", "/admin/people"), ("sam", "staff", "/support/tenants/acme/people")],
)
@pytest.mark.usefixtures("alice")
def test_staff_and_admins_see_the_apps_of_a_person_and_disconnect_one(
    desk: AppDesk, username: str, tenant: str, people: str
) -> None:
    authorization, browser = connected(desk, desk.client()), desk.counter.browser(username, tenant=tenant)
    here = f"{people}/{account(desk).id}"
    assert "Disconnect" in browser.read(here)
    done = browser.fill(f"{here}/apps/{desk.client().client_id}/disconnect", {"reason": "They asked us to"})
    assert done.headers["Location"] == f"{here}?done=disconnected"
    assert not live(desk, authorization)
    assert "The app is disconnected." in browser.read(done.headers["Location"])
    assert browser.get(f"{here}/apps/{desk.client().client_id}/disconnect").status_code == 404
