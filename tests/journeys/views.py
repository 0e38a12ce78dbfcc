"""Every page that a person can meet, each in the state in which it is hardest to get right."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from playwright.sync_api import Page, Route

from app.domain.accounts.account import Role
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status, Tenant
from tests.fake_idp import FakeProvider
from tests.journeys.steps import choose, password_login, press_oauth_login, sign_out
from tests.services.site import Site

LONG = "Internationale Vereinigung der Kundendienste für Haushaltsgroßgeräte und Unterhaltungselektronik"
POST_TO_CALLBACK = """
path => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = path;
  form.innerHTML = '<input name="state" value="of another browser">';
  document.body.append(form);
  form.submit();
}
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser's tab at a site whose tenant acme is connected to `idp`, where Alice signs in."""

    site: Site
    page: Page
    idp: FakeProvider
    acme: Tenant

    def go(self, path: str) -> None:
        self.page.goto(self.site.url(path))

    def change(self, **changes: object) -> None:
        self.site.world.save(replace(self.acme, **changes))  # type: ignore[arg-type]  # fields of the dataclass

    def sign_in(self) -> None:
        press_oauth_login(self.site, self.page)


def finder(visit: Visit) -> None:
    visit.go("/")


def finder_finds_nothing(visit: Visit) -> None:
    visit.go("/?q=acme-typo")


def finder_finds_two(visit: Visit) -> None:
    visit.site.world.tenant("umbrella", name=LONG, email_domains=("acme.example",))
    visit.go("/?q=alice@acme.example")


def login_with_both(visit: Visit) -> None:
    visit.go("/t/acme/login")


def login_by_password_only(visit: Visit) -> None:
    visit.change(policy=LoginPolicy.PASSWORD)
    visit.go("/t/acme/login")


def login_by_sso_only(visit: Visit) -> None:
    visit.change(policy=LoginPolicy.SSO_ONLY, name=LONG)
    visit.go("/t/acme/login")


def login_with_two_providers(visit: Visit) -> None:
    visit.site.world.connection(visit.acme, visit.idp, name="the contractors’ provider")
    visit.go("/t/acme/login")


def login_two_providers_sso_only(visit: Visit) -> None:
    visit.site.world.connection(visit.acme, visit.idp, name="contractors")
    visit.change(policy=LoginPolicy.SSO_ONLY)
    visit.go("/t/acme/login")


def login_that_nobody_can_use(visit: Visit) -> None:
    visit.site.world.tenant("empty", name="Empty", policy=LoginPolicy.SSO_ONLY)
    visit.go("/t/empty/login")


def login_of_a_disabled_tenant(visit: Visit) -> None:
    visit.change(status=Status.DISABLED)
    visit.go("/t/acme/login")


def login_after_a_wrong_password(visit: Visit) -> None:
    password_login(visit.site, visit.page, "alice", "not hers")


def login_after_too_many(visit: Visit) -> None:
    for _ in range(11):
        password_login(visit.site, visit.page, "alice", "not hers")


def login_while_signed_in(visit: Visit) -> None:
    account_by_password(visit)
    visit.go("/t/acme/login")


def login_while_signed_in_elsewhere(visit: Visit) -> None:
    visit.site.world.tenant("umbrella", name=LONG)
    account_by_password(visit)
    visit.go("/t/umbrella/login")


def chooser(visit: Visit) -> None:
    world = visit.site.world
    world.account(visit.acme, "alice.lead", email="alice@acme.example", roles=(Role.SUPERVISOR, Role.TENANT_ADMIN))
    world.account(visit.acme, "a" * 60, email="alice@acme.example")
    visit.sign_in()
    choose(visit.page, "alice.lead")
    visit.sign_in()


def account_by_sso(visit: Visit) -> None:
    visit.site.world.account(visit.acme, "alice.lead", email="alice@acme.example", roles=(Role.SUPERVISOR,))
    visit.sign_in()
    choose(visit.page, "alice")


def account_by_password(visit: Visit) -> None:
    password_login(visit.site, visit.page, "alice", "demo-alice")


def nobody_here(visit: Visit) -> None:
    visit.idp.person("nina", email="nina@acme.example")
    visit.sign_in()


def provider_away(visit: Visit) -> None:
    visit.idp.stop()
    visit.sign_in()


def forged_callback(visit: Visit) -> None:
    connection = visit.site.world.connection(visit.acme, visit.idp, name="another")
    visit.go(f"/callback/{connection.id}?code=x&state=y")


def not_found(visit: Visit) -> None:
    visit.go("/nothing/is/here")


def no_such_workspace(visit: Visit) -> None:
    visit.go("/t/acme-typo/login")


def signed_out(visit: Visit) -> None:
    account_by_password(visit)
    sign_out(visit.page)


def repost(visit: Visit) -> None:
    connection = visit.site.world.connection(visit.acme, visit.idp, name="another")
    visit.page.route("**/static/repost.js*", _does_nothing)  # or the page would be gone at once
    visit.go("/")
    visit.page.evaluate(POST_TO_CALLBACK, f"/callback/{connection.id}")
    visit.page.wait_for_url("**/callback/*")


def _does_nothing(route: Route) -> None:
    route.fulfill(body="", content_type="text/javascript")


VIEWS: tuple[Callable[[Visit], None], ...] = (
    finder, finder_finds_nothing, finder_finds_two, login_with_both, login_by_password_only, login_by_sso_only,
    login_with_two_providers, login_two_providers_sso_only, login_that_nobody_can_use, login_of_a_disabled_tenant,
    login_after_a_wrong_password, login_after_too_many, login_while_signed_in,
    login_while_signed_in_elsewhere, chooser, account_by_sso, account_by_password, nobody_here,
    provider_away, forged_callback, not_found, no_such_workspace, signed_out, repost,
)  # fmt: skip
