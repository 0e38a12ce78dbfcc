"""`/support/`: all tenants."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.account import STAFF_ROLES
from app.web.console import Console
from app.web.site import Services
from app.web.support.nav import support_nav

HERE = "/support/"


@dataclass(frozen=True, slots=True)
class TenantViews:
    """`/support/`."""

    services: Services
    console: Console

    def blueprint(self) -> Blueprint:
        blueprint = self.console.blueprint("support_tenants", roles=STAFF_ROLES)
        blueprint.add_url_rule("/support/", view_func=self.tenants, endpoint="list")
        return blueprint

    def tenants(self) -> Response:
        return self.console.page("support/tenants.html", support_nav(self.console, HERE))
