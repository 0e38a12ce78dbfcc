"""`/support/tenants/<slug>/accounts`: find and look at the account of the person on the telephone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Account, AccountId
from app.domain.sessions.session import SignedIn
from app.domain.tenants.login_policy import Method, refusal
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.ports.system import Clock
from app.services.accounts.account_admin import AccountAdmin, AccountAtAGlance
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_nav, tenant_url
from app.web.i18n import ago, gettext, moment
from app.web.pages import role_name, with_query
from app.web.traces.references import reference_url

QUERY_MOST = 300


@dataclass(frozen=True, slots=True)
class AccountViews:
    """For all staff."""

    account_admin: AccountAdmin
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_accounts", self.console, roles=STAFF_ROLES)
        pages.page("/support/tenants/<slug>/accounts", self.search, keep=["q", "after"])
        pages.page("/support/tenants/<slug>/accounts/<account_id>", self.one)
        return pages

    def search(self, slug: str) -> Response:
        query, after = request.args.get("q", "")[:QUERY_MOST], request.args.get("after", "")[:QUERY_MOST]
        found = self.account_admin.search(slug, query, after=after)
        now = self.clock.now()
        return self.console.page(
            "support/accounts.html",
            support_nav(self.console, "/support/"),
            customer=found.tenant,
            tabs=tenant_nav(found.tenant, "accounts"),
            query=query,
            here=tenant_url(slug, "accounts"),
            rows=[_row(slug, account, now=now) for account in found.accounts],
            later=bool(after),
            next_url=_next(slug, query, found.next_after),
        )

    def one(self, slug: str, account_id: str) -> Response:
        found = self.account_admin.one(slug, AccountId(account_id))
        now = self.clock.now()
        return self.console.page(
            "support/account.html",
            support_nav(self.console, "/support/"),
            customer=found.tenant,
            tabs=tenant_nav(found.tenant, "accounts"),
            account=found.account,
            roles=[role_name(role) for role in found.account.roles],
            last_sso=_when(found.account.last_sso_at, now=now),
            last_password=_when(found.account.last_password_at, now=now),
            has_password=found.has_password,
            password_counts=refusal(found.tenant.policy, Method.PASSWORD) is None,
            second_factor=found.second_factor,
            second_factor_since=moment(found.second_factor.confirmed_at) if found.second_factor else None,
            sessions=session_rows(found.tenant, found.sessions, now=now),
            acts=_acts(found) if self.console.may_act_on(found.tenant.slug) else None,
            here=account_url(found.tenant, found.account),
            done=request.args.get("done"),
        )


def account_url(tenant: Tenant, account: Account) -> str:
    return tenant_url(tenant.slug, "accounts", account.id)


def session_rows(tenant: Tenant, sessions: Sequence[SignedIn], *, now: float) -> Sequence[Mapping[str, object]]:
    """As rows of the session tables."""
    return [
        {
            "username": one.account.username,
            "account_url": account_url(tenant, one.account),
            "method": one.session.method,
            "connection": one.connection,
            "began": moment(one.session.created_at),
            "began_ago": ago(one.session.created_at, now=now),
            "seen": ago(one.session.last_seen_at, now=now),
            "ends": moment(min(one.session.expires_at, one.session.last_seen_at + one.session.idle_s)),
            "reference": one.session.reference,
            "reference_url": reference_url(one.session.reference),
            "end_url": tenant_url(tenant.slug, "sessions", one.session.id, "end"),
        }
        for one in sessions
    ]


def _acts(found: AccountAtAGlance) -> Sequence[str]:
    """The actions that are possible now, in the order of the page."""
    tenant, account = found.tenant, found.account
    active, password_counts = account.status is Status.ACTIVE, refusal(tenant.policy, Method.PASSWORD) is None
    mail = active and account.email is not None
    possible = {
        "reset": mail and found.has_password and password_counts,
        "invite": mail and not (found.has_password and password_counts),
        "second-factor": found.second_factor is not None,
        "sessions": bool(found.sessions),
        "disable": active and tenant.slug != STAFF,
        "enable": not active and tenant.slug != STAFF,
    }
    return [act for act, can in possible.items() if can]


def _row(slug: str, account: Account, *, now: float) -> Mapping[str, object]:
    return {
        "url": tenant_url(slug, "accounts", account.id),
        "username": account.username,
        "name": account.name,
        "email": account.email,
        "roles": [role_name(role) for role in account.roles],
        "disabled": account.status is Status.DISABLED,
        "last_login": ago(account.last_login_at, now=now),
    }


def _when(at: float | None, *, now: float) -> str:
    return f"{moment(at)} ({ago(at, now=now)})" if at is not None else gettext("Never")


def _next(slug: str, query: str, after: str | None) -> str | None:
    return None if after is None else with_query(tenant_url(slug, "accounts"), q=query, after=after)
