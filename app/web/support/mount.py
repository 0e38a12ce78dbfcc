"""Puts the support console's pages together."""

from collections.abc import Sequence

from flask import Blueprint

from app.web.browser import Browser
from app.web.console import Console
from app.web.site import Services
from app.web.support.tenants import TenantViews


def support_pages(services: Services, browser: Browser) -> Sequence[Blueprint]:
    """Under one guard: staff only, each page with the roles it names."""
    console = Console(browser=browser, clock=services.clock, staff=True)
    return [views.blueprint() for views in (TenantViews(services=services, console=console),)]
