"""A person with a browser, by plain HTTP: follows what it is sent to, fills in what a provider's page asks for."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import requests

from tests.compatibility.provider import PASSWORD

FORMS_MOST = 8
TIMEOUT_S = 60


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Names of fields that a person types in."""


class Page(HTMLParser):
    """The forms of a page, the frames that it shows, and whose login it goes on with."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.frames: list[str] = []
        self.attempted = self.restart = ""
        """Keycloak's *Please re-authenticate*: a name that cannot be typed over, and the link of *Restart login*."""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "iframe":
            self.frames.append(given.get("src", ""))
        elif given.get("id") == "kc-attempted-username":
            self.attempted = given.get("value", "")
        elif given.get("id") == "reset-login":
            self.restart = re.sub(r"^location\.href='(.*)'$", r"\1", given.get("onclick", ""))
        elif self.forms and name and tag in ("input", "button") and kind != "checkbox":
            if kind in ("text", "email", "password"):
                self.forms[-1].asked.append(name)
            elif kind != "submit" or name not in self.forms[-1].fields:
                self.forms[-1].fields[name] = given.get("value", "")


class Person:
    """`asked`: how often the provider has asked for the password."""

    def __init__(self, name: str, *, authority: Path) -> None:
        self.name = name
        self.asked = 0
        self._browser = requests.Session()
        self._browser.trust_env = False
        self._browser.verify = str(authority)

    def cookie(self, name: str) -> str | None:
        return self._browser.cookies.get(name)

    def get(self, url: str) -> requests.Response:
        return self._browser.get(url, timeout=TIMEOUT_S)

    def post(self, url: str, fields: dict[str, str]) -> requests.Response:
        return self._browser.post(url, data=fields, timeout=TIMEOUT_S)

    def go(self, url: str, *, provider: str) -> requests.Response:
        """Wherever it leads, through the provider's pages, until a page comes that is not the provider's."""
        return self.through(self.get(url), provider=provider)

    def through(self, answer: requests.Response, *, provider: str) -> requests.Response:
        for _ in range(FORMS_MOST):
            page = Page(answer.text)
            for frame in page.frames:
                self.get(urljoin(answer.url, frame))
            if not answer.url.startswith(provider) or not page.forms:
                return answer
            if page.restart and page.attempted != self.name:
                answer = self.get(urljoin(answer.url, page.restart))
            else:
                answer = self._fill_in(answer.url, page.forms[0])
        raise AssertionError(f"the provider goes on asking: {answer.url}")

    def _fill_in(self, url: str, form: Form) -> requests.Response:
        typed = {name: PASSWORD if "password" in name else self.name for name in form.asked}
        self.asked += any("password" in name for name in form.asked)
        target, fields = urljoin(url, form.action), form.fields | typed
        if form.method == "get":
            return self._browser.get(target, params=fields, timeout=TIMEOUT_S)
        return self.post(target, fields)
