"""Canaille: a real OpenID provider that is somebody else's software, and a person's way through its pages."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

import pytest
import requests

from app.cli.demo.people import PEOPLE, Person
from app.cli.demo.provider import DemoProvider
from tests.services.process import free_port, private_folder

CSRF_FIELD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def person(username: str) -> Person:
    """Somebody who can sign in at the provider: alice, bob, carol, dave, sam or nina."""
    return next(one for one in PEOPLE if one.username == username)


def sign_in(browser: requests.Session, authorization_url: str, who: Person) -> str:
    """Go to `authorization_url`, sign in as `who`, and return the callback URL, not yet followed."""
    answer = browser.get(authorization_url, timeout=60)
    answer = _submit(browser, answer, {"login": who.username})
    answer = _follow(browser, answer)
    answer = _submit(browser, answer, {"password": who.password})
    while answer.is_redirect:
        target = urljoin(answer.url, answer.headers["location"])
        if not target.startswith(_origin(answer.url)):
            return target
        answer = browser.get(target, allow_redirects=False, timeout=60)
    message = f"the provider did not send {who.username} back: {answer.status_code} {answer.text[:500]}"
    raise AssertionError(message)


def _submit(browser: requests.Session, page: requests.Response, fields: dict[str, str]) -> requests.Response:
    token = CSRF_FIELD.search(page.text)
    if token:
        fields = fields | {"csrf_token": unescape(token[1])}
    return browser.post(page.url, data=fields, allow_redirects=False, timeout=60)


def _follow(browser: requests.Session, answer: requests.Response) -> requests.Response:
    return browser.get(urljoin(answer.url, answer.headers["location"]), timeout=60)


def _origin(url: str) -> str:
    return urljoin(url, "/")


@pytest.fixture(scope="session")
def canaille_of_this_run() -> Iterator[DemoProvider]:
    folder = private_folder("canaille")
    provider = DemoProvider(folder=folder, port=free_port(), client_secret="a secret of the tests, 32 characters")
    with provider:
        yield provider
    shutil.rmtree(folder)


@pytest.fixture
def canaille(canaille_of_this_run: DemoProvider) -> DemoProvider:
    """The running provider, with the demo's people and one client that may go nowhere yet.

    `register(redirect_uris=..., post_logout_uris=...)` lets it; `issuer`, `client_id` and `client_secret` are
    for the connection. The test may `stop()` it.
    """
    canaille_of_this_run.register(redirect_uris=[], post_logout_uris=[])
    canaille_of_this_run.start()
    return canaille_of_this_run
