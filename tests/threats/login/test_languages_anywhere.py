"""The language can be changed on every page, and a mail speaks the language of its reader."""

import re
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.passwords.password_link import LinkKind
from tests.builders import hidden_fields
from tests.threats.acme import Acme
from tests.threats.passwords.mailed import mails

LINK = re.compile(r'<li><a href="([^"]+)" lang="de"')
BY = Actor("acme/ada", "192.0.2.1", "a test")


def german(answer: TestResponse) -> str:
    """Where the answer's link to German leads."""
    found = LINK.search(answer.text)
    assert found, answer.text
    return found[1].replace("&amp;", "&")


def test_the_answer_to_a_form_leads_to_its_form(acme: Acme) -> None:
    answer = acme.password(acme.browser, password="wrong")
    assert answer.status_code == 401
    assert german(answer) == "/t/acme/login?ui_locales=de"


def test_the_answer_to_a_button_leads_to_the_page_above(acme: Acme) -> None:
    acme.password(acme.browser)
    answer = acme.browser.post("/account/confirm/sso", data={})
    assert answer.status_code == 400
    assert acme.browser.get(german(answer)).status_code in (200, 303)


def test_a_login_that_failed_is_not_tried_again_by_changing_the_language(acme: Acme) -> None:
    acme.idp.deny("access_denied")
    answer = acme.sign_in()
    assert answer.status_code >= 400
    assert german(answer) == "/t/acme/login?ui_locales=de"
    assert "Anmelden" in acme.browser.get(german(answer)).text


@pytest.mark.parametrize("path", ["/nothing/is/here", "/t/nobody/login", "/t/acme/nothing?next=//evil.example"])
def test_a_page_that_is_not_there_says_so_in_any_language(acme: Acme, path: str) -> None:
    link = german(acme.browser.get(path))
    assert "evil" not in link
    page = acme.browser.get(link)
    assert page.status_code == 404
    assert '<html lang="de"' in page.text


def test_recovery_codes_are_not_lost_by_changing_the_language(acme: Acme) -> None:
    """They are shown once, in the answer to a form."""
    with acme.world.app.test_request_context("/account/second-factor", method="POST"):
        from app.web.passwords.code_page import recovery_codes_page  # noqa: PLC0415 - needs the request

        shown = recovery_codes_page(("one", "two"), onward="/account", tenant=acme.tenant, username="alice")
    assert "ui_locales" not in shown.get_data(as_text=True)


def spoken(acme: Acme) -> str | None:
    with acme.world.bridge.database.read() as work:
        found = work.accounts.get(acme.tenant.id, acme.alice.id)
    assert found
    return found.language


def test_a_mail_is_in_the_language_of_the_last_login(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, language="pl"))
    browser = acme.world.client()
    browser.get("/t/acme/login?ui_locales=hu")
    acme.password(browser)
    assert spoken(acme) == "hu"
    acme.world.bridge.password_links.send(acme.tenant.id, acme.alice.id, LinkKind.RESET, by=BY)
    (mail,) = mails(acme.world)
    assert mail.subject.startswith("Új jelszó"), mail.subject


def test_without_a_wish_the_language_that_was_known_stays(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, language="pl"))
    acme.password(acme.world.client())
    assert spoken(acme) is None, "the tenant's language is no wish of the person"
    browser = acme.world.client()
    browser.get("/t/acme/login?ui_locales=hu")
    acme.password(browser)
    acme.password(acme.world.client())
    assert spoken(acme) == "hu"


def test_a_mail_to_staff_is_in_english_unless_they_read_another_language(acme: Acme) -> None:
    staff = acme.world.tenant("staff", name="Vendor")
    sam = acme.world.account(staff, "sam", email="sam@vendor.example", roles=[Role.SUPPORT])
    acme.world.bridge.password_links.send(staff.id, sam.id, LinkKind.INVITATION, by=BY)
    assert mails(acme.world)[0].subject == "Your account at Vendor"


def test_an_account_that_is_edited_keeps_its_language(acme: Acme) -> None:
    browser = acme.world.client()
    browser.get("/t/acme/login?ui_locales=ro")
    acme.password(browser)
    acme.world.save(replace(acme.alice, name="Alice King"))
    assert spoken(acme) == "ro"


def test_hidden_fields_survive_the_change(acme: Acme) -> None:
    """The form at the other end is whole."""
    answer = acme.password(acme.browser, password="wrong")
    assert "csrf_token" in hidden_fields(acme.browser.get(german(answer)))
