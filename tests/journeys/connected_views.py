"""What people have connected, and where they are signed in."""

from collections.abc import Callable
from dataclasses import replace

from app.domain.oauth2.authorization import AuthorizationId, new_authorization
from app.domain.oauth2.client import Client, GrantType
from app.domain.oauth2.client_type import ClientType
from app.domain.oauth2.consent import Consent
from app.domain.sessions.session import SessionId, SignedIn
from tests.journeys.admin_views import as_admin
from tests.journeys.app_views import DESK, made
from tests.journeys.steps import password_login
from tests.journeys.views import LONG, Visit


def alice_signs_in(visit: Visit) -> SignedIn:
    """With a password; her session."""
    password_login(visit.site, visit.page, "alice", "demo-alice")
    visit.page.wait_for_url("**/account")
    bridge = visit.site.world.bridge
    with bridge.database.read() as work:
        (session,) = work.sessions.of_tenant(visit.acme.id, now=bridge.clock.now(), most=9)
    return session


def connect(visit: Visit, signed_in: SignedIn, name: str, *, live: bool = True) -> Client:
    client = made(visit, ClientType.WEB, replace(DESK, name=name), owner=visit.acme.id)
    now = visit.site.world.clock.now()
    authorization = new_authorization(signed_in, client, client.scopes, now, AuthorizationId(f"of {name}"))
    consent = Consent(visit.acme.id, signed_in.account.id, client.client_id, client.scopes, now)
    with visit.site.world.bridge.database.write() as work:
        work.consents.save(consent)
        if live:
            work.authorizations.add(authorization)
    return client


def connected_apps(visit: Visit) -> None:
    alice = alice_signs_in(visit)
    connect(visit, alice, "Agent Desk")
    connect(visit, alice, LONG, live=False)
    visit.go("/account/apps")


def connected_apps_none(visit: Visit) -> None:
    alice_signs_in(visit)
    visit.go("/account/apps")


def own_sessions(visit: Visit) -> None:
    alice = alice_signs_in(visit)
    with visit.site.world.bridge.database.write() as work:
        for number, device in enumerate(("Firefox, Windows", "")):
            work.sessions.add(replace(alice.session, id=SessionId(f"another {number}"), device=device))
    visit.go("/account/sessions")


def app_to_disconnect(visit: Visit) -> None:
    alice = alice_signs_in(visit)
    client = connect(visit, alice, "Agent Desk")
    visit.page.context.clear_cookies()
    as_admin(visit, f"/admin/people/{alice.account.id}/apps/{client.client_id}/disconnect")


def person_with_apps(visit: Visit) -> None:
    alice = alice_signs_in(visit)
    connect(visit, alice, "Agent Desk")
    visit.page.context.clear_cookies()
    as_admin(visit, f"/admin/people/{alice.account.id}")


def device_code_to_enter(visit: Visit) -> None:
    visit.go("/device?user_code=not-a-code")


def device_to_let_in(visit: Visit) -> None:
    alice_signs_in(visit)
    grants = (GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE)
    phone = made(
        visit, ClientType.DEVICE, replace(DESK, name=LONG, redirect_uris=(), grants=grants), owner=visit.acme.id
    )
    begun = visit.site.world.bridge.oauth2.device_sign_in.begin(phone, scope="openid email", client_ip="2001:db8::1")
    visit.go(f"/device?user_code={begun.user_code}")


CONNECTED_VIEWS: tuple[Callable[[Visit], None], ...] = (
    connected_apps, connected_apps_none, own_sessions, app_to_disconnect, person_with_apps,
    device_code_to_enter, device_to_let_in,
)  # fmt: skip
