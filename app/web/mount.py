"""Rules for all requests and responses, mounted on the application."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.services.sessions.sessions import SessionService
from app.web.browser import Browser
from app.web.errors import ErrorPages
from app.web.headers import mount_headers
from app.web.oauth2.machine import MachineEndpoints
from app.web.pages import mount_pages
from app.web.readers import Readers
from app.web.server.limits import MAX_BODY_BYTES
from app.web.sessions.session_check import SessionCheck
from app.web.site.options import SiteOptions
from app.web.site.request_log import RequestLog
from app.web.user_session import mount_user_session

SESSION_CHECK, MACHINES = "session_check", "machine_endpoints"
"""Where Flask keeps what is answered ahead of it: for our own server, which asks on its event loop, and for tests."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pages rely on."""

    options: SiteOptions
    sessions: SessionService
    browser: Browser
    readers: Readers
    errors: ErrorPages
    request_log: RequestLog
    session_check: SessionCheck
    machines: MachineEndpoints

    def mount(self, app: Flask) -> None:
        _limit(app)
        mount_headers(app, self.options)  # around Flask only: what is ahead of it has headers of its own
        app.extensions |= {SESSION_CHECK: self.session_check, MACHINES: self.machines}
        app.wsgi_app = self.session_check.in_front_of(self.machines.in_front_of(app.wsgi_app))  # type: ignore[assignment,method-assign]  # Flask's documented way
        if self.options.trusted_proxies:
            hops = self.options.trusted_proxies
            app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
        self.request_log.mount(app)
        mount_pages(app, self.readers)
        self.readers.mount(app)
        mount_user_session(app, self.sessions, self.browser.cookies)
        self.errors.mount(app)


def _limit(app: Flask) -> None:
    """How much of a request is read, and replacements for Flask defaults that would not do."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    app.config["MAX_FORM_PARTS"] = 50
    # Otherwise the router answers `//session` with a redirect to whatever the Host header says.
    app.url_map.merge_slashes = False
    app.ensure_sync = _never_async  # type: ignore[method-assign]  # Flask's documented way
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider


def _never_async(func: Callable[..., Any]) -> Callable[..., Any]:
    """Flask would look at each function in each request: no view or hook of ours is a coroutine."""
    return func
