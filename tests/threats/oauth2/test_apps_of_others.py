"""Apps and credentials: whose they are, what may be given away, and a secret that is seen once (ASVS 5.0, V10.4)."""

import re

import pytest

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.oauth2.authorization import Authorization, AuthorizationId
from app.domain.oauth2.client import ClientId
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status, Tenant
from app.services.apply.spec import ClientSpec, Spec
from app.services.oauth2.client_authentication import secret_hash
from tests.builders import World, hidden_fields
from tests.integration.oauth2.app_desk import ADMIN, SUPPORT, VENDOR, AppDesk, secret_in
from tests.integration.support.counter import PASSWORD, Browser, words

PAGES = ("", "/edit", "/secret", "/retire?secret=first", "/disable", "/revoke", "/enable")

BY = Actor("command line")


@pytest.fixture
def desk(world: World) -> AppDesk:
    return AppDesk(world)


@pytest.fixture
def globex(desk: AppDesk) -> Tenant:
    globex = desk.world.tenant("globex")
    desk.world.account(globex, "gina", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    return globex


def forms_of(browser: Browser, path: str, token: str) -> tuple[int, int]:
    fields = {"csrf_token": token, "name": "Mine", "scopes": "stats", "version": "x"}
    return browser.get(path).status_code, browser.client.post(path, data=fields).status_code


@pytest.mark.usefixtures("globex")
def test_another_tenants_credential_is_as_one_that_does_not_exist(desk: AppDesk) -> None:
    desk.credential(desk.ada())
    client = desk.client()
    gina = desk.counter.browser("gina", tenant="globex")
    token = hidden_fields(gina.get("/account"))["csrf_token"]
    for page in PAGES[1:]:
        mine, nothing = (forms_of(gina, f"{ADMIN}/{one}{page}", token) for one in (client.client_id, "nothing"))
        assert mine == nothing == (404, 404), page
    assert gina.get(f"{ADMIN}/{client.client_id}").status_code == 404
    assert client.name not in gina.read(ADMIN)
    assert desk.client() == client


def test_the_vendors_app_is_not_a_tenants_and_a_tenants_is_not_the_vendors(desk: AppDesk) -> None:
    olga = desk.counter.browser("olga")
    desk.app(olga, at=VENDOR)
    of_vendor = desk.client().client_id
    desk.credential(olga, at=SUPPORT)
    (of_acme,) = (client.client_id for client in desk.clients() if client.tenant_id)
    for path in (f"{SUPPORT}/{of_vendor}", f"{VENDOR}/{of_acme}", f"{VENDOR}/{of_acme}/revoke"):
        assert olga.get(path).status_code == 404
    assert desk.ada().get(f"{ADMIN}/{of_vendor}").status_code == 404


@pytest.mark.parametrize("scope", ["tenants:read", "tenants:write", "users:delete", "openid offline_access", ""])
def test_a_tenants_admin_gives_no_scope_that_reaches_beyond_the_tenant_or_does_not_exist(
    desk: AppDesk, scope: str
) -> None:
    answer = desk.credential(desk.ada(), scopes=["users:read", scope])
    assert "cannot be given here" in words(answer, status=400)
    assert desk.clients() == []


@pytest.mark.usefixtures("globex")
def test_a_tenants_admin_cannot_make_a_trusted_app_or_one_of_another_tenant(desk: AppDesk) -> None:
    ada = desk.ada()
    assert "for the vendor's own apps only" in words(desk.app(ada, trusted="yes"), status=400)
    globex = desk.world.bridge.tenant_directory.one("globex")
    desk.app(ada, tenant="globex", tenant_id=globex.id, client_id="agent-desk", secret_hash="0")
    client = desk.client()
    assert (client.tenant_id, client.trusted) == (desk.acme.id, False)
    assert client.client_id != ClientId("agent-desk")
    edit = f"{ADMIN}/{client.client_id}/edit"
    fields = {"name": "Desk", "redirect_uris": client.redirect_uris[0], "scopes": ["openid"], "trusted": "yes"}
    assert ada.fill(edit, fields).status_code == 400
    assert desk.client().trusted is False


def test_a_secret_is_shown_once_and_by_no_page_again(desk: AppDesk) -> None:
    ada, olga = desk.ada(), desk.counter.browser("olga")
    made = desk.credential(ada)
    secret, client_id = secret_in(made), desk.client().client_id
    assert made.headers["Cache-Control"] == "no-store"
    for browser, here in ((ada, ADMIN), (olga, SUPPORT)):
        for page in ("", f"/{client_id}", *(f"/{client_id}{page}" for page in PAGES), "/new/credential"):
            assert secret not in browser.get(f"{here}{page}").get_data(as_text=True)
    activity = ada.get("/admin/activity/changes").get_data(as_text=True)
    assert client_id in activity
    assert secret not in activity


def test_a_secret_is_in_no_table_and_no_log(
    desk: AppDesk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    ada = desk.ada()
    first = secret_in(desk.credential(ada))
    second = secret_in(ada.fill(f"{ADMIN}/{desk.client().client_id}/secret", {}))
    with desk.world.bridge.database.engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = [str(connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall()) for (name,) in tables]  # noqa: S608 - names of our own
    printed = capsys.readouterr()
    for secret in (first, second):
        assert re.fullmatch(r"[\w-]{43}", secret)
        assert not any(secret in text for text in (*rows, printed.out, printed.err, caplog.text))


def test_an_agent_finds_no_apps(desk: AppDesk) -> None:
    alice = desk.counter.browser("alice", tenant="acme")
    assert alice.get(ADMIN).status_code == 403
    assert ADMIN not in alice.get("/account").get_data(as_text=True)


def test_a_disabled_app_ends_what_people_have_authorized_and_enabling_it_revives_nothing(desk: AppDesk) -> None:
    ada, now = desk.ada(), desk.world.clock.now()
    desk.app(ada)
    client = desk.client()
    alice = desk.world.account(desk.acme, "bob")
    authorization = Authorization(
        id=AuthorizationId("an authorization"),
        tenant_id=desk.acme.id,
        account_id=alice.id,
        client_id=client.client_id,
        reference="7K3Q-9MWT-2X",
        method=Method.PASSWORD,
        password_epoch=desk.acme.password_epoch,
        auth_time=now,
        scopes=("openid", "offline_access"),
        created_at=now,
        expires_at=now + 3600,
    )
    with desk.world.bridge.database.write() as work:
        work.authorizations.add(authorization)
        assert work.authorizations.live(authorization.id, now=now) is not None
    for act in ("disable", "enable"):
        ada.fill(f"{ADMIN}/{client.client_id}/{act}", {})
        with desk.world.bridge.database.read() as work:
            assert work.authorizations.live(authorization.id, now=now) is None
    ended = [entry.after.get("authorizations_ended") for entry in desk.counter.audit() if "status" in entry.before]
    assert sorted(ended, key=str) == [1, None]


def test_a_revoked_credential_does_not_come_back_with_the_next_file(desk: AppDesk) -> None:
    """Its secret may have leaked, which is why it was revoked."""
    desk.credential(desk.ada())
    client, secret = desk.client(), "the secret that has leaked, 32 or more"
    spec = ClientSpec(
        path="clients[0]",
        client_id=client.client_id,
        name=client.name,
        client_secret=secret,
        tenant="acme",
        grants=client.grants,
        scopes=client.scopes,
    )
    apply = desk.world.bridge.applier.apply
    apply(Spec(clients=(spec,)), by=BY)
    assert desk.client().secret_hash == secret_hash(secret)
    desk.world.bridge.apps.revoke(desk.acme.id, client.client_id, by=BY)
    (line,) = apply(Spec(clients=(spec,)), by=BY).lines
    assert "revoked" in str(line)
    assert desk.client().revoked
    assert desk.client().status is Status.DISABLED
