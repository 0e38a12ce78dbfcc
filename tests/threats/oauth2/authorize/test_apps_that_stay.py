"""What outlives a session ends with whatever took its session away, and does not come back with it."""

import pytest

from app.domain.accounts.account import Account
from app.domain.audit.audit import Actor
from app.domain.oauth2.authorization import AuthorizationId
from app.domain.oauth2.client import GrantType
from app.domain.reasons import ReasonCode
from app.domain.sessions.session import SignedIn, session_id
from app.domain.tenants.tenant import Status
from app.domain.traces.trace import LoginStopped
from app.services.apply.spec import ConnectionSpec, Spec, TenantSpec
from tests.builders import World
from tests.oauth2_app import OAuth2App
from tests.threats.acme import ALICE, LOGIN, Acme

BY = Actor("sam", reason="looked")
OFFLINE = "openid offline_access"


def signed_in(acme: Acme) -> SignedIn:
    """By the provider."""
    acme.sign_in()
    cookie = acme.browser.get_cookie("sso_session")
    assert cookie is not None
    with acme.world.bridge.database.read() as work:
        found = work.sessions.live(session_id(cookie.value), now=acme.world.clock.now())
    assert found is not None
    return found


def authorized(acme: Acme, app: OAuth2App) -> AuthorizationId:
    """Alice is signed in to the app by the provider, for as long as it wants."""
    signed_in(acme)
    return app.code(app.ask(acme.browser, scope=OFFLINE)).authorization_id


def live(world: World, authorization_id: AuthorizationId) -> bool:
    with world.bridge.database.read() as work:
        return work.authorizations.live(authorization_id, now=world.clock.now()) is not None


def test_a_connection_that_was_disabled_and_enabled_again(acme: Acme, app: OAuth2App) -> None:
    authorization_id = authorized(acme, app)
    for status in (Status.DISABLED, Status.ACTIVE):
        connection = ConnectionSpec("connections[0]", "main", acme.main.provider, status=status)
        tenant = TenantSpec("tenants[0]", "acme", acme.tenant.name, connections=(connection,))
        acme.world.bridge.applier.apply(Spec(tenants=(tenant,)), by=BY)
        assert not live(acme.world, authorization_id)


def test_an_account_that_was_handed_over_to_another_subject(acme: Acme, app: OAuth2App) -> None:
    authorization_id = authorized(acme, app)
    acme.idp.sessions.clear()
    acme.idp.person("alice-made-anew", email=ALICE, preferred_username="alice")
    acme.world.sign_in(acme.world.client(), acme.idp, path=LOGIN)
    (held,) = acme.world.bridge.held.waiting("acme")[1]
    acme.world.bridge.held.accept(held.id, by=BY)
    assert not live(acme.world, authorization_id)


def test_an_app_that_was_given_to_another_tenant(acme: Acme, app: OAuth2App) -> None:
    authorization_id = authorized(acme, app)
    assert live(acme.world, authorization_id)
    app.save(tenant_id=acme.world.tenant("globex").id)
    assert not live(acme.world, authorization_id)
    app.save(tenant_id=acme.tenant.id)
    assert live(acme.world, authorization_id)


@pytest.mark.parametrize("what", ["end_of_account", "end_of_tenant"])
def test_a_code_that_is_asked_for_while_everything_ends(acme: Acme, app: OAuth2App, what: str) -> None:
    """Whoever has a stolen session asks without a pause, so that one request is always on its way."""
    found = signed_in(acme)
    pending, client, _ = acme.world.bridge.oauth2.authorization_requests.receive(
        {name: [value] for name, value in app.parameters(scope=OFFLINE).items()}
    )
    end_everything(acme, found.account, what)
    with pytest.raises(LoginStopped) as stopped:
        acme.world.bridge.oauth2.authorize.proceed(pending, client, found, client_ip="192.0.2.1")
    assert stopped.value.trace.reason is ReasonCode.SESSION_CHANGED
    assert acme.rows()["authorizations"] == 0


def test_a_device_that_is_let_in_while_everything_ends(acme: Acme, app: OAuth2App) -> None:
    found, devices = signed_in(acme), acme.world.bridge.oauth2.device_sign_in
    app.save(grants=(GrantType.DEVICE_CODE,))
    begun = devices.begin(app.client, scope=OFFLINE, client_ip="192.0.2.1")
    end_everything(acme, found.account, "end_of_account")
    with pytest.raises(LoginStopped):
        devices.approve(begun.user_code, found, client_ip="192.0.2.1")
    assert acme.rows()["authorizations"] == 0


def end_everything(acme: Acme, account: Account, what: str) -> None:
    admin = acme.world.bridge.account_admin
    if what == "end_of_account":
        admin.end_of_account("acme", account.id, by=BY)
    else:
        admin.end_of_tenant("acme", by=BY)
