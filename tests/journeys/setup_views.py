"""The pages of a set-up link: for those who send it, and for whoever opens it."""

import re
from collections.abc import Callable

from app.domain.audit.audit import Actor
from tests.journeys.admin_views import as_admin
from tests.journeys.support_views import as_staff
from tests.journeys.views import LONG, Visit

BY = Actor("staff/sam", "192.0.2.1", f"ticket 4711 {LONG}")
IT = "it@acme.example"


def sent(visit: Visit) -> str:
    """The address of the link."""
    visit.site.world.bridge.setup_links.send("acme", IT, by=BY)
    found = re.search(r"/setup/\S+", newest_mail(visit))
    assert found
    return found[0]


def newest_mail(visit: Visit) -> str:
    return next(body for queued, body in visit.site.world.bridge.outbox.newest(most=9) if queued.to == IT)


def proposed(visit: Visit) -> None:
    """By somebody who has opened a link, while another waits."""
    set_up_guide(visit)
    sent(visit)


def at_step(visit: Visit, step: str) -> None:
    """Of the draft whose guide is open."""
    visit.go(visit.page.url.partition(visit.site.base_url)[2].replace("guide", step))


def opened(visit: Visit) -> None:
    code_to_enter(visit)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", newest_mail(visit))
    assert code
    visit.page.get_by_label("Code").fill(code[0])
    visit.page.get_by_role("button", name="Continue").click()
    visit.page.wait_for_url("**/setup/sso/new")


def link(visit: Visit) -> None:
    visit.go(sent(visit))


def link_that_is_unknown(visit: Visit) -> None:
    visit.go("/setup/nothing")


def code_to_enter(visit: Visit) -> None:
    link(visit)
    visit.page.get_by_role("button", name="Send code").click()
    visit.page.get_by_label("Code").wait_for()


def code_that_is_wrong(visit: Visit) -> None:
    code_to_enter(visit)
    visit.page.get_by_label("Code").fill("0000-0000-00")
    visit.page.get_by_role("button", name="Continue").click()
    visit.page.get_by_text("This code is wrong.").wait_for()


def set_up_guide(visit: Visit) -> None:
    opened(visit)
    visit.page.get_by_label("Name", exact=True).fill("by link")
    visit.page.locator("button[name=preset][value=okta]").click()
    visit.page.wait_for_url("**/guide")


def set_up_address(visit: Visit) -> None:
    set_up_guide(visit)
    at_step(visit, "address")


def set_up_advanced(visit: Visit) -> None:
    set_up_guide(visit)
    at_step(visit, "advanced")


def set_up_keys(visit: Visit) -> None:
    set_up_guide(visit)
    at_step(visit, "keys")


def set_up_test(visit: Visit) -> None:
    set_up_guide(visit)
    at_step(visit, "test")


def set_up_begun(visit: Visit) -> None:
    proposed(visit)
    visit.go("/setup/sso")


def set_up_to_propose(visit: Visit) -> None:
    proposed(visit)
    at_step(visit, "activate")


def links(visit: Visit) -> None:
    proposed(visit)
    as_admin(visit, "/admin/setup-links")


def links_none(visit: Visit) -> None:
    as_admin(visit, "/admin/setup-links")


def link_to_send(visit: Visit) -> None:
    as_staff(visit, "/support/tenants/acme/setup-links/new")


def link_to_revoke(visit: Visit) -> None:
    sent(visit)
    as_staff(visit, "/support/tenants/acme/setup-links")
    visit.page.get_by_role("link", name="Revoke").click()
    visit.page.get_by_role("button", name="Revoke link").wait_for()


def proposal_to_refuse(visit: Visit) -> None:
    links(visit)
    visit.page.get_by_role("link", name="Refuse").click()
    visit.page.get_by_role("button", name="Refuse proposal").wait_for()


SETUP_VIEWS: tuple[Callable[[Visit], None], ...] = (
    link, link_that_is_unknown, code_to_enter, code_that_is_wrong, opened, set_up_guide, set_up_address,
    set_up_advanced, set_up_keys, set_up_test, set_up_begun, set_up_to_propose, links, links_none, link_to_send,
    link_to_revoke, proposal_to_refuse,
)  # fmt: skip
