"""All cookies in one place: names, attributes, and how many login attempts one browser may carry.

Every cookie is HttpOnly and SameSite=Lax; over https they are Secure with the `__Host-` prefix, so that no other
host of the same domain can plant or read them. One cookie is shared with sibling hosts, if the operator names their
domain: it stands for the session at `/forward-auth` and `/session`, and opens nothing else. One is written by our own
script, and says nothing but the browser's time zone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from flask import Request, Response
from werkzeug.http import dump_cookie

from app.domain.login.login_attempt import LIFETIME_S, LoginAttempt, attempt_id
from app.domain.oauth2.pending_authorization import LIFETIME_S as PENDING_S
from app.domain.oauth2.pending_authorization import PendingAuthorization
from app.domain.sessions.session import SessionId, session_id
from app.domain.setup.setup_link import SESSION_S as SETUP_KEPT_S
from app.ports.sealing import SealBroken, Sealer
from app.services.login.attempts import ATTEMPT
from app.services.login.check_results import KEPT_S as CHECK_KEPT_S
from app.services.oauth2.authorization_requests import PENDING
from app.services.throttling.devices import KEPT_S as DEVICE_KEPT_S
from app.web.site.options import SiteOptions

ATTEMPTS_MOST = 10
ATTEMPTS_BYTES = 4096
DROPPED_MOST = 20
"""Per response, so that planted cookies cannot make it grow without limit; later responses remove the rest."""
PENDING_MOST = 4
PENDING_BYTES = 3072
"""Together with the login attempts they fit into a header line of 8 KB, which is all that many proxies take."""
_RANDOM_ID = re.compile("[0-9a-f]{32}")
"""The form that `attempt_id` gives. Other names with our prefixes were not set by us and are not echoed."""
ATTEMPT_KEPT_S = 6 * LIFETIME_S
"""Longer than the attempt is valid, so that an expired attempt can be told from an unknown one."""
REQUEST_KEPT_S = 2 * PENDING_S
SHARED = "shared-session"
BROWSER_KEPT_S = 30 * 24 * 3600
LANGUAGE_KEPT_S = 365 * 24 * 3600
LINK_KEPT_S = 300
"""How long a mailed link is kept, so that its page can be reloaded."""


class Sender(Protocol):
    """Whoever sends cookies: a request."""

    @property
    def cookies(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and writes them."""

    options: SiteOptions
    sealer: Sealer

    @property
    def _host_prefix(self) -> str:
        return "__Host-" if self.options.secure else ""

    def session(self, request: Sender) -> str | None:
        return request.cookies.get(f"{self._host_prefix}sso_session")

    def set_session(self, response: Response, token: str) -> None:
        self._set(response, f"{self._host_prefix}sso_session", token)
        self._share(response, token)

    def clear_session(self, response: Response) -> None:
        self._set(response, f"{self._host_prefix}sso_session", "", max_age=0)
        self._share(response, None)

    def shared_session(self, request: Sender) -> SessionId | None:
        """The session in a sibling host's request: its sealed id, without the session's secret."""
        try:
            return SessionId(self.sealer.open(request.cookies.get(self._shared_name, ""), purpose=SHARED).decode())
        except SealBroken:
            return None

    @property
    def _shared_name(self) -> str:
        return "__Secure-sso_shared" if self.options.secure else "sso_shared"

    def _share(self, response: Response, token: str | None) -> None:
        if domain := self.options.cookie_domain:
            sealed = self.sealer.seal(session_id(token).encode(), purpose=SHARED) if token else ""
            self._set(response, self._shared_name, sealed, max_age=None if token else 0, domain=domain)

    def browser(self, request: Request) -> str | None:
        """A random id of this browser, which forms and choosers before login are bound to."""
        return request.cookies.get(f"{self._host_prefix}sso_browser")

    def set_browser(self, response: Response, value: str) -> None:
        self._set(response, f"{self._host_prefix}sso_browser", value, max_age=BROWSER_KEPT_S)

    def logout_state(self, request: Request) -> str | None:
        return request.cookies.get(f"{self._host_prefix}sso_logout")

    def set_logout_state(self, response: Response, sealed: str) -> None:
        self._set(response, f"{self._host_prefix}sso_logout", sealed, max_age=LIFETIME_S)

    def clear_logout_state(self, response: Response) -> None:
        self._set(response, f"{self._host_prefix}sso_logout", "", max_age=0)

    def device(self, request: Request) -> str | None:
        """Says who has signed in with a password in this browser; it is not a session and grants nothing."""
        return request.cookies.get(f"{self._host_prefix}sso_device")

    def set_device(self, response: Response, sealed: str) -> None:
        self._set(response, f"{self._host_prefix}sso_device", sealed, max_age=DEVICE_KEPT_S)

    def link(self, request: Request) -> str | None:
        """The link from a mail, between its URL and the form that uses it."""
        return request.cookies.get(f"{self._host_prefix}sso_link")

    def set_link(self, response: Response, sealed: str) -> None:
        """An empty value deletes it."""
        self._set(response, f"{self._host_prefix}sso_link", sealed, max_age=LINK_KEPT_S if sealed else 0)

    def setup(self, request: Request) -> str | None:
        """Of a browser that has opened a set-up link: it is no session, and opens `/setup/` only."""
        return request.cookies.get(f"{self._host_prefix}sso_setup")

    def set_setup(self, response: Response, token: str) -> None:
        """An empty value deletes it."""
        self._set(response, f"{self._host_prefix}sso_setup", token, max_age=SETUP_KEPT_S if token else 0)

    def check_result(self, request: Request) -> str | None:
        """How a check of a connection ended; for one session only, which stands in it."""
        return request.cookies.get(f"{self._host_prefix}sso_check")

    def set_check_result(self, response: Response, sealed: str) -> None:
        self._set(response, f"{self._host_prefix}sso_check", sealed, max_age=CHECK_KEPT_S)

    def language(self, request: Request) -> str | None:
        """The language that was last asked for in this browser."""
        return request.cookies.get(f"{self._host_prefix}sso_language")

    def set_language(self, response: Response, tag: str) -> None:
        self._set(response, f"{self._host_prefix}sso_language", tag, max_age=LANGUAGE_KEPT_S)

    def zone(self, request: Request) -> str | None:
        """The browser's time zone as static/site.js wrote it, or as anybody else did."""
        return request.cookies.get("sso_zone")

    def pending(self, request: Request, request_id: str) -> str | None:
        """An app's request that waits for its person."""
        return request.cookies.get(self._pending_prefix + request_id)

    def all_pending(self, request: Request) -> list[PendingAuthorization]:
        """Those that wait in this browser."""
        found = []
        for name, value in request.cookies.items():
            if name.startswith(self._pending_prefix):
                with suppress(SealBroken):
                    found.append(PENDING.open(value, self.sealer))
        return found

    def set_pending(self, request: Request, response: Response, pending: PendingAuthorization, sealed: str) -> None:
        """Set it, and drop the oldest ones if the browser would carry too many."""
        name = self._pending_prefix + pending.id
        others = [(other, size) for other, size in self._pending_newest_first(request.cookies) if other != name]
        self._drop(response, crowded_out(others, most=PENDING_MOST, room=PENDING_BYTES - len(name) - len(sealed)))
        self._set(response, name, sealed, max_age=REQUEST_KEPT_S)

    def clear_pending(self, response: Response, pending: PendingAuthorization) -> None:
        self._set(response, self._pending_prefix + pending.id, "", max_age=0)

    @property
    def _pending_prefix(self) -> str:
        return f"{self._host_prefix}sso_app_"

    def attempt(self, request: Request, state: str) -> str | None:
        return request.cookies.get(self._attempt_prefix + attempt_id(state))

    def set_attempt(self, request: Request, response: Response, attempt: LoginAttempt, sealed: str) -> None:
        """Set it, and drop the oldest ones if the browser would carry too many."""
        name = self._attempt_prefix + attempt.id
        others = self._newest_first(request.cookies, self._attempt_prefix, self._started_at)
        self._drop(response, crowded_out(others, most=ATTEMPTS_MOST, room=ATTEMPTS_BYTES - len(name) - len(sealed)))
        self._set(response, name, sealed, max_age=ATTEMPT_KEPT_S)

    def clear_attempt(self, request: Request, response: Response, state: str) -> None:
        name = self._attempt_prefix + attempt_id(state)
        if name in request.cookies:
            self._set(response, name, "", max_age=0)

    @property
    def _attempt_prefix(self) -> str:
        return f"{self._host_prefix}sso_login_"

    def _pending_newest_first(self, cookies: Mapping[str, str]) -> list[tuple[str, int]]:
        return self._newest_first(cookies, self._pending_prefix, self._asked_at)

    def _newest_first(
        self, cookies: Mapping[str, str], prefix: str, begun_at: Callable[[str], float]
    ) -> list[tuple[str, int]]:
        """Names and sizes of those with this prefix."""
        found = [
            (begun_at(value), name, len(name) + len(value))
            for name, value in cookies.items()
            if name.startswith(prefix) and _RANDOM_ID.fullmatch(name, len(prefix))
        ]
        return [(name, size) for _, name, size in sorted(found, reverse=True)]

    def _started_at(self, sealed: str) -> float:
        try:
            return ATTEMPT.open(sealed, self.sealer).started_at
        except SealBroken:
            return 0.0

    def _asked_at(self, sealed: str) -> float:
        try:
            return PENDING.open(sealed, self.sealer).asked_at
        except SealBroken:
            return 0.0

    def _drop(self, response: Response, names: list[str]) -> None:
        for oldest in names[-DROPPED_MOST:]:
            self._set(response, oldest, "", max_age=0)

    def _set(self, response: Response, name: str, value: str, *, max_age: int | None = None, domain: str = "") -> None:
        cookie = dump_cookie(
            name,
            value,
            max_age=max_age,
            sync_expires=False,  # `Max-Age` alone says it (RFC 6265, section 4.1.2.2)
            domain=domain or None,
            path="/",
            secure=self.options.secure,
            httponly=True,
            samesite="Lax",
        )
        response.headers.add("Set-Cookie", cookie)


def crowded_out(newest_first: Sequence[tuple[str, int]], *, most: int, room: int) -> list[str]:
    """Names of the cookies that leave when one more is set, the oldest last. `room` is what is left beside that one."""
    surplus = []
    for place, (name, size) in enumerate(newest_first, start=1):
        room -= size
        if place >= most or room < 0:
            surplus.append(name)
    return surplus
