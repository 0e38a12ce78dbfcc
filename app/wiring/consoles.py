"""Which page of the consoles gets which services."""

from collections.abc import Iterator

from flask import Blueprint

from app.services.connections.issuer_lookup import IssuerLookup
from app.services.connections.overview import ConnectionOverview
from app.services.login.check_diagnosis import CheckDiagnosis
from app.services.login.check_results import CheckResultService
from app.web.accounts.account_acts import AccountActViews
from app.web.accounts.held import HeldViews
from app.web.accounts.people import FormerAddresses, PeopleViews
from app.web.accounts.people_files import PeopleFileViews
from app.web.accounts.people_import import PeopleImportViews
from app.web.accounts.person import PersonViews
from app.web.accounts.person_form import PersonFormViews
from app.web.accounts.tenant_held import TenantHeldViews
from app.web.audit.audit import BridgeAuditViews, TenantAuditViews
from app.web.connections.advanced import AdvancedViews
from app.web.connections.connection_test import ConnectionTestViews
from app.web.connections.draft_acts import DraftActViews, DraftTestViews
from app.web.connections.draft_pages import DraftPages
from app.web.connections.drafts import DraftViews
from app.web.connections.key_pages import KeyPageViews
from app.web.connections.sso import SsoViews
from app.web.connections.sso_changes import SsoChangeViews
from app.web.consoles.console import Console
from app.web.consoles.tenant_console import TenantConsole
from app.web.login.check_result import CheckResultViews
from app.web.mail.notices import NoticeViews
from app.web.mount import Frame
from app.web.oauth2.app_acts import AppActViews
from app.web.oauth2.app_changes import AppChangeViews
from app.web.oauth2.apps import AppViews
from app.web.oauth2.disconnect import DisconnectViews
from app.web.oauth2.vendor_console import VendorConsole
from app.web.sessions.sessions import SessionViews
from app.web.setup.links import SetupLinkViews
from app.web.setup.open_link import OpenLinkViews
from app.web.setup.proposals import SetupProposalViews
from app.web.setup.setup_console import SetupConsole, SetupVisit
from app.web.sso_only.readiness_pages import ReadinessViews
from app.web.sso_only.sign_on import SignOnViews
from app.web.sso_only.switch import SwitchViews
from app.web.sso_only.switch_request import SwitchRequestViews
from app.web.sso_only.trial import TrialViews
from app.web.sso_only.trial_invite import TrialInviteViews
from app.web.staff.search import SearchViews
from app.web.staff.staff import StaffViews
from app.web.tenants.domains import DomainViews
from app.web.tenants.logo import LogoViews
from app.web.tenants.security import SecurityFormViews, SecurityViews
from app.web.tenants.tenant_form import TenantFormViews
from app.web.tenants.tenants import TenantViews
from app.web.throttling.throttled import ThrottledViews
from app.web.traces.all_logins import AllLoginsViews
from app.web.traces.logins import LoginViews
from app.web.traces.references import ReferenceViews
from app.wiring.bridge import Bridge


def support_pages(bridge: Bridge, frame: Frame) -> Iterator[Blueprint]:
    """Behind one guard: staff only, each page with its roles."""
    console = Console(browser=frame.browser, clock=bridge.clock, staff=True)
    yield from _tenant_pages(bridge, frame, console)
    yield from _account_pages(bridge, console)
    yield from _pages_of_both(bridge, frame, console)
    yield from _app_pages(bridge, VendorConsole(console, bridge.tenant_directory))
    yield SearchViews(search=bridge.caller_search, clock=bridge.clock, console=console).blueprint()
    yield AllLoginsViews(activity=bridge.login_activity, clock=bridge.clock, console=console).blueprint()
    yield ReferenceViews(references=bridge.references, clock=bridge.clock, console=console).blueprint()
    yield ThrottledViews(throttled=bridge.throttled, clock=bridge.clock, console=console).blueprint()
    yield StaffViews(
        password_links=bridge.password_links, staff=bridge.staff, clock=bridge.clock, console=console
    ).blueprint()
    yield BridgeAuditViews(audit=bridge.audit, console=console).blueprint()


