"""The pages around attempts that are no login, as `tests.journeys.views` has the others."""

from collections.abc import Callable
from dataclasses import replace

from app.domain.accounts.account import Role
from app.domain.login.login_attempt import Purpose
from app.services.login.request import LoginRequest
from tests.journeys.steps import fill_in_password, password_login, press_oauth_login
from tests.journeys.views import LONG, Visit


def offered(visit: Visit) -> None:
    visit.change(observing_since=visit.site.world.clock.now())
    password_login(visit.site, visit.page, "alice", "demo-alice")


def offered_by_two_providers(visit: Visit) -> None:
    visit.site.world.connection(visit.acme, visit.idp, name="the contractors’ provider")
    visit.change(name=LONG, observing_since=visit.site.world.clock.now())
    visit.go("/t/acme/login")
    fill_in_password(visit.page, "alice", "demo-alice")


def account_that_may_try(visit: Visit) -> None:
    offered(visit)
    visit.go("/account")


def proven(visit: Visit) -> None:
    visit.idp.person("alice", email="alice@acme.example")
    offered(visit)
    visit.page.get_by_role("button", name="Check OAuth Login").click()


def proven_for_somebody_else(visit: Visit) -> None:
    visit.site.world.account(visit.acme, "bob", email="bob@acme.example")
    visit.idp.person("bob", email="bob@acme.example")
    offered(visit)
    visit.page.get_by_role("button", name="Check OAuth Login").click()


def offered_again(visit: Visit) -> None:
    proven_for_somebody_else(visit)
    visit.page.get_by_role("link", name="Try again").click()


def tested(visit: Visit) -> None:
    visit.idp.person("alice", email="alice@acme.example")
    _test(visit)


def tested_as_somebody_else(visit: Visit) -> None:
    visit.site.world.account(visit.acme, "b" * 60, email="bob@acme.example")
    visit.idp.person("bob", email="bob@acme.example")
    _test(visit)


def tested_in_vain(visit: Visit) -> None:
    visit.idp.person("nina", email="nina@acme.example")
    _test(visit)


def confirm_by_password(visit: Visit) -> None:
    password_login(visit.site, visit.page, "alice", "demo-alice")
    visit.go("/account/confirm?next=/account")


def confirm_by_a_wrong_password(visit: Visit) -> None:
    confirm_by_password(visit)
    visit.page.get_by_label("Password").fill("not hers")
    visit.page.get_by_role("button", name="Confirm").click()


def confirm_by_sso(visit: Visit) -> None:
    visit.idp.person("alice", email="alice@acme.example")
    press_oauth_login(visit.site, visit.page)
    visit.go("/account/confirm?next=/account")


def confirmed_by_somebody_else(visit: Visit) -> None:
    confirm_by_sso(visit)
    visit.site.world.account(visit.acme, "bob", email="bob@acme.example")
    visit.idp.person("bob", email="bob@acme.example")
    visit.page.get_by_role("button", name="Confirm with OAuth Login").click()


def _test(visit: Visit) -> None:
    """Of the connection, as its page in the administration begins it."""
    bridge = visit.site.world.bridge
    with bridge.database.write() as work:
        (alice,) = work.accounts.with_username(visit.acme.id, "alice")
        work.accounts.save(replace(alice, roles=(Role.TENANT_ADMIN,)))
    password_login(visit.site, visit.page, "alice", "demo-alice")
    (cookie,) = [one for one in visit.page.context.cookies() if one.get("name", "").endswith("sso_session")]
    options = bridge.tenant_lookup.options("acme")
    begun = bridge.login.begin(
        options.tenant,
        options.connections[0],
        LoginRequest(purpose=Purpose.TEST, started_by=bridge.sessions.check(cookie.get("value"))),
        client_ip="127.0.0.1",
    )
    kept = {"name": f"sso_login_{begun.attempt.id}", "value": begun.sealed, "url": visit.site.base_url}
    visit.page.context.add_cookies([kept])  # type: ignore[list-item]  # a dict of the right keys
    visit.page.goto(begun.url)


PROOF_VIEWS: tuple[Callable[[Visit], None], ...] = (
    offered, offered_by_two_providers, offered_again, account_that_may_try, proven, proven_for_somebody_else, tested,
    tested_as_somebody_else, tested_in_vain, confirm_by_password, confirm_by_a_wrong_password, confirm_by_sso,
    confirmed_by_somebody_else,
)  # fmt: skip
