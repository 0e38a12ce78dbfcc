"""Apps and API credentials in both consoles."""

from collections.abc import Callable

from app.domain.audit.audit import Actor
from app.domain.oauth2.client import Client, GrantType, Scope
from app.domain.oauth2.client_settings import ClientSettings
from app.domain.oauth2.client_type import ClientType
from app.domain.tenants.tenant import Status
from app.services.oauth2.apps import Owner
from tests.journeys.admin_views import as_admin
from tests.journeys.support_views import as_staff
from tests.journeys.views import LONG, Visit

BY = Actor("acme/ada")
URI = f"https://{'desk-of-acme.' * 6}example/callback"
DESK = ClientSettings(
    name="Agent Desk",
    redirect_uris=(URI, "http://localhost:8080/callback"),
    grants=(GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN),
    scopes=("openid", "email", "profile", "offline_access", "users:read"),
    backchannel_logout_uri="https://desk.acme.example/logout",
    post_logout_redirect_uris=("https://desk.acme.example/",),
)
EXPORT = ClientSettings(
    name=LONG, grants=(GrantType.CLIENT_CREDENTIALS,), scopes=("users:read", "interactions:write", "stats")
)


def made(visit: Visit, kind: ClientType, settings: ClientSettings, *, owner: Owner = None) -> Client:
    apps = visit.site.world.bridge.apps
    with visit.site.world.bridge.database.write() as work:
        for name in ("users:read", "interactions:write", "stats"):
            work.clients.save_scope(Scope(name, "See who works here, and their status"))
    return apps.create(owner, kind, settings, form=f"{kind}{owner}{settings.name}", by=BY).client


def several(visit: Visit) -> tuple[Client, Client]:
    """An app and a credential of acme's, with others beside them."""
    owner, apps = visit.acme.id, visit.site.world.bridge.apps
    desk, export = (
        made(visit, ClientType.WEB, DESK, owner=owner),
        made(visit, ClientType.CREDENTIAL, EXPORT, owner=owner),
    )
    phone = ClientSettings(name="Phone", grants=(GrantType.DEVICE_CODE,), scopes=("openid",))
    off = made(visit, ClientType.DEVICE, phone, owner=owner)
    apps.switch(owner, off.client_id, Status.DISABLED, by=BY)
    old = made(
        visit, ClientType.CREDENTIAL, ClientSettings(name="Old", grants=EXPORT.grants, scopes=("stats",)), owner=owner
    )
    apps.revoke(owner, old.client_id, by=BY)
    apps.add_secret(owner, export.client_id, version=export.version, by=BY)
    return desk, export


def apps(visit: Visit) -> None:
    several(visit)
    as_admin(visit, "/admin/apps")


def apps_none(visit: Visit) -> None:
    as_admin(visit, "/admin/apps")


def apps_of_the_vendor(visit: Visit) -> None:
    as_staff(visit, "/support/apps")


def app(visit: Visit) -> None:
    desk, _ = several(visit)
    as_admin(visit, f"/admin/apps/{desk.client_id}")


def app_to_be_disabled(visit: Visit) -> None:
    desk, _ = several(visit)
    as_admin(visit, f"/admin/apps/{desk.client_id}/disable")


def credential_of_a_tenant(visit: Visit) -> None:
    _, export = several(visit)
    as_staff(visit, f"/support/tenants/acme/apps/{export.client_id}")


def credential_with_a_mistake(visit: Visit) -> None:
    _, export = several(visit)
    as_admin(visit, f"/admin/apps/{export.client_id}/edit")
    for box in visit.page.get_by_role("checkbox").all():
        box.uncheck()
    visit.page.get_by_role("button", name="Save").click()
    visit.page.get_by_text("Must name at least one").wait_for()


def app_to_choose(visit: Visit) -> None:
    as_admin(visit, "/admin/apps/new")


def app_form(visit: Visit) -> None:
    several(visit)
    as_admin(visit, "/admin/apps/new/app?type=web")
    for fold in visit.page.locator("details.fold summary").all():
        fold.click()


def secret_shown_once(visit: Visit) -> None:
    several(visit)
    as_admin(visit, "/admin/apps/new/credential")
    visit.page.get_by_label("Name").fill("Nightly export")
    visit.page.get_by_label("users:read").check()
    visit.page.get_by_role("button", name="Create").click()
    visit.page.get_by_text("You won't see this secret again.").wait_for()


def secret_to_add(visit: Visit) -> None:
    desk, _ = several(visit)
    as_admin(visit, f"/admin/apps/{desk.client_id}/secret")


def secret_to_retire(visit: Visit) -> None:
    _, export = several(visit)
    as_admin(visit, f"/admin/apps/{export.client_id}/retire?secret=first")


APP_VIEWS: tuple[Callable[[Visit], None], ...] = (
    apps, apps_none, apps_of_the_vendor, app, app_to_be_disabled, credential_of_a_tenant, credential_with_a_mistake,
    app_to_choose, app_form, secret_shown_once, secret_to_add, secret_to_retire,
)  # fmt: skip
