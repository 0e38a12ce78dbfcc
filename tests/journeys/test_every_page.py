"""No page is forgotten: the consoles are walked by their routes, and every other page names the visit to it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page
from werkzeug.routing import Rule

from tests.fake_idp import FakeProvider
from tests.journeys import (
    activity_views,
    admin_views,
    app_views,
    connected_views,
    desk_views,
    domain_views,
    password_views,
    people_views,
    proof_views,
    second_factor_views,
    setup_views,
    sso_views,
    views,
)
from tests.journeys.admin_views import as_admin
from tests.journeys.support_views import as_staff, crowded
from tests.journeys.test_pages import EVERY_VIEW, faults
from tests.journeys.views import Visit
from tests.services.site import Site

CONSOLES = ("/support/", "/admin/")
BOTH: dict[str, Callable[[Visit], None]] = {
    "/activity/<reference>": activity_views.login_explained,
    "/apps/<client_id>": app_views.app,
    "/apps/<client_id>/edit": app_views.credential_with_a_mistake,
    "/apps/<client_id>/<act>": app_views.app_to_be_disabled,
    "/apps/<client_id>/secret": app_views.secret_to_add,
    "/apps/<client_id>/retire": app_views.secret_to_retire,
    "/domains/<domain>/remove": domain_views.domain_to_remove,
    "/people/<account_id>": desk_views.account_with_a_session,
    "/people/<account_id>/<act>": desk_views.account_to_be_disabled,
    "/people/<account_id>/apps/<client_id>/disconnect": connected_views.app_to_disconnect,
    "/people/<account_id>/edit": desk_views.account_to_be_edited,
    "/people/<account_id>/identities/<identity_id>/unlink": desk_views.account_to_be_disabled,  # the same template
    "/people/import/<import_id>": people_views.import_to_confirm,
    "/people/held/<held_id>": desk_views.held_decision,
    "/sessions/<session_id>/end": desk_views.account_without_a_reason,
    "/activity/sessions/<session_id>/end": desk_views.account_without_a_reason,
    "/sso/<connection_id>": sso_views.sso_connection,
    "/sso/<connection_id>/guide": sso_views.sso_guide,
    "/sso/<connection_id>/<step>": sso_views.sso_client,
    "/sso/<connection_id>/advanced": sso_views.sso_advanced,
    "/sso/<connection_id>/test": sso_views.sso_test,
    "/sso/<connection_id>/activate": sso_views.sso_activate,
    "/sso/<connection_id>/undo": sso_views.sso_undo,
    "/sso/<connection_id>/status": sso_views.sso_disable,
}
"""Of pages that stand in both consoles."""
WITHOUT_A_VISIT = {
    *(f"/sso/<connection_id>/keys{page}" for page in ("", "/new", "/retire", "/withdraw")),
    "/sso/<connection_id>/next-secret",
    "/setup-links/<link_id>/revoke",
    "/setup-links/proposals/<connection_id>/refuse",
}
"""Of both consoles as well: they ask before something is done, in the one template for that."""
VISITED: dict[str, Callable[[Visit], None]] = {
    # The vendor's own: the same templates as a tenant's.
    **{f"/support{page}": view for page, view in BOTH.items() if page.startswith("/apps/")},
    "/": views.finder,
    "/account": views.account_by_sso,
    "/account/apps": connected_views.connected_apps,
    "/account/sessions": connected_views.own_sessions,
    "/account/check": proof_views.tested,
    "/account/confirm": proof_views.confirm_by_password,
    "/account/password": password_views.change,
    "/account/second-factor": second_factor_views.own_factor,
    "/account/try-sso": proof_views.offered,
    "/accounts/choose": views.chooser,
    "/callback/<connection_id>": views.forged_callback,
    "/dev/mail": password_views.mail_to_the_person,
    "/device": connected_views.device_to_let_in,
    "/logged-out": views.signed_out,
    "/support/held/<held_id>": desk_views.held_decision,
    "/support/staff/<account_id>": admin_views.staff_member,
    "/t/<tenant>/login": views.login_with_both,
    "/t/<tenant>/password/forgot": password_views.forgotten,
    "/t/<tenant>/password/new": password_views.reset_link,
}
"""Whoever adds a page that needs more than a tenant's slug adds a visit, and a line here."""
BY_LINK: dict[str, Callable[[Visit], None]] = {
    "/setup/<token>": setup_views.link,
    "/setup/<token>/code": setup_views.code_to_enter,
    "/setup/sso": setup_views.set_up_begun,
    "/setup/sso/new": setup_views.opened,
    "/setup/sso/<connection_id>/guide": setup_views.set_up_guide,
    "/setup/sso/<connection_id>/<step>": setup_views.set_up_address,
    "/setup/sso/<connection_id>/advanced": setup_views.set_up_advanced,
    "/setup/sso/<connection_id>/keys": setup_views.set_up_keys,
    "/setup/sso/<connection_id>/test": setup_views.set_up_test,
    "/setup/sso/<connection_id>/activate": setup_views.set_up_to_propose,
}
"""For whoever has opened a set-up link."""
_CONFIRMED = ("next-secret", *(f"keys/{act}" for act in ("new", "retire", "withdraw")))
NEVER_BY_LINK = {f"/setup/sso/<connection_id>/{page}" for page in (*_CONFIRMED, "undo", "status")}
"""They ask for a fresh authentication, which nobody can give there: not found."""
NO_PAGES = {
    "/t/<tenant>/logo/<version>",
    "/support/tenants/<slug>/accounts/<account_id>",
    "/frontchannel-logout/<connection_id>", "/healthz", "/metrics", "/readyz",
    "/static/<path:filename>", "/t/<slug>/jwks/<path:name>", "/t/<tenant>/login/code", "/t/<tenant>/oauth/login",
}  # fmt: skip
"""For machines, or redirects."""
FOR_APPS = ("/.well-known/", "/oauth2/")
"""The bridge as provider: for programs, and the way of a person who is sent on."""


