"""Which page of the consoles gets which services."""

from collections.abc import Iterator

from flask import Blueprint

from app.services.login.check_diagnosis import CheckDiagnosis
from app.services.login.check_results import CheckResultService
from app.web.accounts.account_acts import AccountActViews
from app.web.accounts.accounts import AccountViews
from app.web.accounts.held import HeldViews
from app.web.audit.audit import BridgeAuditViews, TenantAuditViews
from app.web.connections.connection_test import ConnectionTestViews
from app.web.connections.connections import ConnectionFormViews
from app.web.consoles.console import Console
from app.web.consoles.tenant_console import TenantConsole
from app.web.login.check_result import CheckResultViews
from app.web.mail.notices import NoticeViews
from app.web.mount import Frame
from app.web.sessions.sessions import SessionViews
from app.web.sso_only.sign_on import SignOnViews
from app.web.sso_only.switch import SwitchViews
from app.web.staff.staff import StaffViews
from app.web.tenants.domains import DomainViews
from app.web.tenants.security import SecurityFormViews, SecurityViews
from app.web.tenants.tenant_form import TenantFormViews
from app.web.tenants.tenants import TenantViews
from app.web.throttling.throttled import ThrottledViews
from app.web.traces.references import ReferenceViews
from app.wiring.bridge import Bridge


def support_pages(bridge: Bridge, frame: Frame) -> Iterator[Blueprint]:
    """Behind one guard: staff only, each page with its roles."""
    console = Console(browser=frame.browser, clock=bridge.clock, staff=True)
    yield from _tenant_pages(bridge, frame, console)
    yield from _account_pages(bridge, console)
    yield from _pages_of_both(bridge, frame, console)
    yield ReferenceViews(references=bridge.references, clock=bridge.clock, console=console).blueprint()
    yield ThrottledViews(throttled=bridge.throttled, clock=bridge.clock, console=console).blueprint()
    yield StaffViews(
        password_links=bridge.password_links, staff=bridge.staff, clock=bridge.clock, console=console
    ).blueprint()
    yield BridgeAuditViews(audit=bridge.audit, console=console).blueprint()


def admin_pages(bridge: Bridge, frame: Frame) -> Iterator[Blueprint]:
    """Behind one guard: pages show the signed-in account's own tenant, and no URL can name another."""
    console = Console(browser=frame.browser, clock=bridge.clock, staff=False)
    yield SignOnViews(
        login=bridge.login,
        readiness=bridge.readiness,
        switching=bridge.switching,
        tenant_directory=bridge.tenant_directory,
        clock=bridge.clock,
        console=console,
    ).blueprint()
    yield from _pages_of_both(bridge, frame, console)


def check_results(bridge: Bridge, frame: Frame) -> CheckResultViews:
    """Where checks of connections are shown, for whatever begins or ends one."""
    return CheckResultViews(
        check_results=CheckResultService(sealer=bridge.sealer, clock=bridge.clock),
        diagnosis=CheckDiagnosis(database=bridge.database, references=bridge.references),
        clock=bridge.clock,
        browser=frame.browser,
        errors=frame.errors,
    )


def _pages_of_both(bridge: Bridge, frame: Frame, console: Console) -> Iterator[Blueprint]:
    """What admins see of their own tenant, and staff of any."""
    place = TenantConsole(console, bridge.tenant_directory)
    yield TenantAuditViews(audit=bridge.audit, place=place).blueprint()
    yield ConnectionTestViews(
        tenant_lookup=bridge.tenant_lookup,
        login=bridge.login,
        place=place,
        stopped=check_results(bridge, frame).stopped,
    ).blueprint()
    yield NoticeViews(notices=bridge.notices, place=place).blueprint()
    yield DomainViews(domains=bridge.domains, clock=bridge.clock, place=place).blueprint()


def _tenant_pages(bridge: Bridge, frame: Frame, console: Console) -> Iterator[Blueprint]:
    """A tenant, its connections, its settings and its switch."""
    yield TenantViews(
        login=bridge.login,
        tenant_directory=bridge.tenant_directory,
        clock=bridge.clock,
        options=frame.options,
        console=console,
    ).blueprint()
    yield TenantFormViews(
        password_links=bridge.password_links,
        tenant_directory=bridge.tenant_directory,
        set_up=bridge.set_up,
        console=console,
    ).blueprint()
    yield ConnectionFormViews(
        tenant_lookup=bridge.tenant_lookup,
        login=bridge.login,
        tenant_directory=bridge.tenant_directory,
        set_up=bridge.set_up,
        console=console,
    ).blueprint()
    yield SecurityViews(tenant_directory=bridge.tenant_directory, console=console).blueprint()
    yield SecurityFormViews(
        tenant_directory=bridge.tenant_directory, tenant_security=bridge.tenant_security, console=console
    ).blueprint()
    yield SwitchViews(
        readiness=bridge.readiness,
        switching=bridge.switching,
        clock=bridge.clock,
        console=console,
    ).blueprint()


def _account_pages(bridge: Bridge, console: Console) -> Iterator[Blueprint]:
    """A tenant's people, their sessions, and held logins."""
    yield AccountViews(account_admin=bridge.account_admin, clock=bridge.clock, console=console).blueprint()
    yield AccountActViews(
        second_factors=bridge.second_factors,
        password_links=bridge.password_links,
        account_admin=bridge.account_admin,
        console=console,
    ).blueprint()
    yield SessionViews(account_admin=bridge.account_admin, clock=bridge.clock, console=console).blueprint()
    yield HeldViews(held=bridge.held, clock=bridge.clock, console=console).blueprint()
