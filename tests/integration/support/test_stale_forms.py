"""Two people fill in the same form: the second is told so, in one way everywhere, and undoes nothing (rule 18)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Response, request
from werkzeug.test import TestResponse

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.errors import ChangedMeanwhile, StoreUnavailable
from app.domain.tenants.tenant import Tenant
from app.web.consoles.console_pages import ConsolePages
from tests.builders import hidden_fields
from tests.integration.support.connection_page import MAIN, fields_of, save, settings_page, stored
from tests.integration.support.counter import CHANGED_MEANWHILE, Browser, Counter, words
from tests.integration.support.test_switch import HERE as SWITCH
from tests.integration.support.test_switch import check, form_of
from tests.integration.support.test_throttled import HERE as THROTTLED

SOON = "2026-12-01T18:00"
Press = Callable[[], TestResponse]
"""Sends a form that was opened before somebody else sent theirs."""


def connection(counter: Counter, olga: Browser) -> Press:
    here = settings_page(olga)
    page = olga.get(here)
    form = {**hidden_fields(page), **fields_of(page), "email_trust": "always"}
    assert save(counter.browser("olga"), MAIN, client_id="of the first").status_code == 303
    return lambda: olga.client.post(here, data=form)


def tenant(counter: Counter, olga: Browser) -> Press:
    here = "/support/tenants/acme/edit"
    form = {**hidden_fields(olga.get(here)), "name": "Of the second", "accent": "teal", "status": "active"}
    counter.world.save(replace(counter.tenant(), name="Of the first"))
    return lambda: olga.client.post(here, data=form)


def security(counter: Counter, olga: Browser) -> Press:
    here = "/support/tenants/acme/security/edit"
    numbers = ("session_idle_minutes", "session_absolute_minutes", "throttle_failures", "throttle_minutes")
    form = {**hidden_fields(olga.get(here)), **dict.fromkeys(numbers, "20"), "totp": "optional", "reason": "a test"}
    security = counter.tenant().security
    counter.world.save(replace(counter.tenant(), security=replace(security, shared_desk=True)))
    return lambda: olga.client.post(here, data=form)


def roles(counter: Counter, olga: Browser) -> Press:
    eve = counter.world.account(counter.staff, "eve", roles=[Role.SUPPORT, Role.OPERATOR])
    here = f"/support/staff/{eve.id}"
    form = {**hidden_fields(olga.get(here)), "action": "roles", "roles": ["support", "operator"]}
    counter.world.save(replace(eve, roles=(Role.SUPPORT,)))
    return lambda: olga.client.post(here, data=form)


def first_step_of_a_switch(counter: Counter, olga: Browser) -> Press:
    form = {**hidden_fields(olga.get(SWITCH)), "policy": "password", "when": "now", "reason": "a test"}
    planned_by_somebody(counter)
    return lambda: olga.client.post(f"{SWITCH}/check", data=form)


def second_step_of_a_switch(counter: Counter, olga: Browser) -> Press:
    form = form_of(check(olga))
    planned_by_somebody(counter)
    return lambda: olga.client.post(SWITCH, data=form)


def plan(counter: Counter, olga: Browser) -> Press:
    form = form_of(check(olga, when="later", at=SOON))
    planned_by_somebody(counter)
    return lambda: olga.client.post(SWITCH, data=form)


def cancelled_plan(counter: Counter, olga: Browser) -> Press:
    olga.client.post(SWITCH, data=form_of(check(olga, when="later", at=SOON)))
    form = {**hidden_fields(olga.get(SWITCH)), "reason": "a test"}
    assert "version" in form
    planned_by_somebody(counter)
    return lambda: olga.client.post(f"{SWITCH}/cancel", data=form)


def planned_by_somebody(counter: Counter) -> None:
    sam = counter.browser("sam")
    sam.client.post(SWITCH, data=form_of(check(sam, when="later", at="2026-12-03T18:00")))
    assert counter.tenant().planned


@pytest.mark.parametrize(
    "opened",
    [
        connection,
        tenant,
        security,
        roles,
        first_step_of_a_switch,
        second_step_of_a_switch,
        plan,
        cancelled_plan,
    ],
)
def test_a_form_that_somebody_else_has_overtaken_is_answered_in_one_way(
    counter: Counter, ready: Tenant, opened: Callable[[Counter, Browser], Press]
) -> None:
    olga = counter.browser("olga")
    press = opened(counter, olga)
    entries = len(counter.audit()), len(counter.audit("staff"))
    for _ in range(2):
        answer = press()
        assert CHANGED_MEANWHILE in words(answer, status=409)
        assert answer.get_data(as_text=True).count('role="alert"') == 1
    assert (len(counter.audit()), len(counter.audit("staff"))) == entries


def test_the_page_shows_what_the_first_has_saved(counter: Counter, ready: Tenant) -> None:
    olga = counter.browser("olga")
    assert 'value="Of the first"' in tenant(counter, olga)().get_data(as_text=True)
    assert 'value="of the first"' in connection(counter, olga)().get_data(as_text=True)


def test_a_page_that_is_opened_by_its_address_says_nothing_of_it(counter: Counter, ready: Tenant) -> None:
    olga = counter.browser("olga")
    for path in (SWITCH, settings_page(olga), THROTTLED):
        assert CHANGED_MEANWHILE not in olga.read(path)


def test_what_is_shown_then_can_be_saved(counter: Counter, ready: Tenant) -> None:
    olga = counter.browser("olga")
    page = connection(counter, olga)()
    form = {**hidden_fields(page), **fields_of(page), "email_trust": "always"}
    assert olga.client.post(page.request.path, data=form).status_code == 303
    assert (stored(counter).provider.client_id, stored(counter).provider.email_trust) == ("of the first", "always")


def test_a_store_that_goes_away_while_the_form_is_shown_again_is_not_a_bug_of_ours(counter: Counter) -> None:
    switch = counter.world.app.blueprints["support_switch"]
    assert isinstance(switch, ConsolePages)
    pages = ConsolePages("of_this_test", switch._console, roles=STAFF_ROLES)

    def show() -> Response:
        if request.method == "POST":
            raise StoreUnavailable("the database")
        return Response("the form")

    def save() -> Response:
        raise ChangedMeanwhile("tenant", "acme")

    pages.form("/support/of-this-test", show, save)
    counter.world.app.register_blueprint(pages)
    browser = counter.browser("olga")
    token = hidden_fields(browser.get("/account"))["csrf_token"]
    answer = browser.client.post("/support/of-this-test", data={"csrf_token": token})
    assert answer.status_code == 503
