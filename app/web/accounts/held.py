"""`/support/held`: logins held because an address seems to have changed hands; both sides, and the decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Account
from app.domain.accounts.held import HeldDecision, HeldLogin, HeldLoginId
from app.domain.errors import NotFound
from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import Status, Tenant
from app.ports.system import Clock
from app.services.accounts.held import BothSides, HeldLoginService, Holder
from app.web.consoles.acts import ReasonForm
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_url
from app.web.i18n import ago, moment
from app.web.pages import go, with_query
from app.web.traces.references import reference_url

HERE = "/support/held"


@dataclass(frozen=True, slots=True)
class HeldViews:
    """For all staff; a decision needs a confirmation, and one about staff needs an operator."""

    held: HeldLoginService
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_held", self.console, roles=STAFF_ROLES)
        pages.page(HERE, self.waiting)
        pages.form(f"{HERE}/<held_id>", self.one, self.decide)
        return pages

    def waiting(self) -> Response:
        now = self.clock.now()
        found = self.held.everywhere(after=_place(request.args.get("at", ""), request.args.get("after", "")))
        decided = [] if "after" in request.args else self.held.decided()
        return self._page(
            "support/held.html",
            rows=[
                {**side_rows(side, _OF_SUPPORT, now=now), "may": self.console.may_act_on(side.tenant.slug)}
                for side in found.sides
            ],
            decided=[_decided(tenant, held) for tenant, held in decided],
            done=request.args.get("done"),
            later="after" in request.args,
            next_url=_next(found.next_after),
        )

    def one(self, held_id: str) -> Response:
        return self._one(self._side(held_id), ReasonForm())

    def decide(self, held_id: str) -> Response:
        side = self._side(held_id)
        decisions = {"accept": self.held.accept, "refuse": self.held.refuse}
        decide = decisions.get(request.form.get("decision", ""))
        form = ReasonForm(request.form)
        if not form.validate():
            return self._one(side, form, status=400)
        if decide is None:
            return self._one(side, form)
        try:
            held = decide(side.held.id, by=self.console.actor(form.reason.data or ""))
        except NotFound:  # someone else was faster
            return go(f"{HERE}?done=late")
        return go(f"{HERE}?done={held.decision.value}")

    def _side(self, held_id: str) -> BothSides:
        """An undecided one. A decision about staff can make someone an operator, so only operators may make it."""
        side = self.held.one(HeldLoginId(held_id))
        if not self.console.may_act_on(side.tenant.slug):
            raise NotFound("page", request.path)
        return side

    def _one(self, side: BothSides, form: ReasonForm, *, status: int = 200) -> Response:
        return self._page(
            "support/held_one.html",
            status=status,
            row=side_rows(side, _OF_SUPPORT, now=self.clock.now()),
            form=form,
        )

    def _page(self, template: str, *, status: int = 200, **context: object) -> Response:
        return self.console.page(template, support_nav(self.console, HERE), status=status, form_targets=(), **context)


@dataclass(frozen=True, slots=True)
class HeldLinks:
    """Where the page of both sides leads, in its console."""

    to_held: Callable[[HeldLoginId], str]
    to_account: Callable[[Tenant, Account], str]
    to_reference: Callable[[str], str]


_OF_SUPPORT = HeldLinks(
    to_held=lambda held_id: f"{HERE}/{held_id}",
    to_account=lambda tenant, account: tenant_url(tenant.slug, "people", account.id),
    to_reference=reference_url,
)


def side_rows(side: BothSides, links: HeldLinks, *, now: float) -> Mapping[str, object]:
    """One held login, for support/_held.html."""
    held = side.held
    return {
        "held": held,
        "url": links.to_held(held.id),
        "tenant": side.tenant,
        "tenant_url": tenant_url(side.tenant.slug),
        "connection": side.connection.name,
        "when": moment(held.at),
        "ago": ago(held.at, now=now),
        "moved": held.reason is ReasonCode.HELD_EMAIL_MOVED,
        "holders": [_holder(holder, links.to_account(side.tenant, holder.account), now=now) for holder in side.holders],
        "reference_url": links.to_reference(held.reference),
    }


def _holder(holder: Holder, url: str, *, now: float) -> Mapping[str, object]:
    account = holder.account
    return {
        "name": account.name,
        "username": account.username,
        "url": url,
        "subject": holder.subject,
        "disabled": account.status is Status.DISABLED,
        "last_login": ago(account.last_login_at, now=now),
    }


def _decided(tenant: Tenant, held: HeldLogin) -> Mapping[str, object]:
    return {
        "tenant": tenant.name,
        "url": tenant_url(tenant.slug),
        "match_value": held.match_value,
        "subject": held.subject,
        "accepted": held.decision is HeldDecision.ACCEPTED,
        "who": held.decided_by,
        "when": moment(held.decided_at or held.at),
        "reference": held.reference,
        "reference_url": reference_url(held.reference),
    }


def _place(at: str, after: str) -> tuple[float, HeldLoginId] | None:
    try:
        return (float(at), HeldLoginId(after)) if after else None
    except ValueError:
        return None


def _next(place: tuple[float, HeldLoginId] | None) -> str | None:
    return with_query(HERE, at=repr(place[0]), after=place[1]) if place else None
