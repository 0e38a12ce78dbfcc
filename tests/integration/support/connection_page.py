"""The page of all settings of a draft of acme's connection `main`, and what becomes of it."""

import re
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import TestResponse

from app.domain.connections.connection import Connection
from tests.integration.support.counter import Browser, Counter

SSO = "/support/tenants/acme/sso"
NEW = f"{SSO}/new"
MAIN = "main"
"""Stands for the draft beside that connection; it is begun where there is none."""


def stored(counter: Counter, name: str = "main") -> Connection:
    """What was saved last: the settings of the draft, where there is one."""
    with counter.world.bridge.database.read() as work:
        drafts = {draft.id: draft.settings for draft in work.connection_drafts.of_tenant(counter.tenant().id)}
        found = next(one for one in work.connections.of_tenant(counter.tenant().id) if one.name == name)
    return drafts.get(found.id, found)


def active(counter: Counter, name: str = "main") -> Connection:
    """What logins use."""
    with counter.world.bridge.database.read() as work:
        return next(one for one in work.connections.of_tenant(counter.tenant().id) if one.name == name)


def secret_of(counter: Counter, name: str = "main") -> str | None:
    sealed = stored(counter, name).client_secret
    return counter.world.bridge.sealer.open(sealed, purpose="connection-secret").decode() if sealed else None


def fields_of(page: TestResponse) -> dict[str, str]:
    """What a browser sends when nobody has touched the form."""
    html = page.get_data(as_text=True)
    found = dict(re.findall(r'<input id="field-(\w+)"[^>]*?\bvalue="([^"]*)"', html, re.DOTALL))
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)', html):
        found[name] = text.replace("&#34;", '"').replace("\n", "\r\n")
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    return {**found, "client_secret": ""}


def settings_page(browser: Browser, path: str = MAIN) -> str:
    """Its URL."""
    if path != MAIN:
        return path
    html = browser.get(SSO).get_data(as_text=True)
    found = re.search(rf'href="({SSO}/\w+)"><bdi>{MAIN}</bdi>', html)
    assert found, html
    assert browser.fill(f"{found[1]}/change", {}, page=SSO).status_code == 303
    return f"{found[1]}/advanced"


def save(browser: Browser, path: str, **changed: str) -> TestResponse:
    """`NEW?preset=okta` begins a connection first."""
    if path.startswith(NEW):
        preset, name = parse_qs(urlsplit(path).query)["preset"][0], changed.pop("name", MAIN)
        begun = browser.fill(NEW, {"preset": preset, "name": name})
        if begun.status_code != 303:
            return begun
        path = begun.headers["Location"].replace("/guide", "/advanced")
    page = settings_page(browser, path)
    return browser.fill(page, {**fields_of(browser.get(page)), **changed})


def check(browser: Browser, step: str, **changed: str) -> TestResponse:
    """Save a step of `main`'s draft, which is then checked at the provider."""
    page = settings_page(browser).replace("/advanced", f"/{step}")
    return browser.fill(page, {**fields_of(browser.get(page)), **changed})
