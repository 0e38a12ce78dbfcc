"""The routes of a console. Their guards run before every view, so that no view can forget them."""

import functools
import re
from collections.abc import Callable, Collection
from typing import Protocol
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, request

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.errors import ChangedMeanwhile, NotFound
from app.web.pages import go
from app.web.server.limits import UPLOAD_BYTES, is_upload

View = Callable[..., Response]
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_ONLY_LOOKS = ("GET", "HEAD", "OPTIONS")


class Guards(Protocol):
    """What is asked before every view of a console: who comes in, whose form it is, and how sure that must be."""

    def admit(self, roles: Collection[Role], *, back: str) -> Response | None:
        """None for who may see pages for `roles`; else what they get instead."""

    def poster(self) -> None:
        """Raises SsoError `csrf` unless the posted form was made for whoever sends it."""

    def may_act_on(self, slug: str) -> bool:
        """Whether they may change this tenant."""

    def confirm_url(self, back: str) -> str | None:
        """Where they confirm who they are, and then return to `back`; None if that happened just now."""


class ConsolePages(Blueprint):
    """Needs one of `roles`; a form also needs its CSRF token and a recent confirmation.

    People who may not act on staff (`Console.may_act_on`) get 404 for such addresses. With `hidden`, so does support
    where it lacks the role: the page does not appear to them.
    """

    def __init__(self, name: str, console: Guards, *, roles: Collection[Role], hidden: bool = False) -> None:
        super().__init__(name, __name__)
        self._hidden = hidden
        self._console = console
        self._roles = roles
        self._shown_at: dict[str, View] = {}
        self._stands_on: dict[str, str] = {}
        self._kept: dict[str, Collection[str]] = {}
        self._seen_when_fresh: set[str] = set()
        self._too_large: dict[str, View] = {}
        self.without_confirmation: dict[str, str] = {}
        """Views that change something without a confirmation, each with the reason."""
        self.before_request(self._admit)

    def page(self, rule: str, view: View, *, keep: Collection[str] = ()) -> None:
        """A read-only page. `keep` are query parameters that must survive a login or a confirmation."""
        # A redirect to a final slash would go to whatever the Host header says.
        self.add_url_rule(rule, view_func=view, endpoint=view.__name__, strict_slashes=False)
        self._shown_at[rule], self._kept[rule] = view, keep

    def form(
        self, rule: str, show: View, save: View, *, keep: Collection[str] = (), too_large: View | None = None
    ) -> None:
        """A page with its form. The confirmation comes before the page, so that nothing is typed in vain.

        `too_large` answers a form with a file that is larger than any body that is read. It must only look.
        """
        self.page(rule, show, keep=keep)
        self.button(rule, save, on=rule)
        self._seen_when_fresh.add(show.__name__)
        if too_large is not None:
            self._too_large[save.__name__] = too_large

    def button(self, rule: str, view: View, *, on: str, unconfirmed_because: str | None = None) -> None:
        """A form on the page with the rule `on`: a confirmation leads back to that page."""
        self.add_url_rule(rule, view_func=self._or_as_it_is_now(view), endpoint=view.__name__, methods=["POST"])
        self._stands_on[view.__name__] = on
        if unconfirmed_because:
            self.without_confirmation[view.__name__] = unconfirmed_because

    def _admit(self) -> Response | None:
        view, changes = _view(), request.method not in _ONLY_LOOKS
        page = self._stands_on.get(view, str(request.url_rule))
        back = _address(page, keep=self._kept.get(page, ()))
        refused = self._console.admit(self._roles, back=back)
        if refused is not None:
            if self._hidden and self._console.admit(STAFF_ROLES, back=back) is None:
                raise NotFound("page", request.path)
            return refused
        if is_upload(request.path):
            request.max_content_length = request.max_form_memory_size = UPLOAD_BYTES
        if view in self._too_large and (request.content_length or 0) > (request.max_content_length or 0):
            url = self._console.confirm_url(back)
            return self._too_large[view](**(request.view_args or {})) if url is None else go(url)
        if changes:
            self._console.poster()
        if not changes and view not in self._seen_when_fresh:
            return None
        if not self._console.may_act_on((request.view_args or {}).get("slug", "")):
            raise NotFound("page", request.path)
        if view in self.without_confirmation:
            return None
        url = self._console.confirm_url(back)
        return None if url is None else go(url)

    def _or_as_it_is_now(self, view: View) -> View:
        """If someone else has changed it meanwhile: the form's page again, with what is there now.

        Not an error handler: what fails in one has no handler of its own, and would be a 500.
        """

        @functools.wraps(view)
        def saved(**arguments: str) -> Response:
            try:
                return view(**arguments)
            except ChangedMeanwhile:
                g.changed_meanwhile = True
                response = self._shown_at[self._stands_on[_view()]](**arguments)
                response.status_code = 409
                return response

        return saved


def _view() -> str:
    return (request.endpoint or "").rpartition(".")[2]


def _address(rule: str, *, keep: Collection[str]) -> str:
    """The URL of the page with this rule, with the request's arguments and the query parameters to keep."""
    arguments = request.view_args or {}
    path = _ARGUMENT.sub(lambda found: quote(arguments[found[1]], safe=""), rule)
    kept = [(name, value) for name, value in request.args.items(multi=True) if name in keep]
    return f"{path}?{urlencode(kept)}" if kept else path
