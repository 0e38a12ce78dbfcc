"""`/support/tenants/<slug>/sessions`: who is signed in, with buttons to end one session or all."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES
from app.domain.sessions.session import SessionId
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.accounts.account_admin import AccountAdmin, SessionPage
from app.web.accounts.session_rows import session_rows
from app.web.consoles.acts import Act, ActPages
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_nav, tenant_url
from app.web.i18n import gettext
from app.web.pages import with_query
from app.web.traces.references import reference_url

PLACE_MOST = 300


@dataclass(frozen=True, slots=True)
class SessionViews:
    """For all staff; only operators end the sessions of staff."""

    account_admin: AccountAdmin
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_sessions", self.console, roles=STAFF_ROLES)
        here = "/support/tenants/<slug>/sessions"
        pages.page(here, self.live)
        pages.form(f"{here}/end-all", self.ask_all, self.end_all)
        pages.form(f"{here}/<session_id>/end", self.ask, self.end)
        return pages

    def live(self, slug: str) -> Response:
        username, last = (request.args.get(name, "")[:PLACE_MOST] for name in ("username", "after"))
        after = (username, SessionId(last)) if username and last else None
        found = self.account_admin.sessions(slug, after=after)
        return self.console.page(
            "support/sessions.html",
            support_nav(self.console, "/support/"),
            customer=found.tenant,
            tabs=tenant_nav(found.tenant, "sessions"),
            rows=session_rows(
                found.sessions,
                now=self.clock.now(),
                to_account=lambda account: tenant_url(slug, "people", account.id),
                to_reference=reference_url,
                to_end=lambda session_id: tenant_url(slug, "sessions", session_id, "end"),
            ),
            live=found.live,
            here=tenant_url(slug, "sessions"),
            may=self.console.may_act_on(found.tenant.slug),
            later=after is not None,
            next_url=_next(found),
            done=request.args.get("done"),
        )

    def ask(self, slug: str, session_id: str) -> Response:
        tenant, act = self._one(slug, SessionId(session_id))
        return ActPages(self.console).ask(tenant, act)

    def end(self, slug: str, session_id: str) -> Response:
        tenant, act = self._one(slug, SessionId(session_id))
        return ActPages(self.console).carry_out(
            tenant, act, lambda by: self.account_admin.end_session(slug, SessionId(session_id), by=by)
        )

    def ask_all(self, slug: str) -> Response:
        tenant, act = self._all(slug)
        return ActPages(self.console).ask(tenant, act)

    def end_all(self, slug: str) -> Response:
        tenant, act = self._all(slug)
        return ActPages(self.console).carry_out(tenant, act, lambda by: self.account_admin.end_of_tenant(slug, by=by))

    def _one(self, slug: str, session_id: SessionId) -> tuple[Tenant, Act]:
        live = self.account_admin.session(slug, session_id)
        return live.tenant, Act(
            title=gettext("End this session"),
            about=live.account.username,
            consequences=[
                gettext("This person is signed out in that browser at their next click."),
                gettext("They can sign in again right away, and their other sessions continue."),
            ],
            button=gettext("End session"),
            url=tenant_url(slug, "sessions", session_id, "end"),
            back=tenant_url(slug, "people", live.account.id),
            done="session",
            tab="sessions",
        )

    def _all(self, slug: str) -> tuple[Tenant, Act]:
        found = self.account_admin.sessions(slug)
        return found.tenant, Act(
            title=gettext("End all sessions of %(name)s", name=found.tenant.name),
            about=gettext("Live sessions: %(count)s", count=str(found.live)),
            consequences=[
                gettext("Everyone is signed out at their next click, whatever they are working on."),
                gettext("They can sign in again right away, as the sign-in policy allows."),
                gettext("This cannot be undone."),
            ],
            button=gettext("End all sessions"),
            url=tenant_url(slug, "sessions", "end-all"),
            back=tenant_url(slug, "sessions"),
            done="all",
            tab="sessions",
        )


def _next(found: SessionPage) -> str | None:
    if found.next_after is None:
        return None
    username, last = found.next_after
    return with_query(tenant_url(found.tenant.slug, "sessions"), username=username, after=last)