def admin_pages(bridge: Bridge, frame: Frame) -> Iterator[Blueprint]:
    """Behind one guard: pages show the signed-in account's own tenant, and no URL can name another."""
    console = Console(browser=frame.browser, clock=bridge.clock, staff=False)
    place = TenantConsole(console, bridge.tenant_directory)
    yield SignOnViews(
        overview=ConnectionOverview(database=bridge.database), clock=bridge.clock, place=place
    ).blueprint()
    yield SwitchRequestViews(readiness=bridge.readiness, switching=bridge.switching, place=place).blueprint()
    yield from _pages_of_both(bridge, frame, console)


def setup_pages(bridge: Bridge, frame: Frame) -> Iterator[Blueprint]:
    """For whoever has opened a set-up link: the wizard for one tenant, and nothing else."""
    visit = SetupVisit(
        browser=frame.browser, clock=bridge.clock, staff=False, links=bridge.setup_links, drafts=bridge.drafts
    )
    place = SetupConsole(visit, bridge.tenant_directory, visit)
    yield OpenLinkViews(setup_links=bridge.setup_links, browser=frame.browser).blueprint()
    yield SetupProposalViews(
        setup_links=bridge.setup_links,
        drafts=bridge.drafts,
        draft_pages=DraftPages(place=place, base_url=bridge.settings.public_url),
        place=place,
    ).blueprint()
    yield from _draft_pages(bridge, frame, place)


def check_results(bridge: Bridge, frame: Frame) -> CheckResultViews:
    """Where checks of connections are shown, for whatever begins or ends one."""
    return CheckResultViews(
        check_results=CheckResultService(sealer=bridge.sealer, clock=bridge.clock),
        diagnosis=CheckDiagnosis(database=bridge.database, references=bridge.references),
        setup_links=bridge.setup_links,
        clock=bridge.clock,
        browser=frame.browser,
        errors=frame.errors,
    )


def _pages_of_both(bridge: Bridge, frame: Frame, console: Console) -> Iterator[Blueprint]:
    """What admins see of their own tenant, and staff of any."""
    place = TenantConsole(console, bridge.tenant_directory)
    yield ReadinessViews(readiness=bridge.readiness, clock=bridge.clock, place=place).blueprint()
    yield TrialInviteViews(trial_invitations=bridge.trial_invitations, place=place).blueprint()
    yield TrialViews(readiness=bridge.readiness, switching=bridge.switching, place=place).blueprint()
    yield from _people_pages(bridge, place)
    yield LoginViews(
        activity=bridge.login_activity, references=bridge.references, clock=bridge.clock, place=place
    ).blueprint()
    yield SessionViews(account_admin=bridge.account_admin, clock=bridge.clock, place=place).blueprint()
    yield LogoViews(logos=bridge.logos, place=place).blueprint()
    yield TenantAuditViews(audit=bridge.audit, place=place).blueprint()
    yield ConnectionTestViews(
        tenant_lookup=bridge.tenant_lookup,
        login=bridge.login,
        place=place,
        stopped=check_results(bridge, frame).stopped,
    ).blueprint()
    yield NoticeViews(notices=bridge.notices, place=place).blueprint()
    yield DomainViews(domains=bridge.domains, clock=bridge.clock, place=place).blueprint()
    yield SetupLinkViews(
        setup_links=bridge.setup_links, proposals=bridge.setup_proposals, clock=bridge.clock, place=place
    ).blueprint()
    yield from _app_pages(bridge, place)
    yield from _connection_pages(bridge, frame, place)


def _app_pages(bridge: Bridge, place: TenantConsole) -> Iterator[Blueprint]:
    """Apps and API credentials: a tenant's, or the vendor's own."""
    base_url = bridge.settings.public_url
    yield AppViews(apps=bridge.apps, clock=bridge.clock, base_url=base_url, place=place).blueprint()
    yield AppChangeViews(apps=bridge.apps, randomness=bridge.randomness, base_url=base_url, place=place).blueprint()
    yield AppActViews(apps=bridge.apps, base_url=base_url, place=place).blueprint()


