"""`/support/tenants/<slug>/switch`: whether a tenant is ready for SSO only, and switching it either way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES
from app.domain.errors import ChangedMeanwhile, InvalidInput
from app.domain.sso_only.readiness import Group
from app.domain.sso_only.readiness_issues import ReadinessIssue
from app.domain.sso_only.readiness_report import WHAT_ENDS, WHAT_STAYS, Readiness
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.sso_only.readiness import ReadinessService
from app.services.sso_only.switch_command import SwitchRefused, version
from app.services.sso_only.switching import NotPossible, SwitchService
from app.web.console import Console
from app.web.console_pages import ConsolePages
from app.web.i18n import ago, gettext, moment
from app.web.pages import go
from app.web.sso_only.switch_form import SwitchForm, local_time, posted, reason_posted
from app.web.sso_only.switch_words import DONE, done_sentence, happens, last_switch, policy_name
from app.web.support.nav import support_nav, tenant_nav, tenant_url

PEOPLE_MOST = 50


@dataclass(frozen=True, slots=True)
class SwitchViews:
    """For all staff. Reading needs nothing more; changes need a confirmation."""

    readiness: ReadinessService
    switching: SwitchService
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_switch", self.console, roles=STAFF_ROLES)
        here = "/support/tenants/<slug>/switch"
        pages.page(here, self.show, keep=["group"])
        pages.button(here, self.carry_out, on=here)
        pages.button(f"{here}/check", self.check, on=here)
        pages.button(f"{here}/cancel", self.cancel, on=here)
        pages.button(f"{here}/observe", self.observe, on=here)
        pages.button(f"{here}/decline", self.decline, on=here)
        return pages

    def show(self, slug: str) -> Response:
        return self._page(slug, done=request.args.get("done", ""))

    def check(self, slug: str) -> Response:
        """The first of two steps: what will happen, in words. Changes nothing."""
        form = posted(now=self.clock.now())
        if form.problems:
            return self._page(slug, status=400, form=form)
        readiness = self.readiness.of(slug)
        if form.version != version(readiness.tenant):
            raise ChangedMeanwhile("tenant", slug)
        over = self.switching.in_the_way(readiness.tenant, form.wanted)
        if {issue.kind.value for issue in over} - set(form.accepted):
            return self._page(slug, status=409, form=form, problem=gettext("There are blockers: see below."))
        return self._confirmation(readiness, form, over)

    def carry_out(self, slug: str) -> Response:
        """The second step."""
        form = posted(now=self.clock.now())
        return self._page(slug, status=400, form=form) if form.problems else self._decided(slug, form)

    def _decided(self, slug: str, form: SwitchForm) -> Response:
        command = form.command(slug, self.console.actor(form.reason))
        try:
            self.switching.decide(command)
            return self._done(slug, "switched" if command.at is None else "planned")
        except SwitchRefused:
            return self._page(slug, status=409, form=form, problem=gettext("There are blockers: see below."))
        except NotPossible as no:
            return self._page(slug, status=409, problem=gettext(no.sentence, **no.values))

    def cancel(self, slug: str) -> Response:
        return self._small(slug, "cancelled", "cancel_reason")

    def decline(self, slug: str) -> Response:
        return self._small(slug, "declined", "decline_reason")

    def observe(self, slug: str) -> Response:
        return self._small(slug, "observing" if request.form.get("on") == "yes" else "not_observing", "observe_reason")

    def _small(self, slug: str, what: str, field: str) -> Response:
        """A change that needs only a reason."""
        reason = reason_posted()
        if not reason:
            sentence = gettext("Give a reason; it is recorded in the audit log, where the tenant can see it.")
            return self._page(slug, status=400, small_problems={field: sentence})
        by = self.console.actor(reason)
        try:
            if what == "cancelled":
                self.switching.cancel(slug, by=by, version=request.form.get("version", ""))
            elif what == "declined":
                self.switching.decline(slug, by=by)
            else:
                self.switching.observe(slug, what == "observing", by=by)
        except NotPossible as no:
            return self._page(slug, status=409, problem=gettext(no.sentence, **no.values))
        except InvalidInput as wrong:
            sentence = gettext("The reason %(problem)s.", problem=gettext(wrong.problem))
            return self._page(slug, status=400, small_problems={field: sentence})
        return self._done(slug, what)

    def _done(self, slug: str, what: str) -> Response:
        return go(f"{tenant_url(slug, 'switch')}?done={what}")

    def _confirmation(self, readiness: Readiness, form: SwitchForm, over: Sequence[ReadinessIssue]) -> Response:
        tenant = readiness.tenant
        policy = form.wanted
        return self.console.page(
            "support/switch_check.html",
            support_nav(self.console, "/support/"),
            customer=tenant,
            tabs=tenant_nav(tenant, "switch"),
            back=tenant_url(tenant.slug, "switch"),
            form=form,
            policy=policy,
            policy_name=policy_name(policy),
            when=moment(form.at) if form.at is not None else None,
            happens=happens(readiness, policy),
            over=[_said(issue) for issue in over],
            accepted=[issue.kind.value for issue in over],
        )

    def _page(
        self,
        slug: str,
        *,
        status: int = 200,
        done: str = "",
        form: SwitchForm | None = None,
        problem: str | None = None,
        small_problems: Mapping[str, str] | None = None,
    ) -> Response:
        readiness = self.readiness.of(slug)
        tenant, now = readiness.tenant, self.clock.now()
        last = self.switching.last_switch(tenant)
        here = tenant_url(slug, "switch")
        return self.console.page(
            "support/switch.html",
            support_nav(self.console, "/support/"),
            status=status,
            customer=tenant,
            tabs=tenant_nav(tenant, "switch"),
            here=here,
            may=self.console.may_act_on(slug),
            confirm_url=self.console.confirm_url(here),
            version=version(tenant),
            done=done_sentence(done, tenant, last) if done in DONE else None,
            problem=problem,
            problems=form.problems if form else {},
            small_problems=small_problems or {},
            form=form,
            default_at=local_time(now - now % 3600 + 25 * 3600),
            policies=[(policy, policy_name(policy)) for policy in LoginPolicy],
            groups=self._groups(readiness),
            last=last_switch(last, now=now),
            observing_since=moment(tenant.observing_since) if tenant.observing_since is not None else None,
            planned=_planned(tenant),
            requested_at=moment(tenant.requested.at) if tenant.requested else None,
            **_readiness(readiness, now=now),
        )

    def _groups(self, readiness: Readiness) -> list[Mapping[str, object]]:
        """With the people of the group that was asked for."""
        asked = request.args.get("group", "")
        slug, now = readiness.tenant.slug, self.clock.now()
        shown: list[Mapping[str, object]] = []
        for row in readiness.groups:
            people = None
            if row.group.value == asked and row.count:
                found = self.readiness.accounts(slug, Group(asked), most=PEOPLE_MOST)
                people = [
                    {
                        "username": account.username,
                        "name": account.name,
                        "email": account.email,
                        "sso": ago(account.last_sso_at, now=now),
                        "password": ago(account.last_password_at, now=now),
                        "url": tenant_url(slug, "accounts", account.id),
                    }
                    for account in found
                ]
            shown.append(
                {
                    "id": row.group.value,
                    "count": row.count,
                    "title": gettext(row.title),
                    "sentence": gettext(row.sentence),
                    "remedy": gettext(row.remedy) if row.remedy else "",
                    "people": people,
                    "more": row.count - len(people) if people else 0,
                }
            )
        return shown


def _readiness(found: Readiness, *, now: float) -> Mapping[str, Any]:
    return {
        "readiness": found,
        "expected_of": found.accounts,
        "blockers": [_said(issue) for issue in found.blockers],
        "warnings": [_said(issue) for issue in found.warnings],
        "ends": [gettext(sentence) for sentence in WHAT_ENDS],
        "stays": [gettext(sentence) for sentence in WHAT_STAYS],
        "last_sso": _last_sso(found, now=now),
    }


def _said(issue: ReadinessIssue) -> Mapping[str, str]:
    return {
        "kind": issue.kind.value,
        "sentence": gettext(issue.sentence, **issue.values),
        "remedy": gettext(issue.remedy, **issue.values),
    }


def _planned(tenant: Tenant) -> Mapping[str, str] | None:
    plan = tenant.planned
    if plan is None:
        return None
    return {
        "policy": policy_name(plan.policy),
        "at": moment(plan.at),
        "actor": plan.actor,
        "reason": plan.reason,
    }


def _last_sso(readiness: Readiness, *, now: float) -> Mapping[str, object] | None:
    last = readiness.last_sso
    if last is None:
        return None
    return {
        "who": last.username,
        "when": ago(last.at, now=now),
        "connection": last.connection,
        "claims": ", ".join(last.claims),
        "reference": last.reference,
    }
