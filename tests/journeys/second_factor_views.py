"""The pages about a second factor."""

from collections.abc import Callable
from dataclasses import replace

from app.domain.accounts.account import Account
from app.domain.tenants.security_policy import OF_STAFF
from tests.journeys.steps import fill_in_password, password_login
from tests.journeys.views import LONG, Visit
from tests.threats.passwords.phone import Phone

OWN = "/account/second-factor"


def shown_phone(visit: Visit) -> Phone:
    """One that has read the page."""
    secret = visit.page.locator("[data-secret]").get_attribute("data-secret")
    assert secret
    return Phone(visit.site.world, secret)


def confirm(visit: Visit, code: str) -> None:
    visit.page.get_by_label("Code from your authenticator app").fill(code)
    visit.page.get_by_role("button", name="Confirm").click()


def _alices_phone(visit: Visit) -> Phone:
    with visit.site.world.bridge.database.read() as work:
        alice = work.accounts.by_username(visit.acme.id, "alice")
    assert alice
    return Phone.of(visit.site.world, visit.acme, alice)


def _signed_in_with_one(visit: Visit) -> None:
    phone = _alices_phone(visit)
    password_login(visit.site, visit.page, "alice", "demo-alice")
    visit.page.get_by_label("Code from your authenticator app").fill(phone.code())
    visit.page.get_by_role("button", name="Sign in", exact=True).click()
    visit.go(OWN)


def set_up_demanded(visit: Visit) -> None:
    visit.change(security=OF_STAFF, name=LONG)
    password_login(visit.site, visit.page, "alice", "demo-alice")


def set_up_with_a_wrong_code(visit: Visit) -> None:
    set_up_demanded(visit)
    confirm(visit, shown_phone(visit).wrong())


def set_up_of_a_long_name(visit: Visit) -> None:
    visit.site.world.account(visit.acme, "ü" * 200, password="demo-long")
    visit.go("/t/acme/login")
    fill_in_password(visit.page, "ü" * 200, "demo-long")
    visit.go(OWN)


def recovery_codes(visit: Visit) -> None:
    set_up_demanded(visit)
    confirm(visit, shown_phone(visit).code())


def code_asked(visit: Visit) -> None:
    _alices_phone(visit)
    password_login(visit.site, visit.page, "alice", "demo-alice")


def wrong_recovery_code(visit: Visit) -> None:
    code_asked(visit)
    visit.page.get_by_text("Don't have your phone?").click()
    visit.page.get_by_label("Recovery code").fill("x")
    visit.page.get_by_role("button", name="Sign in with a recovery code").click()


def own_factor(visit: Visit) -> None:
    _signed_in_with_one(visit)


def own_factor_demanded_and_a_wrong_code(visit: Visit) -> None:
    _signed_in_with_one(visit)
    visit.change(security=OF_STAFF)
    visit.page.get_by_label("Code from your authenticator app").fill("x")
    visit.page.get_by_role("button", name="Generate new recovery codes").click()


def few_recovery_codes(visit: Visit) -> None:
    _signed_in_with_one(visit)
    database = visit.site.world.bridge.database
    with database.write() as work:
        account: Account | None = work.accounts.by_username(visit.acme.id, "alice")
        factor = work.second_factors.lock(visit.acme.id, account.id) if account else None
        assert factor
        work.second_factors.save(replace(factor, recovery=factor.recovery[:1]))
    visit.go(OWN)


def own_factor_of_somebody_who_came_by_the_provider(visit: Visit) -> None:
    visit.sign_in()
    visit.go(OWN)


SECOND_FACTOR_VIEWS: tuple[Callable[[Visit], None], ...] = (
    set_up_demanded,
    set_up_with_a_wrong_code,
    set_up_of_a_long_name,
    recovery_codes,
    code_asked,
    wrong_recovery_code,
    own_factor,
    own_factor_demanded_and_a_wrong_code,
    few_recovery_codes,
    own_factor_of_somebody_who_came_by_the_provider,
)