def _connection_pages(bridge: Bridge, frame: Frame, place: TenantConsole) -> Iterator[Blueprint]:
    """A tenant's connections, and the steps of setting one up."""
    overview = ConnectionOverview(database=bridge.database)
    draft_pages = DraftPages(place=place, base_url=bridge.settings.public_url)
    yield SsoViews(
        overview=overview, drafts=bridge.drafts, login=bridge.login, clock=bridge.clock, place=place
    ).blueprint()
    yield DraftActViews(
        drafts=bridge.drafts,
        proposals=bridge.setup_proposals,
        draft_pages=draft_pages,
        clock=bridge.clock,
        place=place,
    ).blueprint()
    yield from _draft_pages(bridge, frame, place)


def _draft_pages(bridge: Bridge, frame: Frame, place: TenantConsole) -> Iterator[Blueprint]:
    """What makes a draft, fills it in and tests it; whoever has a set-up link gets these too."""
    overview = ConnectionOverview(database=bridge.database)
    draft_pages = DraftPages(place=place, base_url=bridge.settings.public_url)
    yield SsoChangeViews(
        overview=overview,
        drafts=bridge.drafts,
        set_up=bridge.set_up,
        next_secret=bridge.next_secret,
        place=place,
    ).blueprint()
    yield KeyPageViews(
        connection_keys=bridge.connection_keys,
        overview=overview,
        clock=bridge.clock,
        base_url=bridge.settings.public_url,
        place=place,
    ).blueprint()
    yield DraftViews(
        drafts=bridge.drafts,
        issuer_lookup=IssuerLookup(drafts=bridge.drafts),
        draft_pages=draft_pages,
        place=place,
    ).blueprint()
    yield AdvancedViews(drafts=bridge.drafts, draft_pages=draft_pages, place=place).blueprint()
    yield DraftTestViews(
        drafts=bridge.drafts,
        login=bridge.login,
        draft_pages=draft_pages,
        clock=bridge.clock,
        place=place,
        stopped=check_results(bridge, frame).stopped,
    ).blueprint()


def _people_pages(bridge: Bridge, place: TenantConsole) -> Iterator[Blueprint]:
    """A tenant's accounts, and the logins that wait for a decision about them."""
    yield PeopleViews(people=bridge.people, held=bridge.held, clock=bridge.clock, place=place).blueprint()
    yield PersonFormViews(
        people=bridge.people,
        person=bridge.person,
        account_changes=bridge.account_changes,
        password_links=bridge.password_links,
        place=place,
    ).blueprint()
    yield PeopleImportViews(account_imports=bridge.account_imports, place=place).blueprint()
    yield PeopleFileViews(people_files=bridge.people_files, place=place).blueprint()
    yield TenantHeldViews(held=bridge.held, clock=bridge.clock, place=place).blueprint()
    yield PersonViews(
        person=bridge.person, connected_apps=bridge.connected_apps, clock=bridge.clock, place=place
    ).blueprint()
    yield DisconnectViews(person=bridge.person, connected_apps=bridge.connected_apps, place=place).blueprint()
    yield AccountActViews(
        second_factors=bridge.second_factors,
        password_links=bridge.password_links,
        account_admin=bridge.account_admin,
        account_changes=bridge.account_changes,
        person=bridge.person,
        place=place,
    ).blueprint()


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
    yield SecurityViews(tenant_directory=bridge.tenant_directory, console=console).blueprint()
    yield SecurityFormViews(
        tenant_directory=bridge.tenant_directory, tenant_security=bridge.tenant_security, console=console
    ).blueprint()
    yield SwitchViews(
        readiness=bridge.readiness,
        switching=bridge.switching,
        clock=bridge.clock,
        place=TenantConsole(console, bridge.tenant_directory),
    ).blueprint()


def _account_pages(bridge: Bridge, console: Console) -> Iterator[Blueprint]:
    """Held logins of all tenants, and where accounts stood before."""
    yield FormerAddresses(console=console).blueprint()
    yield HeldViews(held=bridge.held, clock=bridge.clock, console=console).blueprint()
