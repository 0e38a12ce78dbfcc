"""`/activity`: a tenant's logins, each with its reference and explanation, in both consoles."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import Account, Role
from app.domain.connections.connection import Connection
from app.domain.errors import NotFound
from app.domain.reasons import Outcome, reason
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.traces.login_activity import Login, LoginActivityService
from app.services.traces.references import ReferenceService
from app.services.traces.traces import explain
from app.web.consoles.activity_tabs import LOGINS, activity_tabs, activity_url
from app.web.consoles.downloads import csv_download, json_lines_download
from app.web.consoles.people_urls import TAB, may_change, new_person_url, person_url
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago
from app.web.traces.chart import login_chart
from app.web.traces.login_filter import NAMES, AskedLogins
from app.web.traces.reference_page import ReferencePage
from app.web.traces.reference_words import outcome_words, way_words
from app.web.traces.references import SupportLinks
from app.web.traces.takeaway import HEADER, as_json, as_row

KEPT = [*NAMES, "period", "before", "last"]
REFERENCE_MOST = 100
YEAR_9999 = 253_000_000_000


@dataclass(frozen=True, slots=True)
class LoginViews:
    """Read-only, for a tenant's admins and for all staff."""

    activity: LoginActivityService
    references: ReferenceService
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("logins", self.place)
        pages.page("/activity", self.logins, keep=KEPT)
        pages.page("/activity/logins.csv", self.as_csv, keep=NAMES)
        pages.page("/activity/logins.jsonl", self.as_json_lines, keep=NAMES)
        pages.page("/activity/<reference>", self.one)
        return pages

    def logins(self, tenant: Tenant) -> Response:
        asked = AskedLogins.of_request(self.activity, tenant)
        before = _before()
        found = self.activity.page(tenant.id, asked.wanted, before=before)
        here, now = activity_url(self.place, tenant), self.clock.now()
        onward = found.next_before
        return self.place.page(
            "activity_logins.html",
            tenant,
            "activity",
            subtabs=activity_tabs(self.place, tenant, LOGINS),
            chart=login_chart(self.activity, self.clock, tenant.id, url=here) if before is None else None,
            asked=asked,
            connections=found.connections,
            rows=[self._row(tenant, login, now=now) for login in found.logins],
            here=here,
            later=before is not None,
            first_url=asked.url(here),
            next_url=asked.url(here, before=repr(onward[0]), last=onward[1]) if onward else None,
            csv_url=asked.url(f"{here}/logins.csv"),
            jsonl_url=asked.url(f"{here}/logins.jsonl"),
        )

    def as_csv(self, tenant: Tenant) -> Response:
        asked = AskedLogins.of_request(self.activity, tenant)
        rows = (as_row(login) for login in self.activity.all(tenant.id, asked.wanted))
        return csv_download(f"logins-{tenant.slug}", HEADER, rows)

    def as_json_lines(self, tenant: Tenant) -> Response:
        asked = AskedLogins.of_request(self.activity, tenant)
        lines = (json.dumps(as_json(login)) for login in self.activity.all(tenant.id, asked.wanted))
        return json_lines_download(f"logins-{tenant.slug}", lines)

    def one(self, tenant: Tenant, reference: str) -> Response:
        """Another tenant's is as unknown as one that never was."""
        if len(reference) > REFERENCE_MOST:
            raise NotFound("trace", reference)
        found = self.references.look_up(reference, within=tenant)
        own = not self.place.console.staff
        page = ReferencePage(
            TenantLinks(self.place, tenant),
            whole=own or self.place.console.has(Role.OPERATOR),
            now=self.clock.now(),
        )
        return self.place.page(
            "activity_reference.html",
            tenant,
            "activity",
            back=activity_url(self.place, tenant),
            **page.story(found),
        )

    def _row(self, tenant: Tenant, login: Login, *, now: float) -> Mapping[str, object]:
        trace = login.trace
        outcome = reason(trace.reason).outcome if trace.reason else Outcome.SIGNED_IN
        return {
            "reference": trace.reference,
            "url": activity_url(self.place, tenant, trace.reference),
            "ago": ago(trace.at, now=now),
            "outcome": outcome.value,
            "outcome_words": outcome_words(outcome, trace.purpose),
            "reason": trace.reason.value if trace.reason else None,
            "summary": explain(trace)["summary"] if trace.reason else "",
            "way": way_words(trace, trace.purpose),
            "connection": trace.connection,
            "account": login.account,
            "account_url": person_url(self.place, tenant, login.account) if login.account else None,
        }


@dataclass(frozen=True, slots=True)
class TenantLinks:
    """Within the pages of this tenant."""

    place: TenantConsole
    tenant: Tenant

    def to_tenant(self, _tenant: Tenant) -> None:
        return None

    def to_connection(self, tenant: Tenant, connection: Connection) -> str | None:
        if not self.place.console.staff:
            return None
        return SupportLinks(self.place.console.has(Role.OPERATOR)).to_connection(tenant, connection)

    def to_account(self, tenant: Tenant, account: Account) -> str:
        return person_url(self.place, tenant, account)

    def to_held(self, tenant: Tenant, held_id: str) -> str:
        return self.place.url(tenant, TAB, "held", held_id)

    def to_new_account(self, tenant: Tenant, reference: str) -> str | None:
        may = may_change(self.place, tenant)
        return new_person_url(self.place, tenant, reference=reference) if may else None

    def to_reference(self, reference: str) -> str:
        return activity_url(self.place, self.tenant, reference)


def _before() -> tuple[float, str] | None:
    """Where the page begins; anything invalid means the newest page."""
    try:
        at = float(request.args.get("before", "")[:40])
    except ValueError:
        return None
    return (at, request.args.get("last", "")[:REFERENCE_MOST]) if 0 < at < YEAR_9999 else None
