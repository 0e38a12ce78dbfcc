"""Every page that can be reached from a page by its links, and what its forms answer to nonsense."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import BASE_URL, World

NONSENSE = "§"
MOST_ALIKE = 80
"""Pages of one route, whose other addresses differ in what they are filtered by or in the person they are about."""
REDIRECTS = (301, 302, 303)


@dataclass
class Form:
    action: str
    method: str
    hidden: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class Links(HTMLParser):
    """The addresses that a page leads to, and its forms."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.urls.append(given.get("href", ""))
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag in ("input", "textarea", "select") and self.forms and given.get("name"):
            if given.get("type") == "hidden":
                self.forms[-1].hidden[given["name"]] = given.get("value", "")
            elif given.get("type") not in ("checkbox", "radio", "file"):
                self.forms[-1].typed.append(given["name"])


@dataclass
class Crawler:
    """In one browser. `rules` counts the pages of each route."""

    world: World
    browser: FlaskClient
    avoided: Sequence[str] = ("/logout", "/setup/leave")
    rules: Counter[str] = field(default_factory=Counter)

    def pages(self, *starts: str) -> Iterator[tuple[str, TestResponse]]:
        """Each page with the address that it was found at."""
        waiting, known = [*starts], {*starts}
        forms: dict[tuple[str, tuple[str, ...]], tuple[Form, str]] = {}
        while waiting:
            url = waiting.pop(0)
            if not self._wanted(url):
                continue
            answer = self.browser.get(url)
            found = _links(answer)
            if answer.status_code in REDIRECTS:
                found.urls.append(answer.headers["Location"])
            elif "html" in (answer.content_type or ""):
                yield url, answer
            for form in found.forms:
                if form.method.lower() == "post" and form.typed:
                    forms.setdefault((self._rule(form.action or url, "POST"), tuple(form.typed)), (form, url))
            for link in (_path(link, url) for link in found.urls):
                if link and link not in known:
                    known.add(link)
                    waiting.append(link)
        yield from self._answers([*forms.values()])

    def _answers(self, forms: Sequence[tuple[Form, str]]) -> Iterator[tuple[str, TestResponse]]:
        """What each form says to nothing and to nonsense."""
        for form, url in forms:
            action = _path(form.action, url) or url
            if action.startswith(tuple(self.avoided)):
                continue
            for typed in ("", NONSENSE):
                answer = self.browser.post(action, data={**form.hidden, **dict.fromkeys(form.typed, typed)})
                if answer.status_code not in REDIRECTS:
                    yield f"POST {action} {typed}", answer

    def _wanted(self, url: str) -> bool:
        if url.startswith(tuple(self.avoided)):
            return False
        rule = self._rule(url, "GET")
        self.rules[rule] += 1
        return self.rules[rule] <= MOST_ALIKE

    def _rule(self, url: str, method: str) -> str:
        try:
            rule, _ = self.world.app.url_map.bind("localhost").match(
                urlsplit(url).path, method=method, return_rule=True
            )
        except Exception:  # noqa: BLE001
            return ""
        return str(rule.rule)


def _links(answer: TestResponse) -> Links:
    links = Links()
    if "html" in (answer.content_type or ""):
        links.feed(answer.get_data(as_text=True))
    return links


def _path(link: str, here: str) -> str | None:
    """Within the site; None for another one, and for a place on the same page."""
    link = link.removeprefix(BASE_URL).partition("#")[0]
    if link.startswith("?"):
        return urlsplit(here).path + link
    return link if link.startswith("/") and not link.startswith("//") and "ui_locales" not in link else None
