"""What people and apps do at the bridge and at the yardstick, each step asserted."""

import json
import re
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from itertools import count
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.bench.stage.browser import FOUND, OK, SEE_OTHER, Answer, Browser, Failed, expect

_NUMBERS = count()
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_FIELD = re.compile(r'\b(name|value)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class SsoLogin:
    """From the button to the session, with fresh cookies; the provider's own time does not count.

    With `tenants`, each visit is at any of so many: `path` has a place for its number.
    """

    base_url: str
    path: str = "/t/acme/oauth/login"
    cookie: str = "sso_session"
    provider_s: float = 0.0
    """How long its token endpoint takes."""
    tenants: int = 0

    def prepare(self, browser: Browser) -> None:
        self(browser)

    def __call__(self, browser: Browser) -> float:
        browser.cookies.clear()
        path = self.path.format(secrets.randbelow(self.tenants)) if self.tenants else self.path
        began = time.perf_counter()
        out = expect(browser.get(f"{self.base_url}{path}"), FOUND)
        left = time.perf_counter()
        back = expect(browser.get(out.headers["location"]), FOUND)
        came = time.perf_counter()
        answer = browser.get(back.headers["location"])
        expect(answer, SEE_OTHER)
        if not browser.cookies.get(self.cookie):
            expect(answer, OK)
        return left - began + time.perf_counter() - came - self.provider_s


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
        form = hidden_fields(page.body.decode())
        form |= {"username": f"agent{next(_NUMBERS) % 10}", "password": self.password}
        expect(browser.post(f"{self.base_url}/t/acme/login", urlencode(form).encode()), SEE_OTHER)
        return time.perf_counter() - began


def hidden_fields(page: str) -> dict[str, str]:
    fields = [dict(_FIELD.findall(tag)) for tag in _HIDDEN.findall(page)]
    return {field["name"]: unescape(field.get("value", "")) for field in fields}


@dataclass(frozen=True, slots=True)
class AppLogin:
    """From an app's authorization request to its tokens, with fresh cookies; the provider's own time does not count."""

    app: "App"
    tenant: str
    """One that takes no passwords: its people are sent to the provider at once."""

    def prepare(self, browser: Browser) -> None:
        self(browser)

    def __call__(self, browser: Browser) -> float:
        browser.cookies.clear()
        began = time.perf_counter()
        asked = self.app.request(tenant=self.tenant)
        out = expect(browser.get(asked.url), FOUND)
        left = time.perf_counter()
        back = expect(browser.get(out.headers["location"]), FOUND)
        came = time.perf_counter()
        self.app.exchange(browser, asked, browser.get(back.headers["location"]))
        return left - began + time.perf_counter() - came


@dataclass(frozen=True, slots=True)
class TokenIssue:
    """A code and its exchange for somebody who is signed in already."""

    login: SsoLogin
    app: "App"

    def prepare(self, browser: Browser) -> None:
        self.login(browser)

    def __call__(self, browser: Browser) -> float:
        began = time.perf_counter()
        self.app.tokens(browser)
        return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token exchanged for the next one."""

    login: SsoLogin
    app: "App"

    def prepare(self, browser: Browser) -> None:
        self.login(browser)
        browser.kept = self.app.tokens(browser)

    def __call__(self, browser: Browser) -> float:
        began = time.perf_counter()
        asked = {"grant_type": "refresh_token", "refresh_token": browser.kept["refresh_token"]}
        browser.kept = self.app.post(browser, "token", asked)
        return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Introspection:
    """An API asks what an access token is worth."""

    login: SsoLogin
    app: "App"

    def prepare(self, browser: Browser) -> None:
        self.login(browser)
        browser.kept = self.app.tokens(browser)

    def __call__(self, browser: Browser) -> float:
        began = time.perf_counter()
        if not self.app.post(browser, "introspect", {"token": browser.kept["access_token"]})["active"]:
            raise Failed("the token is not active")
        return time.perf_counter() - began


class AppRequest(NamedTuple):
    """What an app asks for, and what it keeps until it is answered."""

    url: str
    verifier: str


@dataclass(frozen=True, slots=True)
class App:
    """A confidential client of the bridge."""

    base_url: str
    secret: str
    client_id: str = "bench-app"
    redirect_uri: str = "https://app.example/callback"

    def tokens(self, browser: Browser) -> dict[str, str]:
        """For somebody who is signed in."""
        asked = self.request()
        return self.exchange(browser, asked, browser.get(asked.url))

    def request(self, **more: str) -> AppRequest:
        verifier = secrets.token_urlsafe(32)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid email profile offline_access",
            "state": "s",
            "nonce": "n",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **more,
        }
        return AppRequest(f"{self.base_url}/oauth2/authorize?{urlencode(asked)}", verifier)

    def exchange(self, browser: Browser, asked: AppRequest, answer: Answer) -> dict[str, str]:
        """The tokens for the code that it is answered with."""
        location = urlsplit(answer.headers.get("location", ""))
        code = parse_qs(location.query).get("code", [""])[0]
        if not code:
            expect(answer, 0)
        return self.post(
            browser,
            "token",
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.redirect_uri,
                "code_verifier": asked.verifier,
            },
        )

    def post(self, browser: Browser, endpoint: str, asked: dict[str, str]) -> dict[str, str]:
        credentials = b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        url = f"{self.base_url}/oauth2/{endpoint}"
        answer = browser.post(url, urlencode(asked).encode(), Authorization=f"Basic {credentials}")
        found: dict[str, str] = json.loads(expect(answer, OK).body)
        return found
