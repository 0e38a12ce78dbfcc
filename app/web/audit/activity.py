"""`/admin/activity`: changes in the tenant, by its own people and by support."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.accounts.account import Role
from app.domain.audit.audit import chain_of
from app.services.audit.audit import AuditService
from app.web.admin.nav import ACTIVITY, admin_nav
from app.web.audit.audit_page import audit_export, audit_page
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages


@dataclass(frozen=True, slots=True)
class ActivityViews:
    """The tenant's own audit entries only."""

    audit: AuditService
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("admin_activity", self.console, roles=[Role.TENANT_ADMIN])
        pages.page(ACTIVITY, self.show, keep=["action", "before"])
        pages.page(f"{ACTIVITY}.jsonl", self.export)
        return pages

    def show(self) -> Response:
        tenant = self.console.user().signed_in.tenant
        shown = audit_page(self.audit, chain_of(tenant.id), url=ACTIVITY)
        return self.console.page("admin/activity.html", admin_nav(ACTIVITY), audit=shown)

    def export(self) -> Response:
        tenant = self.console.user().signed_in.tenant
        return audit_export(self.audit, chain_of(tenant.id), slug=tenant.slug)
