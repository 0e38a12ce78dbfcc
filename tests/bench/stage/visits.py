"""What people and apps do at the bridge and at the yardstick, each step asserted."""

import re
import time
from dataclasses import dataclass
from html import unescape
from itertools import count
from urllib.parse import urlencode

from tests.bench.stage.browser import FOUND, OK, SEE_OTHER, Browser, expect

_NUMBERS = count()
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_FIELD = re.compile(r'\b(name|value)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class SsoLogin:
    """From the button to the session, with fresh cookies; the provider's own time does not count."""

    base_url: str
    path: str = "/t/acme/oauth/login"
    cookie: str = "sso_session"

    def prepare(self, browser: Browser) -> None:
        self(browser)

    def __call__(self, browser: Browser) -> float:
        browser.cookies.clear()
        began = time.perf_counter()
        out = expect(browser.get(f"{self.base_url}{self.path}"), FOUND)
        left = time.perf_counter()
        back = expect(browser.get(out.headers["location"]), FOUND)
        came = time.perf_counter()
        answer = browser.get(back.headers["location"])
        expect(answer, SEE_OTHER)
        if not browser.cookies.get(self.cookie):
            expect(answer, OK)
        return left - began + time.perf_counter() - came


@dataclass(frozen=True, slots=True)
class SessionCheck:
    """One request of somebody who is signed in."""

    login: SsoLogin
    url: str

    def prepare(self, browser: Browser) -> None:
        self.login(browser)

    def __call__(self, browser: Browser) -> float:
        began = time.perf_counter()
        expect(browser.get(self.url), OK)
        return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """The page, and the form posted; both count."""

    base_url: str
    password: str

    def prepare(self, browser: Browser) -> None:
        self(browser)

    def __call__(self, browser: Browser) -> float:
        browser.cookies.clear()
        began = time.perf_counter()
        page = expect(browser.get(f"{self.base_url}/t/acme/login"), OK)
        form = _hidden_fields(page.body.decode())
        form |= {"username": f"agent{next(_NUMBERS) % 10}", "password": self.password}
        expect(browser.post(f"{self.base_url}/t/acme/login", urlencode(form).encode()), SEE_OTHER)
        return time.perf_counter() - began


def _hidden_fields(page: str) -> dict[str, str]:
    fields = [dict(_FIELD.findall(tag)) for tag in _HIDDEN.findall(page)]
    return {field["name"]: unescape(field.get("value", "")) for field in fields}
