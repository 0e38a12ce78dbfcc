"""`/support/activity`: the logins of all tenants together, over time."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.accounts.account import STAFF_ROLES
from app.ports.system import Clock
from app.services.traces.login_activity import LoginActivityService
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav
from app.web.traces.chart import login_chart

HERE = "/support/activity"


@dataclass(frozen=True, slots=True)
class AllLoginsViews:
    """Read-only, for all staff."""

    activity: LoginActivityService
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_activity", self.console, roles=STAFF_ROLES)
        pages.page(HERE, self.show, keep=["period"])
        return pages

    def show(self) -> Response:
        return self.console.page(
            "support/activity.html",
            support_nav(self.console, HERE),
            chart=login_chart(self.activity, self.clock, None, url=HERE),
        )
