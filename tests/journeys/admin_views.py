"""The pages of a tenant's admins, and those of the console about security, staff and audit."""

import re
from collections.abc import Callable
from dataclasses import replace

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import PlannedSwitch, SwitchRequest
from app.domain.tenants.security_settings import TenantSecuritySettings
from app.domain.tenants.tenant import Status
from tests.journeys.steps import password_login
from tests.journeys.support_views import as_staff
from tests.journeys.views import LONG, Visit

SECURITY = "/support/tenants/acme/security"
NETWORKS = ("203.0.113.0/24", "2001:db8:1234:5678:9abc:def0:1234:5678/128")


def as_admin(visit: Visit, path: str) -> None:
    """Signed in as ada, on that page."""
    visit.site.world.account(visit.acme, "ada", password="demo-ada", roles=[Role.TENANT_ADMIN])
    password_login(visit.site, visit.page, "ada", "demo-ada")
    visit.page.wait_for_url(re.compile("/account"))
    visit.go(path)


def changed(visit: Visit, times: int) -> None:
    """So many entries in acme's audit."""
    service = visit.site.world.bridge.tenant_security
    present = TenantSecuritySettings.of_tenant(visit.acme)
    for number in range(times):
        wanted = replace(present, session_idle_minutes=30 + number, allowed_networks=() if number % 2 else NETWORKS)
        _, present = service.change(
            "acme",
            wanted,
            version=present.version,
            by=Actor(
                "staff/" + "o" * 60,
                "2001:db8:1234:5678:9abc:def0:1234:5678",
                "A new office, and what belongs to it: https://tickets.example/" + "9" * 80,
            ),
        )


def account_of_an_admin(visit: Visit) -> None:
    as_admin(visit, "/account")


def sign_on(visit: Visit) -> None:
    visit.site.world.account(visit.acme, "bob", email="bob@elsewhere.example")
    visit.site.world.account(visit.acme, "carol")
    visit.site.world.connection(visit.acme, visit.idp, name=LONG)
    as_admin(visit, "/admin/")


def sign_on_asked_and_planned(visit: Visit) -> None:
    now = visit.site.world.clock.now()
    visit.change(
        name=LONG,
        observing_since=now,
        requested=SwitchRequest(at=now, actor="acme/ada", note="On a Monday, please. " + "x" * 120),
        planned=PlannedSwitch(LoginPolicy.SSO_ONLY, at=now + 3600, actor="staff/sam", address="", reason="ticket 4711"),
    )
    as_admin(visit, "/admin/")


def readiness_for_admins(visit: Visit) -> None:
    visit.site.world.account(visit.acme, "bob", email="bob@elsewhere.example")
    visit.site.world.account(visit.acme, "carol")
    as_admin(visit, "/admin/readiness?group=no_email")


def trial_for_admins(visit: Visit) -> None:
    as_admin(visit, "/admin/trial")


def switch_for_admins(visit: Visit) -> None:
    as_admin(visit, "/admin/switch")


def switch_asked_for(visit: Visit) -> None:
    sign_on_asked_and_planned(visit)
    visit.go("/admin/switch?asked")


def sign_on_without_a_provider(visit: Visit) -> None:
    globex = visit.site.world.tenant("globex", policy=LoginPolicy.PASSWORD)
    visit.site.world.account(globex, "gina", password="demo-gina", roles=[Role.TENANT_ADMIN])
    visit.go("/t/globex/login?next=/admin/")
    visit.page.get_by_label("Username").fill("gina")
    visit.page.get_by_label("Password").fill("demo-gina")
    visit.page.get_by_role("button", name="Sign in").click()
    visit.page.wait_for_url("**/admin/")


def activity(visit: Visit) -> None:
    changed(visit, 16)  # the last of them lets people in again
    as_admin(visit, "/admin/activity/changes?action=tenant.changed")


def activity_of_nothing(visit: Visit) -> None:
    as_admin(visit, "/admin/activity/changes")


def not_for_agents(visit: Visit) -> None:
    password_login(visit.site, visit.page, "alice", "demo-alice")
    visit.page.wait_for_url("**/account")
    visit.go("/admin/")


def security(visit: Visit) -> None:
    changed(visit, 1)
    as_staff(visit, f"{SECURITY}?saved")


def security_form(visit: Visit) -> None:
    changed(visit, 1)
    as_staff(visit, f"{SECURITY}/edit")


def security_form_with_mistakes(visit: Visit) -> None:
    as_staff(visit, f"{SECURITY}/edit")
    page = visit.page
    page.get_by_label("Allowed networks").fill("203.0.113.7/24\noffice\n" + "x" * 200)
    page.get_by_label("Total limit in minutes").fill("3")
    page.get_by_label("Maximum failed attempts").fill("0")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nothing was saved.").wait_for()


def staff(visit: Visit) -> None:
    as_staff(visit, "/support/staff")
    tenant = replace(visit.acme, id=visit.site.world.bridge.tenant_directory.one("staff").id)
    visit.site.world.account(tenant, "s" * 60, email="s" * 50 + "@vendor.example", roles=[Role.SUPPORT, Role.OPERATOR])
    visit.site.world.account(tenant, "left", status=Status.DISABLED, roles=[Role.SUPPORT])
    visit.go("/support/staff")


def staff_member(visit: Visit) -> None:
    staff(visit)
    visit.page.get_by_role("link", name="S" + "s" * 59).click()
    visit.page.get_by_role("button", name="Save roles").wait_for()


def staff_member_who_is_oneself(visit: Visit) -> None:
    as_staff(visit, "/support/staff")
    visit.page.get_by_role("link", name="Olga", exact=True).last.click()
    visit.page.get_by_label("Operator").uncheck()
    visit.page.get_by_label("Support").check()
    visit.page.get_by_role("button", name="Save roles").click()
    visit.page.get_by_text("You cannot remove your own operator role").wait_for()


def staff_form_with_mistakes(visit: Visit) -> None:
    as_staff(visit, "/support/staff/new")
    page = visit.page
    page.get_by_label("Work email").fill("tina")
    page.get_by_label("Support").uncheck()
    page.get_by_role("button", name="Add and invite").click()
    page.get_by_text("No one was added.").wait_for()


def audit_of_a_tenant(visit: Visit) -> None:
    changed(visit, 3)
    as_staff(visit, "/support/tenants/acme/activity/changes")


def audit_of_the_bridge(visit: Visit) -> None:
    as_staff(visit, "/support/audit?action=held.accepted")


ADMIN_VIEWS: tuple[Callable[[Visit], None], ...] = (
    account_of_an_admin, sign_on, sign_on_asked_and_planned, readiness_for_admins, trial_for_admins,
    switch_for_admins, switch_asked_for, sign_on_without_a_provider, activity, activity_of_nothing,
    not_for_agents, security, security_form, security_form_with_mistakes, staff, staff_member,
    staff_member_who_is_oneself, staff_form_with_mistakes, audit_of_a_tenant, audit_of_the_bridge,
)  # fmt: skip
