"""The frame of `/support/` and `/admin/`: access, forms bound to the session, confirmation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from flask import Response, g, request

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor, named
from app.domain.sessions.session import SessionId
from app.domain.tenants.tenant import STAFF
from app.ports.system import Clock
from app.web.browser import Browser, client_ip
from app.web.i18n import gettext
from app.web.pages import go, login_url, page, role_name, with_query
from app.web.user_session import SignedInUser, logout_targets, signed_in_user

_log = structlog.get_logger("web")


class NavItem(NamedTuple):
    """A link in the page header."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Console:
    """Shared by all pages of a console: the vendor's with `staff`, else the one in which admins see their tenant."""

    browser: Browser
    clock: Clock
    staff: bool

    def user(self) -> SignedInUser:
        """The session of the present request, which `ConsolePages` has let in."""
        user = signed_in_user()
        if user is None:
            raise RuntimeError("a console view outside of ConsolePages")
        return user

    def actor(self, reason: str = "") -> Actor:
        """The sender of the present request, as the audit log names them."""
        signed_in = self.user().signed_in
        return Actor(named(signed_in.tenant, signed_in.account), client_ip(), reason)

    def poster(self) -> None:
        """Raises SsoError `csrf` unless the posted form is of this session."""
        self.browser.poster()

    def session(self) -> SessionId:
        """What tells this browser from others when it comes back from a provider."""
        return self.user().signed_in.session.id

    def has(self, role: Role) -> bool:
        return role in self.user().signed_in.account.roles

    def may_act_on(self, slug: str) -> bool:
        """The staff's own tenant decides who has access here, so only operators may change it."""
        return slug != STAFF or self.has(Role.OPERATOR)

    def confirm_url(self, back: str) -> str | None:
        """Where to confirm one's identity and then return to `back`; None if that happened just now."""
        if self.user().signed_in.session.fresh(self.clock.now()):
            return None
        return with_query("/account/confirm", next=back)

    def page(
        self,
        template: str,
        nav: Sequence[NavItem],
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
        **context: object,
    ) -> Response:
        """A page in the console's wide frame; for `form_targets` see `pages.page`."""
        user = self.user()
        account = user.signed_in.account
        response = page(
            template,
            status=status,
            form_targets=[*form_targets, *logout_targets(user)],
            nav=nav,
            account_name=account.name or account.username,
            role_names=[role_name(role) for role in account.roles],
            csrf_token=self.browser.csrf_token(user),
            tenant=None if self.staff else user.signed_in.tenant,
            search_url="/support/search" if self.staff else None,
            changed_meanwhile="changed_meanwhile" in g,
            **context,
        )
        response.headers["Content-Security-Policy"] += "; connect-src 'self'"  # lists are fetched
        return response

    def admit(self, roles: Collection[Role], *, back: str) -> Response | None:
        """Where to send anyone but a signed-in account of this console with one of `roles`.

        `back` is the page to return to after a login.
        """
        user = signed_in_user()
        if user is None:
            return go(with_query(self._login(), next=back))
        signed_in = user.signed_in
        if (signed_in.tenant.slug == STAFF) is not self.staff or not set(roles) & set(signed_in.account.roles):
            return self._not_for_you()
        return None

    def _login(self) -> str:
        return f"/t/{STAFF}/login" if self.staff else "/"

    def _not_for_you(self) -> Response:
        user = self.user()
        _log.warning("access_refused", account=self.actor().name, page=request.path)
        # Support on an operators' page.
        colleague = self.staff and user.signed_in.tenant.slug == STAFF
        return page(
            "error.html",
            status=403,
            title=gettext("You don't have access to this page"),
            sentence=gettext(
                "You are signed in as %(name)s, which does not have permission to view this page.",
                name=user.signed_in.account.username,
            ),
            next_step=gettext("Ask an operator to do this for you.")
            if colleague
            else gettext("Sign in with an account that has access, or go back to your account."),
            actions=[
                {"label": gettext("Tenants"), "url": "/support/"}
                if colleague
                else {"label": gettext("Your account"), "url": "/account"},
                {"label": gettext("Sign in"), "url": self._login() if self.staff else login_url(user.signed_in.tenant)},
            ],
            tenant=user.signed_in.tenant,
        )
