"""Puts the support console's pages together."""

from collections.abc import Sequence

from flask import Blueprint

from app.web.accounts.account_acts import AccountActViews
from app.web.accounts.accounts import AccountViews
from app.web.accounts.held import HeldViews
from app.web.audit.audit import BridgeAuditViews, TenantAuditViews
from app.web.browser import Browser
from app.web.connections.connections import ConnectionFormViews
from app.web.console import Console
from app.web.sessions.sessions import SessionViews
from app.web.site import Services, SiteOptions
from app.web.sso_only.switch import SwitchViews
from app.web.staff.staff import StaffViews
from app.web.tenants.security import SecurityFormViews, SecurityViews
from app.web.tenants.tenant_form import TenantFormViews
from app.web.tenants.tenants import TenantViews
from app.web.throttling.throttled import ThrottledViews
from app.web.traces.references import ReferenceViews


def support_pages(services: Services, options: SiteOptions, browser: Browser) -> Sequence[Blueprint]:
    """Under one guard: staff only, each page with the roles it names."""
    console = Console(browser=browser, clock=services.clock, staff=True)
    views = (
        TenantViews(services=services, options=options, console=console),
        TenantFormViews(services=services, console=console),
        SwitchViews(services=services, console=console),
        ConnectionFormViews(services=services, console=console),
        SecurityViews(services=services, console=console),
        SecurityFormViews(services=services, console=console),
        AccountViews(services=services, console=console),
        AccountActViews(services=services, console=console),
        SessionViews(services=services, console=console),
        ReferenceViews(services=services, console=console),
        HeldViews(services=services, console=console),
        ThrottledViews(services=services, console=console),
        StaffViews(services=services, console=console),
        TenantAuditViews(services=services, console=console),
        BridgeAuditViews(services=services, console=console),
    )
    return [view.blueprint() for view in views]
