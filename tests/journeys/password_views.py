"""The pages on which people choose passwords."""

from collections.abc import Callable

from app.domain.accounts.account import Account
from app.domain.passwords.password_link import LinkKind
from tests.journeys.steps import password_login
from tests.journeys.views import LONG, Visit
from tests.threats.passwords.phone import Phone

CHANGE = "/account/password"
FORGOT = "/t/acme/password/forgot"


def _alice(visit: Visit) -> Account:
    with visit.site.world.bridge.database.read() as work:
        alice = work.accounts.by_username(visit.acme.id, "alice")
    assert alice
    return alice


def _open_link(visit: Visit, account: Account, kind: LinkKind) -> None:
    world = visit.site.world
    world.bridge.password_links.send(
        visit.acme.id, account.id, kind, actor="staff/sam", client_ip="192.0.2.1", reason="asked"
    )
    body = world.bridge.outbox.newest(most=1)[0][1]
    visit.page.goto(next(word for word in body.split() if "?link=" in word))


def _choose(visit: Visit, new: str, again: str) -> None:
    visit.page.get_by_label("New password", exact=True).fill(new)
    visit.page.get_by_label("Confirm new password").fill(again)


def forgotten(visit: Visit) -> None:
    visit.change(name=LONG)
    visit.go(FORGOT)


def link_asked_for(visit: Visit) -> None:
    visit.go(FORGOT)
    visit.page.get_by_label("Username").fill("nobody")
    visit.page.get_by_role("button", name="Send link").click()


def reset_link(visit: Visit) -> None:
    _open_link(visit, _alice(visit), LinkKind.RESET)


def invitation_of_a_long_name(visit: Visit) -> None:
    account = visit.site.world.account(visit.acme, "ü" * 200, email="long@acme.example")
    _open_link(visit, account, LinkKind.INVITATION)


def new_password_that_is_no_good(visit: Visit) -> None:
    reset_link(visit)
    _choose(visit, "Alice2026!", "Alice2026!")
    visit.page.get_by_role("button", name="Set password").click()


def new_password_is_set(visit: Visit) -> None:
    reset_link(visit)
    _choose(visit, "plums and seven lanterns", "plums and seven lanterns")
    visit.page.get_by_role("button", name="Set password").click()


def link_that_was_used(visit: Visit) -> None:
    new_password_is_set(visit)
    visit.go("/dev/mail")
    visit.page.locator("article").nth(1).get_by_role("link").first.click()


def change(visit: Visit) -> None:
    password_login(visit.site, visit.page, "alice", "demo-alice")
    visit.go(CHANGE)


def change_with_a_second_factor_and_a_wrong_password(visit: Visit) -> None:
    change(visit)
    Phone.of(visit.site.world, visit.acme, _alice(visit))
    visit.page.reload()
    visit.page.get_by_label("Current password").fill("not hers")
    visit.page.get_by_label("Second-factor code").fill("123456")
    _choose(visit, "plums and seven lanterns", "plums and seven lanterns")
    visit.page.get_by_role("button", name="Change password").click()


def changed(visit: Visit) -> None:
    change(visit)
    visit.page.get_by_label("Current password").fill("demo-alice")
    _choose(visit, "plums and seven lanterns", "plums and seven lanterns")
    visit.page.get_by_role("button", name="Change password").click()


def no_password_to_change(visit: Visit) -> None:
    visit.site.world.account(visit.acme, "bob", email="bob@acme.example")
    visit.idp.person("bob", email="bob@acme.example")
    visit.idp.signed_in = "bob"
    visit.sign_in()
    visit.go(CHANGE)


def mail_to_the_person(visit: Visit) -> None:
    new_password_is_set(visit)
    visit.go("/dev/mail")


PASSWORD_VIEWS: tuple[Callable[[Visit], None], ...] = (
    forgotten, link_asked_for, reset_link, invitation_of_a_long_name, new_password_that_is_no_good,
    new_password_is_set, link_that_was_used, change, change_with_a_second_factor_and_a_wrong_password, changed,
    no_password_to_change, mail_to_the_person,
)  # fmt: skip
