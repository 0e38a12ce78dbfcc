"""The audit log: of a tenant, in both consoles, and of the whole bridge at `/support/audit`."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.accounts.account import Role
from app.domain.audit.audit import chain_of
from app.domain.tenants.tenant import Tenant
from app.services.audit.audit import AuditService
from app.web.audit.audit_page import audit_export, audit_page
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav
from app.web.consoles.tenant_console import TenantConsole, TenantPages

HERE = "/support/audit"


@dataclass(frozen=True, slots=True)
class TenantAuditViews:
    """A tenant's own entries, for all staff and for its admins."""

    audit: AuditService
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("activity", self.place)
        pages.page("/activity", self.show, keep=["action", "before"])
        pages.page("/activity.jsonl", self.export)
        return pages

    def show(self, tenant: Tenant) -> Response:
        here = self.place.url(tenant, "activity")
        return self.place.page(
            "activity.html", tenant, "activity", audit=audit_page(self.audit, chain_of(tenant.id), url=here)
        )

    def export(self, tenant: Tenant) -> Response:
        return audit_export(self.audit, chain_of(tenant.id), slug=tenant.slug)


@dataclass(frozen=True, slots=True)
class BridgeAuditViews:
    """Entries about the whole bridge, for operators."""

    audit: AuditService
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_audit", self.console, roles=[Role.OPERATOR])
        pages.page(HERE, self.show, keep=["action", "before"])
        pages.page(f"{HERE}.jsonl", self.export)
        return pages

    def show(self) -> Response:
        return self.console.page(
            "support/audit.html",
            support_nav(self.console, HERE),
            audit=audit_page(self.audit, chain_of(None), url=HERE),
        )

    def export(self) -> Response:
        return audit_export(self.audit, chain_of(None), slug=None)
