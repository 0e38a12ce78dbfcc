"""`/readiness/invite` of a tenant: an email to those who have not tried SSO yet."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.tenants.tenant import Tenant
from app.services.sso_only.trial_invitations import AT_ONCE, InvitationRefused, TrialInvitations
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext, moment
from app.web.pages import go
from app.web.sso_only.tabs import READINESS, TAB


@dataclass(frozen=True, slots=True)
class TrialInviteViews:
    """For a tenant's admins, and for staff."""

    trial_invitations: TrialInvitations
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("trial_invite", self.place)
        pages.form(f"/{READINESS}/invite", self.ask, self.send)
        return pages

    def ask(self, tenant: Tenant) -> Response:
        """How many would get it; or how many got it, if that was just done."""
        sent = request.args.get("sent", "")
        known = sent.isascii() and sent.isdigit() and len(sent) <= len(str(AT_ONCE))
        return self._page(tenant, sent=int(sent) if known else None)

    def send(self, tenant: Tenant) -> Response:
        try:
            sent = self.trial_invitations.send(tenant.slug, by=self.place.console.actor())
        except InvitationRefused as refused:
            return self._page(tenant, status=409, problem=_refusal(refused))
        return go(f"{self.place.url(tenant, READINESS, 'invite')}?sent={sent}")

    def _page(
        self, tenant: Tenant, *, status: int = 200, sent: int | None = None, problem: str | None = None
    ) -> Response:
        again_at = self.trial_invitations.again_at(tenant)
        return self.place.page(
            "trial_invite.html",
            tenant,
            TAB,
            status=status,
            sent=sent,
            problem=problem,
            people=self.trial_invitations.count(tenant) if again_at is None else 0,
            at_once=AT_ONCE,
            again=moment(again_at) if again_at is not None else None,
            readiness_url=self.place.url(tenant, READINESS),
            here=self.place.url(tenant, READINESS, "invite"),
        )


def _refusal(refused: InvitationRefused) -> str:
    if refused.again_at is None:
        return gettext("The sign-in policy does not allow SSO yet.")
    return gettext("They were already asked. You can ask again from %(when)s.", when=moment(refused.again_at))
