"""The form of acme's connection `main`, and what becomes of it."""

import re

from werkzeug.test import TestResponse

from app.domain.connections.connection import Connection
from tests.integration.support.counter import Browser, Counter

NEW = "/support/tenants/acme/connections/new"
MAIN = "/support/tenants/acme/connections/main"


def stored(counter: Counter, name: str = "main") -> Connection:
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
    chosen = re.search(r'name="status" value="(\w+)" checked', html)
    return {**found, **({"status": chosen[1]} if chosen else {}), "client_secret": ""}


def save(browser: Browser, path: str, **changed: str) -> TestResponse:
    untouched = fields_of(browser.get(path))
    return browser.fill(path, {**untouched, "action": "save", **changed})


def check(browser: Browser, path: str, **changed: str) -> TestResponse:
    return save(browser, path, action="check", **changed)
