"""What a request says about its reader chooses words, and nothing else."""

from dataclasses import replace

import pytest

from app.domain.passwords.password_mails import PasswordMails
from tests.threats.acme import Acme
from tests.threats.passwords.mailed import ask, mails

LOGIN = "/t/acme/login"


@pytest.mark.parametrize(
    ("url", "header", "language"),
    [
        (LOGIN, "de-AT,de;q=0.9,en;q=0.5", "de"),
        (LOGIN, "fr,hu;q=0.4,en;q=0.3", "hu"),
        (LOGIN, "fr", "ro"),  # the tenant's
        (LOGIN, "", "ro"),
        (f"{LOGIN}?ui_locales=fr+pl", "de", "pl"),
        (f"{LOGIN}?ui_locales=xx", "de", "de"),
        (f"{LOGIN}?ui_locales={'de-' * 500}", "en", "de"),
        (f"{LOGIN}?ui_locales=../../etc/passwd", "en", "en"),
        (f"{LOGIN}?ui_locales=%3Cscript%3E", "en", "en"),
    ],
)
def test_the_page_is_in_the_best_language_that_there_is(acme: Acme, url: str, header: str, language: str) -> None:
    acme.world.save(replace(acme.tenant, language="ro"))
    page = acme.world.client().get(url, headers={"Accept-Language": header})
    assert f'<html lang="{language}" dir="ltr">' in page.text
    assert "<script>" not in page.text


def test_without_any_wish_it_is_english(acme: Acme) -> None:
    assert '<html lang="en"' in acme.world.client().get(LOGIN, headers={"Accept-Language": "fr"}).text


def test_the_language_that_was_asked_for_is_kept_in_this_browser(acme: Acme) -> None:
    browser = acme.world.client()
    browser.get(f"{LOGIN}?ui_locales=hu")
    later = browser.get(LOGIN, headers={"Accept-Language": "de"})
    assert '<html lang="hu"' in later.text
    assert "Bejelentkezés" in later.text


@pytest.mark.parametrize("wish", ["", "/account", "https://evil.example/", "//evil.example"])
def test_the_choice_of_languages_leads_to_no_other_place(acme: Acme, wish: str) -> None:
    page = acme.world.client().get(LOGIN, query_string={"next": wish}).text
    links = [part.split('"')[0] for part in page.split('href="')[1:] if "ui_locales" in part.split('"')[0]]
    assert len(links) == 5
    assert all(link.startswith(f"{LOGIN}?") and "evil" not in link for link in links)


def test_a_reset_is_answered_in_the_language_in_which_it_was_asked_for(acme: Acme) -> None:
    browser = acme.world.client()
    browser.get(f"{LOGIN}?ui_locales=de")
    ask(browser, "alice")
    (mail,) = mails(acme.world)
    assert mail.subject.startswith("Neues Passwort für")
    assert "innerhalb einer Stunde" in mail.body


def test_a_mail_that_nobody_asked_for_is_in_the_tenants_language(acme: Acme) -> None:
    tenant = replace(acme.tenant, language="pl", time_zone="Europe/Warsaw")
    mail = PasswordMails("https://bridge.example").changed(tenant, acme.alice, at=1_764_547_200.0, client_ip="::1")
    queued = acme.world.bridge.outbox
    with acme.world.bridge.database.write() as work:
        queued.enqueue(work, mail)
    (sent,) = mails(acme.world)
    assert sent.subject.startswith("Hasło zostało zmienione")
    assert "1 gru 2025, 01:00 CET" in sent.body


@pytest.mark.parametrize(
    "zone", ["../../etc/passwd", "Mars/Olympus", "<b>", "/etc/localtime", "Europe/Berlin\x00", "x" * 3000]
)
def test_a_time_zone_that_does_not_exist_is_no_time_zone(acme: Acme, zone: str) -> None:
    browser = acme.browser
    acme.password(browser)
    browser.set_cookie("sso_zone", zone)
    page = browser.get("/account")
    assert page.status_code == 200
    assert " UTC</time>" in page.text


def test_times_are_in_the_browsers_zone_with_utc_to_hand(acme: Acme) -> None:
    browser = acme.browser
    acme.password(browser)
    browser.set_cookie("sso_zone", "Asia/Kolkata")
    page = browser.get("/account").text
    assert " IST</time>" in page
    assert ' UTC">' in page
    assert 'Z" title="' in page
