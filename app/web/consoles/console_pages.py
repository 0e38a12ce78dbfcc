"""The routes of a console. Their guards run before every view, so that no view can forget them."""

import re
from collections.abc import Callable, Collection
from http import HTTPStatus
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.accounts.account import Role
from app.domain.errors import ChangedMeanwhile, NotFound
from app.web.consoles.console import Console
from app.web.pages import go
from app.web.server.limits import UPLOAD_BYTES

View = Callable[..., Response]
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_ONLY_LOOKS = ("GET", "HEAD", "OPTIONS")


class ConsolePages(Blueprint):
    """Needs one of `roles`; a form also needs its CSRF token and a recent confirmation.

    People who may not act on staff (`Console.may_act_on`) get 404 for such addresses.
    """

    def __init__(self, name: str, console: Console, *, roles: Collection[Role]) -> None:
        super().__init__(name, __name__)
        self._console = console
        self._roles = roles
        self._shown_at: dict[str, View] = {}
        self._stands_on: dict[str, str] = {}
        self._kept: dict[str, Collection[str]] = {}
        self._seen_when_fresh: set[str] = set()
        self._uploads: set[str] = set()
        self.without_confirmation: dict[str, str] = {}
        """Views that change something without a confirmation, each with the reason."""
        self.before_request(self._admit)
        self.register_error_handler(ChangedMeanwhile, self._as_it_is_now)
        self.register_error_handler(RequestEntityTooLarge, self._too_large)

    def page(self, rule: str, view: View, *, keep: Collection[str] = ()) -> None:
        """A read-only page. `keep` are query parameters that must survive a login or a confirmation."""
        # A redirect to a final slash would go to whatever the Host header says.
        self.add_url_rule(rule, view_func=view, endpoint=view.__name__, strict_slashes=False)
        self._shown_at[rule], self._kept[rule] = view, keep

    def form(self, rule: str, show: View, save: View, *, keep: Collection[str] = ()) -> None:
        """A page with its form. The confirmation comes before the page, so that nothing is typed in vain."""
        self.page(rule, show, keep=keep)
        self.button(rule, save, on=rule)
        self._seen_when_fresh.add(show.__name__)

    def upload(self, rule: str, show: View, save: View, *, unconfirmed_because: str | None = None) -> None:
        """A form that may carry a file of `UPLOAD_BYTES`. The server knows these routes by web/server/limits.py."""
        self.page(rule, show)
        self.button(rule, save, on=rule, unconfirmed_because=unconfirmed_because)
        self._uploads.add(save.__name__)
        if not unconfirmed_because:
            self._seen_when_fresh.add(show.__name__)

    def button(self, rule: str, view: View, *, on: str, unconfirmed_because: str | None = None) -> None:
        """A form on the page with the rule `on`: a confirmation leads back to that page."""
        self.add_url_rule(rule, view_func=view, endpoint=view.__name__, methods=["POST"])
        self._stands_on[view.__name__] = on
        if unconfirmed_because:
            self.without_confirmation[view.__name__] = unconfirmed_because

    def _admit(self) -> Response | None:
        view, changes = _view(), request.method not in _ONLY_LOOKS
        page = self._stands_on.get(view, str(request.url_rule))
        back = _address(page, keep=self._kept.get(page, ()))
        refused = self._console.admit(self._roles, back=back)
        if refused is not None:
            return refused
        if view in self._uploads:
            request.max_content_length = request.max_form_memory_size = UPLOAD_BYTES
        if changes:
            self._console.browser.poster()
        if not changes and view not in self._seen_when_fresh:
            return None
        if not self._console.may_act_on((request.view_args or {}).get("slug", "")):
            raise NotFound("page", request.path)
        if view in self.without_confirmation:
            return None
        url = self._console.confirm_url(back)
        return None if url is None else go(url)

    def _as_it_is_now(self, _: ChangedMeanwhile) -> Response:
        """The form's page again, with the changes that someone else has made."""
        g.changed_meanwhile = True
        return self._shown_again(HTTPStatus.CONFLICT)

    def _too_large(self, _: RequestEntityTooLarge) -> Response:
        """The form's page again. Nothing of what was sent has been read."""
        g.too_large = True
        return self._shown_again(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _shown_again(self, status: HTTPStatus) -> Response:
        response = self._shown_at[self._stands_on[_view()]](**(request.view_args or {}))
        response.status_code = status
        return response


def _view() -> str:
    return (request.endpoint or "").rpartition(".")[2]


def _address(rule: str, *, keep: Collection[str]) -> str:
    """The URL of the page with this rule, with the request's arguments and the query parameters to keep."""
    arguments = request.view_args or {}
    path = _ARGUMENT.sub(lambda found: quote(arguments[found[1]], safe=""), rule)
    kept = [(name, value) for name, value in request.args.items(multi=True) if name in keep]
    return f"{path}?{urlencode(kept)}" if kept else path
