"""`/people/held` of a tenant: its held logins, with both sides, and the decision."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.held import HeldLoginId
from app.domain.errors import NotFound
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.accounts.held import BothSides, HeldLoginService
from app.web.accounts.held import HeldLinks, side_rows
from app.web.consoles.activity_tabs import activity_url
from app.web.consoles.acts import ReasonForm
from app.web.consoles.people_urls import TAB, person_url
from app.web.consoles.tenant_acts import TenantActPages
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.pages import go

DONE = ("accepted", "refused", "late")


@dataclass(frozen=True, slots=True)
class TenantHeldViews:
    """For the tenant's admins and all staff; about the staff's own tenant, only operators decide."""

    held: HeldLoginService
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("people_held", self.place)
        pages.page("/people/held", self.waiting)
        pages.form("/people/held/<held_id>", self.one, self.decide)
        return pages

    def waiting(self, tenant: Tenant) -> Response:
        asked, now = request.args.get("done"), self.clock.now()
        return self.place.page(
            "people_held.html",
            tenant,
            TAB,
            people_url=self.place.url(tenant, TAB),
            rows=[side_rows(side, self._links(tenant), now=now) for side in self.held.of_tenant(tenant.slug)],
            may=self.place.console.may_act_on(tenant.slug),
            done=asked if asked in DONE else None,
        )

    def one(self, tenant: Tenant, held_id: str) -> Response:
        return self._one(tenant, self._side(tenant, held_id), ReasonForm())

    def decide(self, tenant: Tenant, held_id: str) -> Response:
        side = self._side(tenant, held_id)
        decisions = {"accept": self.held.accept, "refuse": self.held.refuse}
        decide = decisions.get(request.form.get("decision", ""))
        form = ReasonForm(request.form)
        if not TenantActPages(self.place).reason_given(form) or decide is None:
            return self._one(tenant, side, form, status=400)
        here = self.place.url(tenant, TAB, "held")
        try:
            held = decide(side.held.id, by=self.place.console.actor(form.reason.data or ""))
        except NotFound:  # someone else was faster
            return go(f"{here}?done=late")
        return go(f"{here}?done={held.decision.value}")

    def _side(self, tenant: Tenant, held_id: str) -> BothSides:
        """An undecided one of this tenant."""
        side = self.held.one(HeldLoginId(held_id))
        if side.tenant.id != tenant.id:
            raise NotFound("waiting held login", held_id)
        return side

    def _one(self, tenant: Tenant, side: BothSides, form: ReasonForm, *, status: int = 200) -> Response:
        return self.place.page(
            "people_held_one.html",
            tenant,
            TAB,
            status=status,
            people_url=self.place.url(tenant, TAB),
            held_url=self.place.url(tenant, TAB, "held"),
            row=side_rows(side, self._links(tenant), now=self.clock.now()),
            form=form,
        )

    def _links(self, tenant: Tenant) -> HeldLinks:
        return HeldLinks(
            to_held=lambda held_id: self.place.url(tenant, TAB, "held", held_id),
            to_account=lambda _, account: person_url(self.place, tenant, account),
            to_reference=lambda reference: activity_url(self.place, tenant, reference),
        )
