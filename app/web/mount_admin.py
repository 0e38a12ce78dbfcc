"""Puts the pages of tenants' admins together."""

from collections.abc import Sequence

from flask import Blueprint

from app.web.audit.activity import ActivityViews
from app.web.browser import Browser
from app.web.console import Console
from app.web.site import Services
from app.web.sso_only.sign_on import SignOnViews


def admin_pages(services: Services, browser: Browser) -> Sequence[Blueprint]:
    """Under one guard: what a page shows is of the signed-in account's own tenant, and no address says another."""
    console = Console(browser=browser, clock=services.clock, staff=False)
    return [
        SignOnViews(services=services, console=console).blueprint(),
        ActivityViews(services=services, console=console).blueprint(),
    ]
