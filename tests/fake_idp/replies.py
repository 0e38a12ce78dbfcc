"""The forms in which a provider answers, and the refusals of OAuth 2.0."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from tests.fake_idp.server import Reply

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
Body = bytes | str | Mapping[str, object] | list[Any] | Iterable[bytes]


class Refused(Exception):
    """An error of RFC 6749 (section 5.2) or RFC 6750 (section 3.1), in its own words."""

    def __init__(
        self, error: str, description: str = "", *, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status
        self.headers = headers or {}

    def parameters(self) -> dict[str, str]:
        named = {"error": self.error, "error_description": self.description}
        return {name: value for name, value in named.items() if value}

    def reply(self) -> Reply:
        return json_reply(self.parameters(), status=self.status, headers=self.headers)


def json_reply(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """JSON that must not be stored, as RFC 6749 (section 5.1) asks of everything with a token in it."""
    return Reply(
        status=status,
        headers={"Content-Type": "application/json", **_NO_STORE, **(headers or {})},
        body=json.dumps(value).encode(),
    )


def redirect(url: str) -> Reply:
    return Reply(status=302, headers={"Location": url, **_NO_STORE})


def page(text: str, *, status: int = 200) -> Reply:
    """A page for a person, with nothing on it to go on with."""
    return _html(f"<p>{escape(text)}</p>", status=status)


def form_post_page(action: str, fields: Iterable[tuple[str, str]]) -> Reply:
    """A form that sends itself (OAuth 2.0 Form Post Response Mode, section 2)."""
    inputs = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields)
    button = "<noscript><button>Continue</button></noscript>"
    form = f'<form method="post" action="{escape(action)}">{inputs}{button}</form>'
    return _html(f"{form}<script>document.forms[0].submit()</script>")


def raw_reply(body: Body, *, status: int, headers: Mapping[str, str]) -> Reply:
    """Whatever a test wants sent; taken for JSON unless its headers say otherwise."""
    typed = {} if any(name.lower() == "content-type" for name in headers) else {"Content-Type": "application/json"}
    if isinstance(body, str):
        body = body.encode()
    elif isinstance(body, Mapping | list):
        body = json.dumps(body).encode()
    return Reply(status=status, headers={**typed, **headers}, body=body)


def _html(body: str, *, status: int = 200) -> Reply:
    document = f"<!doctype html><html lang=en><title>Provider</title><body>{body}</body></html>"
    return Reply(
        status=status,
        headers={"Content-Type": "text/html; charset=utf-8", **_NO_STORE},
        body=document.encode(),
    )
