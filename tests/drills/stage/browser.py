"""One person's browser: cookies of its own, and a connection for each request, so that any worker may answer."""

import http.client
import json
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

TIMEOUT_S = 30


class Refused(Exception):
    """503 with Retry-After: "not now", as promised."""


class Wrong(Exception):
    """An answer that no outage excuses."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whom a provider signs in, and where: each tenant has one of its own."""

    tenant: str
    username: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str
    took_s: float

    def must_be(self, status: int) -> "Answer":
        if self.status == http.client.SERVICE_UNAVAILABLE and self.headers.get("Retry-After"):
            raise Refused
        if self.status != status:
            body = re.sub(r"(?s)<head>.*</head>|<[^>]+>", " ", self.text)
            raise Wrong(f"{self.status} instead of {status}: {' '.join(body.split())[:80]}")
        return self


@dataclass
class Browser:
    """`base` is the bridge's address, or its proxy's. Connections that fail raise OSError or HTTPException."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    timeout_s: float = TIMEOUT_S

    def ask(self, url: str, *, form: Mapping[str, str] | None = None) -> Answer:
        """GET, or POST of a form. Nothing is followed. `url` may be a path at the bridge."""
        parts = urlsplit(url if "://" in url else self.base + url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=self.timeout_s)
        headers = {"Connection": "close"}
        if self.cookies and url_is_of(parts.netloc, self.base):
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        try:
            connection.request(
                "GET" if form is None else "POST",
                f"{parts.path}?{parts.query}" if parts.query else parts.path,
                body=None if form is None else urlencode(form),
                headers=headers,
            )
            came = connection.getresponse()
            text = came.read().decode(errors="replace")
        finally:
            connection.close()
        self._keep(came.headers.get_all("Set-Cookie") or [])
        return Answer(status=came.status, headers=came.headers, text=text, took_s=time.monotonic() - began)

    def callback(self, person: Person) -> str:
        """Out to the provider, and the address that it sends the browser back to, not yet asked."""
        out = self.ask(f"/t/{person.tenant}/oauth/login").must_be(302)
        return self.ask(out.headers["Location"]).must_be(302).headers["Location"]

    def login(self, person: Person) -> None:
        """The whole way, and whether it is they who are signed in afterwards."""
        self.ask(self.callback(person)).must_be(303)
        self.check(person)

    def password_login(self, person: Person, password: str) -> Answer:
        page = self.ask(f"/t/{person.tenant}/login").must_be(200)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        fields = {"username": person.username, "password": password, "csrf_token": token[1] if token else ""}
        return self.ask(f"/t/{person.tenant}/login", form=fields)

    def check(self, person: Person) -> None:
        """The session is good, and theirs."""
        found = json.loads(self.ask("/session").must_be(200).text)
        if (found["tenant"], found["account"]["username"]) != (person.tenant, person.username):
            raise Wrong(f"{person.username} is answered as {found['account']['username']} of {found['tenant']}")

    def _keep(self, headers: list[str]) -> None:
        for header in headers:
            for name, morsel in SimpleCookie(header).items():
                self.cookies.pop(name, None)
                if morsel.value:
                    self.cookies[name] = morsel.value


def url_is_of(netloc: str, base: str) -> bool:
    return netloc == urlsplit(base).netloc


NO_CONNECTION = (OSError, http.client.HTTPException, socket.timeout)
