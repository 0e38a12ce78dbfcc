"""The support console's pages about tenants, as an operator meets them."""

from collections.abc import Callable

from app.domain.accounts.account import Role
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.planned_switch import PlannedSwitch, SwitchRequest
from tests.journeys.steps import fill_in_password
from tests.journeys.views import LONG, Visit

READINESS = "/support/tenants/acme/readiness"
TRIAL = "/support/tenants/acme/trial"
SWITCH = "/support/tenants/acme/switch"
STAFF_PASSWORD = "what staff type"


def as_staff(visit: Visit, path: str, *, role: Role = Role.OPERATOR) -> None:
    """Signed in, on that page."""
    staff = visit.site.world.tenant("staff", name="Vendor")
    visit.site.world.account(staff, "olga", password=STAFF_PASSWORD, roles=[role])
    visit.go("/t/staff/login?next=/support/")
    fill_in_password(visit.page, "olga", STAFF_PASSWORD)
    visit.page.wait_for_url("**/support/")
    visit.go(path)


def crowded(visit: Visit) -> None:
    """Acme with people in every group, a request and a plan; and another tenant with a long name."""
    world, now = visit.site.world, visit.site.world.clock.now()
    visit.site.world.tenant("umbrella", name=LONG, policy=LoginPolicy.SSO_ONLY, observing_since=now)
    visit.change(
        name=LONG,
        observing_since=now,
        requested=SwitchRequest(at=now, actor="acme/ada", note="Please, on Monday."),
        planned=PlannedSwitch(LoginPolicy.SSO_ONLY, at=now + 3600, actor="staff/sam", address="", reason="ticket 4711"),
    )
    for name, email in (("ada", "ada@acme.example"), ("a" * 60, None), ("bob", "bob@elsewhere.example")):
        account = world.account(visit.acme, name, email=email, roles=[Role.TENANT_ADMIN])
        with world.bridge.database.write() as work:
            work.accounts.signed_in(visit.acme.id, account.id, at=now, method=Method.PASSWORD)


def tenants(visit: Visit) -> None:
    crowded(visit)
    as_staff(visit, "/support/")


def tenants_not_found(visit: Visit) -> None:
    as_staff(visit, "/support/?q=nobody")


def tenant(visit: Visit) -> None:
    crowded(visit)
    for _ in range(3):
        visit.go("/t/acme/login")
        fill_in_password(visit.page, "alice", "not hers")
    as_staff(visit, "/support/tenants/acme")


def tenant_just_made(visit: Visit) -> None:
    visit.site.world.tenant("globex")
    as_staff(visit, "/support/tenants/globex?created=without_mail")


def readiness(visit: Visit) -> None:
    crowded(visit)
    as_staff(visit, f"{READINESS}?group=no_email")


def readiness_of_nobody(visit: Visit) -> None:
    visit.site.world.tenant("globex")
    as_staff(visit, "/support/tenants/globex/readiness")


def trial(visit: Visit) -> None:
    crowded(visit)
    as_staff(visit, TRIAL)


def trial_with_mistakes(visit: Visit) -> None:
    as_staff(visit, TRIAL)
    visit.page.get_by_label("Reason").fill("x")
    visit.page.evaluate("document.querySelector('main form').noValidate = true")
    visit.page.get_by_label("Reason").fill("")
    visit.page.get_by_role("button", name="Start observing").click()


def switch(visit: Visit) -> None:
    crowded(visit)
    as_staff(visit, SWITCH)


def switch_left_alone(visit: Visit) -> None:
    crowded(visit)
    as_staff(visit, SWITCH)
    visit.site.world.clock.forward(3600)
    visit.go(SWITCH)


def switch_with_mistakes(visit: Visit) -> None:
    as_staff(visit, SWITCH)
    page = visit.page
    page.get_by_label("At the time below").check()
    page.get_by_label("Date and time").fill("2020-01-01T10:00")
    page.get_by_label("SSO only", exact=True).check()
    page.locator("#switch").get_by_label("Reason").fill("ticket 4711")
    page.get_by_role("button", name="Review switch").click()


def switch_check(visit: Visit) -> None:
    crowded(visit)
    as_staff(visit, SWITCH)
    page = visit.page
    page.get_by_label("SSO only", exact=True).check()
    page.locator("#switch").get_by_label("Reason").fill("ticket 4711")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Review switch").click()


def switched(visit: Visit) -> None:
    switch_check(visit)
    visit.page.get_by_role("button", name="now").click()


def new_tenant(visit: Visit) -> None:
    as_staff(visit, "/support/tenants/new")


def new_tenant_with_mistakes(visit: Visit) -> None:
    as_staff(visit, "/support/tenants/new")
    visit.page.get_by_label("Name", exact=True).fill("Acme")
    visit.page.get_by_label("Slug").fill("acme")
    visit.page.get_by_label("Email domains").fill("not@adomain")
    visit.page.get_by_label("Username").fill("ada")
    visit.page.get_by_role("button", name="Create tenant").click()


def edit_tenant(visit: Visit) -> None:
    as_staff(visit, "/support/tenants/acme/edit")


def edited_by_somebody_else(visit: Visit) -> None:
    as_staff(visit, "/support/tenants/acme/edit")
    visit.change(name=LONG)
    visit.page.get_by_role("button", name="Save").click()
    visit.page.get_by_role("alert").wait_for()


SUPPORT_VIEWS: tuple[Callable[[Visit], None], ...] = (
    tenants, tenants_not_found, tenant, tenant_just_made, readiness, readiness_of_nobody, trial, trial_with_mistakes,
    switch, switch_left_alone, switch_with_mistakes,
    switch_check, switched, new_tenant, new_tenant_with_mistakes, edit_tenant, edited_by_somebody_else,
)  # fmt: skip
