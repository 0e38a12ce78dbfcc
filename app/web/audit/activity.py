"""`/admin/activity`: what was changed in the tenant, by its own people and by support."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.accounts.account import Role
from app.domain.audit.audit import chain_of
from app.services.audit.audit import AuditService
from app.web.admin.nav import ACTIVITY, admin_nav
from app.web.audit.audit_page import audit_export, audit_page
from app.web.console import Console


@dataclass(frozen=True, slots=True)
class ActivityViews:
    """The tenant's part of the audit, and no other."""

    audit: AuditService
    console: Console

    def blueprint(self) -> Blueprint:
        blueprint = self.console.blueprint("admin_activity", roles=[Role.TENANT_ADMIN])
        blueprint.add_url_rule(ACTIVITY, view_func=self.show, endpoint="show")
        blueprint.add_url_rule(f"{ACTIVITY}.jsonl", view_func=self.export, endpoint="export")
        return blueprint

    def show(self) -> Response:
        tenant = self.console.user().signed_in.tenant
        shown = audit_page(self.audit, chain_of(tenant.id), url=ACTIVITY)
        return self.console.page("admin/activity.html", admin_nav(ACTIVITY), audit=shown)

    def export(self) -> Response:
        tenant = self.console.user().signed_in.tenant
        return audit_export(self.audit, chain_of(tenant.id), slug=tenant.slug)
