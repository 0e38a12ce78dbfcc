"""What the bridge has mailed, and what people do with the links in it."""

import re
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.passwords.password_link import LinkKind
from tests.builders import BASE_URL, World, hidden_fields

NEW = "plums and seven lanterns"
_LINK = re.compile(r"http\S+/password/new\?link=\S+")


@dataclass(frozen=True)
class Mail:
    """One message, as its reader sees it."""

    to: str
    subject: str
    body: str

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.body)


def mails(world: World) -> list[Mail]:
    """The newest first."""
    return [Mail(queued.to, queued.subject, body) for queued, body in world.bridge.outbox.newest(most=1000)]


def newest_link(world: World) -> str:
    """Of the newest message that has one, without the host."""
    link = next(link for mail in mails(world) for link in mail.links)
    assert link.startswith(f"{BASE_URL}/")
    return link.removeprefix(BASE_URL)


def send(world: World, account: Account, kind: LinkKind = LinkKind.RESET) -> str:
    """By support; the link."""
    world.bridge.password_links.send(
        account.tenant_id, account.id, kind, actor="staff/sam", client_ip="192.0.2.1", reason="ticket 4711"
    )
    return newest_link(world)


def ask(browser: FlaskClient, username: str, *, tenant: str = "acme", client_ip: str = "127.0.0.1") -> TestResponse:
    """Fill in "Forgot your password?"."""
    path = f"/t/{tenant}/password/forgot"
    page = browser.get(path)
    data = {**hidden_fields(page), "username": username}
    return browser.post(path, data=data, environ_overrides={"REMOTE_ADDR": client_ip})


def open_link(browser: FlaskClient, link: str) -> TestResponse:
    """The page that the link shows in the end."""
    return browser.get(link, follow_redirects=True)


def form_of(browser: FlaskClient, link: str, *, new: str = NEW, again: str | None = None) -> dict[str, str]:
    """What the page of a link would send."""
    page = open_link(browser, link)
    assert page.status_code == 200, page.get_data(as_text=True)
    return {**hidden_fields(page), "new": new, "again": new if again is None else again}


def use(browser: FlaskClient, link: str, *, new: str = NEW) -> TestResponse:
    """Open it and send its form."""
    return browser.post(link.partition("?")[0], data=form_of(browser, link, new=new))


def change(browser: FlaskClient, current: str, new: str = NEW, **fields: str) -> TestResponse:
    """Fill in the form of somebody who is signed in."""
    page = browser.get("/account/password")
    data = {**hidden_fields(page), "current": current, "new": new, "again": new, **fields}
    return browser.post("/account/password", data=data)
