"""`/admin/readiness` and `/support/tenants/<slug>/readiness`: who could sign in without a password, and who not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import Account
from app.domain.sso_only.readiness import Group
from app.domain.sso_only.readiness_report import Readiness
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.sso_only.readiness import ReadinessService
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago
from app.web.sso_only.readiness_words import for_admins, for_support, groups, last_sso
from app.web.sso_only.tabs import READINESS, TAB, switch_tabs

PEOPLE_MOST = 50


@dataclass(frozen=True, slots=True)
class ReadinessViews:
    """It only looks. Remedies differ: support does what admins ask support for."""

    readiness: ReadinessService
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("readiness", self.place)
        pages.page(f"/{READINESS}", self.show, keep=["group"])
        return pages

    def show(self, tenant: Tenant) -> Response:
        found = self.readiness.of(tenant.slug)
        in_words = for_support if self.place.console.staff else for_admins
        return self.place.page(
            "readiness.html",
            found.tenant,
            TAB,
            within=switch_tabs(self.place, found.tenant, READINESS),
            here=self.place.url(found.tenant, READINESS),
            invite_url=self.place.url(found.tenant, READINESS, "invite") if found.tenant.policy.takes_sso else None,
            readiness=found,
            blockers=in_words(found.blockers),
            warnings=in_words(found.warnings),
            last_sso=last_sso(found),
            groups=[{**group, **self._people(found, group)} for group in groups(found, self.place.console.staff)],
        )

    def _people(self, found: Readiness, group: Mapping[str, str | int]) -> Mapping[str, object]:
        """Those of the group that the URL asks for."""
        if group["id"] != request.args.get("group"):
            return {}
        accounts = self.readiness.accounts(found.tenant.slug, Group(group["id"]), most=PEOPLE_MOST)
        return {"people": self._rows(found.tenant, accounts), "more": int(group["count"]) - len(accounts)}

    def _rows(self, tenant: Tenant, accounts: Sequence[Account]) -> list[Mapping[str, object]]:
        now = self.clock.now()
        return [
            {
                "username": account.username,
                "name": account.name,
                "email": account.email,
                "sso": ago(account.last_sso_at, now=now),
                "password": ago(account.last_password_at, now=now),
                "url": self.place.url(tenant, "people", account.id),
            }
            for account in accounts
        ]
