"""The third kind of console: `/setup/`, for a browser that has opened a set-up link. It proposes and never decides."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import Response, g, request

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.connections.connection import ConnectionId
from app.domain.errors import NotFound, SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import SessionId
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text
from app.services.connections.drafts import ConnectionDrafts
from app.services.setup.setup_links import SeenLink, SetupLinkService
from app.web.browser import client_ip
from app.web.consoles.console import Console, NavItem
from app.web.consoles.tenant_console import TenantConsole
from app.web.i18n import moment
from app.web.pages import page
from app.web.setup.setup_words import not_open_page
from app.web.site.csrf import setup_binding
from app.web.user_session import SignedInUser

SETUP = "/setup"


@dataclass(frozen=True, slots=True)
class SetupVisit(Console):
    """The guards, for somebody without an account.

    What has lasting effects asks for a fresh authentication, which nobody can give here: so all such pages and buttons
    are not there, whatever views are mounted. What is left makes drafts, of its own and of no one else.
    """

    links: SetupLinkService
    drafts: ConnectionDrafts

    def seen(self) -> SeenLink:
        """The link that this browser has opened; looked up once in a request. Raises NotFound."""
        if "setup_link" not in g:
            g.setup_link = self.links.at_work(self._cookie())
        if g.setup_link is None:
            raise NotFound("set-up", request.path)
        return g.setup_link  # type: ignore[no-any-return]  # what was put there

    def admit(self, roles: Collection[Role], *, back: str) -> Response | None:  # noqa: ARG002 - there are no roles here
        try:
            seen = self.seen()
        except NotFound:
            return not_open_page()
        connection = (request.view_args or {}).get("connection_id")
        if connection is not None:
            draft = self.drafts.one(seen.tenant, ConnectionId(connection)).draft
            if draft.changed_by != seen.link.actor_name:  # somebody with an account goes on with it, or began it
                raise NotFound("connection draft", connection)
        return None

    def poster(self) -> None:
        token = self._cookie()
        self.browser.guard.check(request, setup_binding(token) if token else None)

    def may_act_on(self, slug: str) -> bool:
        return not slug

    def confirm_url(self, back: str) -> str | None:
        raise NotFound("page", back)

    def user(self) -> SignedInUser:
        raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("a set-up link has no account"))

    def actor(self, reason: str = "") -> Actor:  # noqa: ARG002 - it gives none
        return self.seen().link.actor(client_ip())

    def session(self) -> SessionId:
        return SessionId(self.seen().link.session or "")

    def has(self, role: Role) -> bool:  # noqa: ARG002 - none
        return False

    def page(
        self,
        template: str,
        nav: Sequence[NavItem],
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
        **context: object,
    ) -> Response:
        seen = self.seen()
        return page(
            template,
            status=status,
            form_targets=form_targets,
            nav=nav,
            account_name=None,
            csrf_token=self.browser.guard.token(setup_binding(self._cookie() or "")),
            tenant=seen.tenant,
            changed_meanwhile="changed_meanwhile" in g,
            setup_email=seen.link.email,
            setup_ends=moment(seen.link.session_ends_at or 0.0),
            **context,
        )

    def _cookie(self) -> str | None:
        return self.browser.cookies.setup(request)


@dataclass(frozen=True, slots=True)
class SetupConsole(TenantConsole):
    """The tenant of the link; no URL names one."""

    visit: SetupVisit

    @property
    def name(self) -> str:
        return "setup"

    @property
    def may_set_up(self) -> bool:
        return True

    @property
    def may_decide(self) -> bool:
        return False

    def rule(self, rule: str) -> str:
        return f"{SETUP}{rule}"

    def tenant(self, slug: str) -> Tenant:  # noqa: ARG002 - it is always empty
        return self.visit.seen().tenant

    def url(self, tenant: Tenant, *parts: str) -> str:  # noqa: ARG002 - there is one
        return "/".join([SETUP, *parts])

    def page(
        self,
        template: str,
        tenant: Tenant,
        tab: str,  # noqa: ARG002 - there are no others
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
        **context: object,
    ) -> Response:
        return self.visit.page(
            template,
            [],
            status=status,
            form_targets=form_targets,
            customer=tenant,
            tabs=[],
            staff=False,
            by_link=True,
            **context,
        )
