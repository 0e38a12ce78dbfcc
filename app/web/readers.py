"""Which language and which time zone a page is written in.

Language: `ui_locales` of this address, then what this browser last chose, then what it accepts, then the tenant's, then
English. Time zone: the browser's own, which site.js keeps in a cookie, then the tenant's, then UTC.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Flask, Request, Response, g, request
from flask.globals import request_ctx

from app.domain.login.login_hint import parse_login_hint
from app.domain.login.return_to import return_to
from app.domain.text import Reader, is_zone
from app.ports.translations import Translations
from app.web.site.cookies import Cookies

UI_LOCALES = "ui_locales"
"""As in OpenID Connect Core, section 3.1.2.1: tags of languages, the preferred one first, separated by spaces."""
NAMES = {"en": "English", "de": "Deutsch", "hu": "Magyar", "pl": "Polski", "ro": "Română"}
"""Each language in itself."""
LONGEST = 100
MOST = 20
ONCE = ("/callback/",)
"""Addresses that cannot be opened a second time."""
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Choice:
    """A language that the reader can change to."""

    tag: str
    name: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Readers:
    translations: Translations
    cookies: Cookies

    def mount(self, app: Flask) -> None:
        app.after_request(self._keep)

    def reader(self) -> Reader:
        """Of the present request. Nothing is looked up: the tenant's part is told by `i18n.speak_for`."""
        standard: Reader = g.get("standard", Reader())
        sent = request_ctx.request  # itself: `request` looks it up for each of these
        zone = self.cookies.zone(sent) or ""
        wished = self._asked(sent) or self._chosen(sent) or self._accepted(sent)
        g.wished = wished is not None
        return Reader(
            language=wished or standard.language,
            zone=zone if is_zone(zone) else standard.zone,
        )

    def choices(self, current: str) -> list[Choice]:
        """Links to this page in every language, or to the nearest one that can be opened; none if there is no such."""
        again = self._again()
        if again is None:
            return []
        path, query = again
        return [
            Choice(tag, NAMES[tag], f"{path}?{urlencode([*query, (UI_LOCALES, tag)])}", current=tag == current)
            for tag in self.translations.languages
        ]

    def _again(self) -> tuple[str, list[tuple[str, str]]] | None:
        """What to open for the same in another language: an address, and its query.

        The answer to a form is not sent twice: its form is opened again, or the page above it.
        """
        if "leads_to" in g:
            return str(g.leads_to), []
        path, routes = request.path, request_ctx.url_adapter
        if path.startswith(ONCE) or not path.isprintable() or routes is None:
            return None
        if request.method in ("GET", "HEAD"):
            return quote(path), [
                (name, value) for name, value in request.args.items(multi=True) if self._kept(name, value)
            ]
        while path != "/" and not routes.test(path, method="GET"):
            path = path.rpartition("/")[0] or "/"
        return quote(path), []

    def _kept(self, name: str, value: str) -> bool:
        """A link of ours repeats no address that leads elsewhere, and no hint that the page itself ignores."""
        if name in ("next", "target_link_uri"):
            return return_to(value, hosts=self.cookies.options.forward_auth_hosts) == value
        if name == "login_hint":
            return parse_login_hint(value) is not None
        return name != UI_LOCALES and value.isprintable()

    def _asked(self, sent: Request) -> str | None:
        return self.known(sent.args.get(UI_LOCALES, "")[:LONGEST].split()[:MOST])

    def _chosen(self, sent: Request) -> str | None:
        return self.known([self.cookies.language(sent) or ""])

    def _accepted(self, sent: Request) -> str | None:
        return self.known(tag for tag, quality in sent.accept_languages if quality > 0)

    def known(self, tags: Iterable[str]) -> str | None:
        """The first that there is a catalog for: `de-AT` is German."""
        for tag in tags:
            language = tag.lower().replace("_", "-").partition("-")[0]
            if language in self.translations.languages:
                return language
        return None

    def _keep(self, response: Response) -> Response:
        """What was asked for holds for the pages that follow, such as the one after the provider."""
        asked = self._asked(request)
        if asked is not None and asked != self.cookies.language(request):
            self.cookies.set_language(response, asked)
        return response


def change_language_at(url: str) -> None:
    """Where the present page's links to other languages lead, if opening the page again would do something again."""
    g.leads_to = url


def languages_wanted(cookies: Cookies) -> str:
    """What a provider is told about its pages: the languages of this address, else what this browser last chose."""
    asked = request.values.get(UI_LOCALES, "")[:LONGEST] or cookies.language(request) or ""
    return " ".join(tag for tag in asked.split()[:MOST] if _TAG.fullmatch(tag))
