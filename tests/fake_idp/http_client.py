"""A plain HTTP request that follows nothing, for the browser's part and for the provider's own tests."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import CERT_NONE, PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any
from urllib.parse import urlencode, urlsplit

NO_ANSWER = (OSError, HTTPException)
"""What is raised where nothing whole comes back."""
_TIMEOUT_SECONDS = 60
_ANY_SERVER = SSLContext(PROTOCOL_TLS_CLIENT)
"""The browser of a test goes where it is told, whoever signed the certificate there."""
_ANY_SERVER.check_hostname = False
_ANY_SERVER.verify_mode = CERT_NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def connect(url: str) -> HTTPConnection:
    """A connection of one's own to the origin of `url`, to keep or to leave half read."""
    target = urlsplit(url)
    if target.scheme == "https":
        return HTTPSConnection(target.netloc, timeout=_TIMEOUT_SECONDS, context=_ANY_SERVER)
    return HTTPConnection(target.netloc, timeout=_TIMEOUT_SECONDS)


def ask(
    url: str,
    *,
    form: Mapping[str, str] | list[tuple[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answered:
    """GET, or POST where there is a form. Raises one of NO_ANSWER."""
    target = urlsplit(url)
    connection = connect(url)
    method, body, typed = "GET", None, {}
    if form is not None:
        method, body = "POST", urlencode(form)
        typed = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        path = f"{target.path or '/'}?{target.query}" if target.query else target.path or "/"
        connection.request(method, path, body, {**typed, **(headers or {})})
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answered(status=answer.status, headers=named, body=answer.read())
    finally:
        connection.close()
