"""`/activity/sessions`: who is signed in, with buttons to end one session or all, in both consoles."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, request

from app.domain.sessions.session import SessionId
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.accounts.account_admin import AccountAdmin, SessionPage
from app.web.accounts.session_rows import session_rows
from app.web.consoles.activity_tabs import ACTIVITY, SESSIONS, activity_tabs, activity_url
from app.web.consoles.acts import Act
from app.web.consoles.people_urls import person_url
from app.web.consoles.tenant_acts import TenantActPages
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext, number
from app.web.pages import go, with_query

PLACE_MOST = 300
HERE = f"/{ACTIVITY}/{SESSIONS}"


@dataclass(frozen=True, slots=True)
class SessionViews:
    """For a tenant's admins and all staff; only operators end the sessions of staff."""

    account_admin: AccountAdmin
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages(SESSIONS, self.place)
        pages.page(HERE, self.live, keep=["username", "after"])
        pages.form(f"{HERE}/end-all", self.ask_all, self.end_all)
        pages.form(f"{HERE}/<session_id>/end", self.ask, self.end)
        # Where they stood before, for links in tickets and notes.
        pages.page(f"/{SESSIONS}", self.moved)
        pages.page(f"/{SESSIONS}/<session_id>/end", self.moved_end)
        return pages

    def live(self, tenant: Tenant) -> Response:
        username, last = (request.args.get(name, "")[:PLACE_MOST] for name in ("username", "after"))
        after = (username, SessionId(last)) if username and last else None
        found = self.account_admin.sessions(tenant.slug, after=after)
        return self.place.page(
            "activity_sessions.html",
            tenant,
            ACTIVITY,
            subtabs=activity_tabs(self.place, tenant, SESSIONS),
            rows=session_rows(
                found.sessions,
                now=self.clock.now(),
                to_account=lambda account: person_url(self.place, tenant, account),
                to_reference=lambda reference: activity_url(self.place, tenant, reference),
                to_end=lambda session_id: self._url(tenant, session_id, "end"),
            ),
            live=found.live,
            here=self._url(tenant),
            may=self.place.console.may_act_on(tenant.slug),
            later=after is not None,
            next_url=self._next(found),
            done=request.args.get("done"),
        )

    def moved(self, tenant: Tenant) -> Response:
        return go(self._url(tenant))

    def moved_end(self, tenant: Tenant, session_id: str) -> Response:
        return go(self._url(tenant, quote(session_id, safe=""), "end"))

    def ask(self, tenant: Tenant, session_id: str) -> Response:
        return TenantActPages(self.place).ask(tenant, self._one(tenant, SessionId(session_id)))

    def end(self, tenant: Tenant, session_id: str) -> Response:
        act = self._one(tenant, SessionId(session_id))
        return TenantActPages(self.place).carry_out(
            tenant, act, lambda by: self.account_admin.end_session(tenant.slug, SessionId(session_id), by=by)
        )

    def ask_all(self, tenant: Tenant) -> Response:
        return TenantActPages(self.place).ask(tenant, self._all(tenant))

    def end_all(self, tenant: Tenant) -> Response:
        return TenantActPages(self.place).carry_out(
            tenant, self._all(tenant), lambda by: self.account_admin.end_of_tenant(tenant.slug, by=by)
        )

    def _one(self, tenant: Tenant, session_id: SessionId) -> Act:
        live = self.account_admin.session(tenant.slug, session_id)
        return Act(
            title=gettext("End this session"),
            about=live.account.username,
            consequences=[
                gettext("This person is signed out in that browser at their next click."),
                gettext("They can sign in again right away, and their other sessions continue."),
                *([gettext("This is your own session: you will be signed out.")] if self._is_own(session_id) else []),
            ],
            button=gettext("End session"),
            url=self._url(tenant, session_id, "end"),
            back=self._url(tenant),
            done="session",
            tab=ACTIVITY,
        )

    def _all(self, tenant: Tenant) -> Act:
        found = self.account_admin.sessions(tenant.slug)
        own = self.place.console.user().signed_in.tenant.id == tenant.id
        return Act(
            title=gettext("End all sessions of %(name)s", name=tenant.name),
            about=gettext("Live sessions: %(count)s", count=number(found.live)),
            consequences=[
                gettext("Everyone is signed out at their next click, whatever they are working on."),
                *([gettext("Your own session ends as well.")] if own else []),
                gettext("They can sign in again right away, as the sign-in policy allows."),
                gettext("This cannot be undone."),
            ],
            button=gettext("End all sessions"),
            url=self._url(tenant, "end-all"),
            back=self._url(tenant),
            done="all",
            tab=ACTIVITY,
        )

    def _is_own(self, session_id: SessionId) -> bool:
        return self.place.console.user().signed_in.session.id == session_id

    def _url(self, tenant: Tenant, *parts: str) -> str:
        return activity_url(self.place, tenant, SESSIONS, *parts)

    def _next(self, found: SessionPage) -> str | None:
        if found.next_after is None:
            return None
        username, last = found.next_after
        return with_query(self._url(found.tenant), username=username, after=last)