def routes(site: Site) -> Iterator[Rule]:
    for rule in site.world.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            yield rule


def of_a_console(rule: Rule) -> bool:
    """Whose address is complete with the tenant's slug."""
    return rule.rule.startswith(CONSOLES) and rule.arguments <= {"slug"}


def test_every_page_is_walked(site: Site) -> None:
    others = {rule.rule for rule in routes(site) if not of_a_console(rule) and not rule.rule.startswith(FOR_APPS)}
    of_both = {
        f"{console}{rule}"
        for rule in BOTH.keys() | WITHOUT_A_VISIT
        for console in ("/admin", "/support/tenants/<slug>")
    }
    assert others == of_both | BY_LINK.keys() | NEVER_BY_LINK | VISITED.keys() | NO_PAGES
    assert {*VISITED.values(), *BOTH.values(), *BY_LINK.values()} <= set(EVERY_VIEW)


@pytest.fixture
def visit(site: Site, idp: FakeProvider, page: Page) -> Visit:
    acme = site.world.tenant("acme", name="Acme Support", email_domains=("acme.example",))
    site.world.account(acme, "alice", email="alice@acme.example", password="demo-alice")
    site.world.connection(acme, idp)
    return Visit(site=site, page=page, idp=idp, acme=acme)


def walk(visit: Visit, console: str) -> Iterator[tuple[str, str]]:
    """Each page, and what is wrong on it."""
    for rule in routes(visit.site):
        if not (rule.rule.startswith(console) and of_a_console(rule)):
            continue
        path = re.sub(r"<[^>]*>", "acme", rule.rule)
        if "html" not in visit.page.request.get(visit.site.url(path)).headers["content-type"]:
            continue  # an export
        visit.go(path)
        yield path, "\n".join(faults(visit.page))


def test_every_page_of_a_tenants_admins(visit: Visit) -> None:
    as_admin(visit, "/admin/")
    found = dict(walk(visit, "/admin/"))
    assert [wrong for wrong in found.items() if wrong[1]] == []
    assert "/admin/activity" in found


def test_every_page_of_the_support_console(visit: Visit) -> None:
    crowded(visit)
    as_staff(visit, "/support/")
    found = dict(walk(visit, "/support/"))
    assert [wrong for wrong in found.items() if wrong[1]] == []
    assert "/support/tenants/acme/readiness" in found
