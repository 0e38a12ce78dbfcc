"""`/support/tenants/<slug>/switch`: switching a tenant to SSO only or back, now or later."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES
from app.domain.errors import ChangedMeanwhile
from app.domain.sso_only.readiness_issues import ReadinessIssue
from app.domain.sso_only.readiness_report import WHAT_ENDS, WHAT_STAYS, Readiness
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.domain.text import UTC_ZONE, Moment
from app.ports.system import Clock
from app.services.sso_only.readiness import ReadinessService
from app.services.sso_only.switch_command import SwitchRefused, version
from app.services.sso_only.switching import NotPossible, SwitchService
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import tenant_url
from app.web.consoles.tenant_console import TenantConsole
from app.web.i18n import gettext, moment, reader
from app.web.pages import go
from app.web.sso_only.readiness_words import for_support
from app.web.sso_only.switch_form import CancelForm, DeclineForm, SwitchForm, SwitchReasonForm
from app.web.sso_only.switch_words import DONE, done_sentence, happens, last_switch, policy_name
from app.web.sso_only.tabs import READINESS, SWITCH, TAB, switch_tabs


@dataclass(frozen=True, slots=True)
class SwitchViews:
    """For all staff. Reading needs nothing more; changes need a confirmation."""

    readiness: ReadinessService
    switching: SwitchService
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_switch", self.place.console, roles=STAFF_ROLES)
        here = "/support/tenants/<slug>/switch"
        pages.page(here, self.show)
        pages.button(here, self.carry_out, on=here)
        pages.button(f"{here}/check", self.check, on=here)
        pages.button(f"{here}/cancel", self.cancel, on=here)
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
        command = form.command(slug, self.place.console.actor(form.reason.data or ""))
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

    def _small(self, slug: str, form: SwitchReasonForm, done: str, deed: Callable[..., bool]) -> Response:
        """A change that needs only a reason."""
        if not form.validate():
            return self._page(slug, status=400, form=form)
        try:
            deed(slug, by=self.place.console.actor(form.reason.data or ""), version=form.seen)
        except NotPossible as no:
            return self._page(slug, status=409, problem=gettext(no.sentence, **no.values))
        return self._done(slug, done)

    def _done(self, slug: str, what: str) -> Response:
        return go(f"{tenant_url(slug, SWITCH)}?done={what}")

    def _confirmation(self, readiness: Readiness, form: SwitchForm, over: Sequence[ReadinessIssue]) -> Response:
        tenant = readiness.tenant
        policy = form.wanted
        return self.place.page(
            "support/switch_check.html",
            tenant,
            TAB,
            within=switch_tabs(self.place, tenant, SWITCH),
            back=self.place.url(tenant, SWITCH),
            form=form,
            policy=policy,
            policy_name=policy_name(policy),
            when=moment(form.time) if form.time is not None else None,
            utc=str(Moment(form.time)) if form.time is not None and form.zone_name != UTC_ZONE else None,
            happens=happens(readiness, policy),
            over=for_support(over),
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
        here = self.place.url(tenant, SWITCH)
        return self.place.page(
            "support/switch.html",
            tenant,
            TAB,
            status=status,
            within=switch_tabs(self.place, tenant, SWITCH),
            here=here,
            readiness_url=self.place.url(tenant, READINESS),
            may=self.place.console.may_act_on(slug),
            confirm_url=self.place.console.confirm_url(here),
            version=version(tenant),
            done=done_sentence(done, tenant, last) if done in DONE else None,
            problem=problem,
            form=form if isinstance(form, SwitchForm) else SwitchForm.of(tenant, now=now),
            cancel=form if isinstance(form, CancelForm) else CancelForm(),
            decline=form if isinstance(form, DeclineForm) else DeclineForm(),
            policies=[(policy, policy_name(policy)) for policy in LoginPolicy],
            last=last_switch(last, now=now),
            planned=_planned(tenant),
            requested_at=moment(tenant.requested.at) if tenant.requested else None,
            readiness=readiness,
            blockers=for_support(readiness.blockers),
            ends=[gettext(sentence) for sentence in WHAT_ENDS],
            stays=[gettext(sentence) for sentence in WHAT_STAYS],
        )


def _planned(tenant: Tenant) -> Mapping[str, str] | None:
    plan = tenant.planned
    if plan is None:
        return None
    return {
        "policy": policy_name(plan.policy),
        "at": moment(plan.at),
        "utc": "" if reader().zone == UTC_ZONE else str(Moment(plan.at)),
        "actor": plan.actor,
        "reason": plan.reason,
    }
