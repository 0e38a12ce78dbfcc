"""`/support/tenants/<slug>/switch`: whether a tenant is ready for SSO only, and switching it either way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES
from app.domain.errors import ChangedMeanwhile
from app.domain.sso_only.readiness import Group
from app.domain.sso_only.readiness_issues import ReadinessIssue
from app.domain.sso_only.readiness_report import WHAT_ENDS, WHAT_STAYS, Readiness
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.sso_only.readiness import ReadinessService
from app.services.sso_only.switch_command import SwitchRefused, version
from app.services.sso_only.switching import NotPossible, SwitchService
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_nav, tenant_url
from app.web.i18n import ago, gettext, moment
from app.web.pages import go
from app.web.sso_only.readiness_words import no_login
from app.web.sso_only.switch_form import CancelForm, DeclineForm, ObserveForm, SwitchForm, SwitchReasonForm
from app.web.sso_only.switch_words import DONE, done_sentence, happens, last_switch, policy_name

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
        form = self._posted()
        if not form.validate():
            return self._page(slug, status=400, form=form)
        readiness = self.readiness.of(slug)
        if form.seen != version(readiness.tenant):
            raise ChangedMeanwhile("tenant", slug)
        over = self.switching.in_the_way(readiness.tenant, form.wanted)
        if {issue.kind.value for issue in over} - set(form.accepted.data or ()):
            return self._page(slug, status=409, form=form, problem=gettext("There are blockers: see below."))
        return self._confirmation(readiness, form, over)

    def carry_out(self, slug: str) -> Response:
        """The second step."""
        form = self._posted()
        return self._decided(slug, form) if form.validate() else self._page(slug, status=400, form=form)

    def _posted(self) -> SwitchForm:
        return SwitchForm(request.form, now=self.clock.now())

    def _decided(self, slug: str, form: SwitchForm) -> Response:
        command = form.command(slug, self.console.actor(form.reason.data or ""))
        try:
            self.switching.decide(command)
            return self._done(slug, "switched" if command.at is None else "planned")
        except SwitchRefused:
            return self._page(slug, status=409, form=form, problem=gettext("There are blockers: see below."))
        except NotPossible as no:
            return self._page(slug, status=409, problem=gettext(no.sentence, **no.values))

    def cancel(self, slug: str) -> Response:
        return self._small(slug, CancelForm(request.form), "cancelled", self.switching.cancel)

    def decline(self, slug: str) -> Response:
        return self._small(slug, DeclineForm(request.form), "declined", self.switching.decline)

    def observe(self, slug: str) -> Response:
        form = ObserveForm(request.form)
        done = "observing" if form.starts else "not_observing"
        return self._small(slug, form, done, partial(self.switching.observe, on=form.starts))

    def _small(self, slug: str, form: SwitchReasonForm, done: str, deed: Callable[..., bool]) -> Response:
        """A change that needs only a reason."""
        if not form.validate():
            return self._page(slug, status=400, form=form)
        try:
            deed(slug, by=self.console.actor(form.reason.data or ""), version=form.seen)
        except NotPossible as no:
            return self._page(slug, status=409, problem=gettext(no.sentence, **no.values))
        return self._done(slug, done)

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
            when=moment(form.time) if form.time is not None else None,
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
        form: SwitchReasonForm | None = None,
        problem: str | None = None,
    ) -> Response:
        """With the `form` that was posted, if any; the others are as they are first shown."""
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
            form=form if isinstance(form, SwitchForm) else SwitchForm.of(tenant, now=now),
            cancel=form if isinstance(form, CancelForm) else CancelForm(),
            decline=form if isinstance(form, DeclineForm) else DeclineForm(),
            observe=form if isinstance(form, ObserveForm) else ObserveForm(),
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
                        "url": tenant_url(slug, "people", account.id),
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
        "what": no_login(last.purpose),
        "connection": last.connection,
        "claims": ", ".join(last.claims),
        "reference": last.reference,
    }
