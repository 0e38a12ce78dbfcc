"""`/people/<id>` of a tenant: one account, and why its owner cannot sign in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from app.domain.accounts.account import AccountId
from app.domain.accounts.identity import LinkedIdentity
from app.domain.accounts.sign_in_check import SsoRoute
from app.domain.reasons import Outcome, reason, summary
from app.domain.tenants.login_policy import Method, refusal
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.domain.traces.trace import Trace
from app.ports.system import Clock
from app.services.accounts.person import Person, PersonService
from app.services.oauth2.connected_apps import ConnectedApps
from app.services.throttling.throttled import Throttled
from app.web.accounts.person_words import answer, looked_for, route_words, second_factor_words
from app.web.accounts.session_rows import session_rows
from app.web.consoles.activity_tabs import SESSIONS, activity_url
from app.web.consoles.people_urls import TAB, may_change, person_url
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago, gettext, moment
from app.web.pages import role_name
from app.web.sso_only.switch_words import policy_name
from app.web.throttling.throttled import counted_words
from app.web.traces.reference_words import outcome_words, printable, way_words

DONE = (
    *("created", "invited", "not_invited", "changed", "disable", "enable", "sessions", "session"),
    *("reset", "invite", "second-factor", "released", "unlinked", "disconnected"),
)
"""The values of the `done` parameter."""


@dataclass(frozen=True, slots=True)
class PersonViews:
    """For all staff, and for the tenant's admins."""

    person: PersonService
    connected_apps: ConnectedApps
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("person", self.place)
        pages.page("/people/<account_id>", self.one)
        return pages

    def one(self, tenant: Tenant, account_id: str) -> Response:
        found = self.person.one(tenant.slug, AccountId(account_id))
        here = person_url(self.place, tenant, found.glance.account)
        may = self.place.console.may_act_on(tenant.slug)
        asked = request.args.get("done")
        return self.place.page(
            "person.html",
            tenant,
            TAB,
            here=here,
            people_url=self.place.url(tenant, TAB),
            done=asked if asked in DONE else None,
            edit_url=f"{here}/edit" if may_change(self.place, tenant) else None,
            acts=_acts(found) if may else None,
            **self._details(found),
            **self._logins(found),
            apps=self._apps(found, may=may),
            **self._ways(found, may=may),
        )

    def _details(self, found: Person) -> Mapping[str, Any]:
        glance, now = found.glance, self.clock.now()
        account, factor = glance.account, glance.second_factor
        return {
            "answer": answer(found),
            "account": account,
            "roles": [role_name(role) for role in account.roles],
            "only_admin": found.only_admin,
            "last_sso": _when(account.last_sso_at, now=now),
            "last_password": _when(account.last_password_at, now=now),
            "has_password": glance.has_password,
            "password_counts": refusal(glance.tenant.policy, Method.PASSWORD) is None,
            "second_factor": factor,
            "second_factor_since": moment(factor.confirmed_at) if factor else None,
            "policy": policy_name(glance.tenant.policy),
            "second_factor_asked": second_factor_words(glance.tenant),
            "networks": glance.tenant.security.networks,
        }

    def _logins(self, found: Person) -> Mapping[str, Any]:
        tenant, now = found.glance.tenant, self.clock.now()
        may_end = self.place.console.may_act_on(tenant.slug)
        return {
            "logins": [self._login(tenant, trace, now=now) for trace in found.logins],
            "sessions": session_rows(
                found.glance.sessions,
                now=now,
                to_account=lambda account: person_url(self.place, tenant, account),
                to_reference=lambda reference: activity_url(self.place, tenant, reference),
                to_end=lambda session_id: activity_url(self.place, tenant, SESSIONS, session_id, "end"),
            ),
            "may_end": may_end,
        }

    def _ways(self, found: Person, *, may: bool) -> Mapping[str, Any]:
        tenant, account = found.glance.tenant, found.glance.account
        names = {one.id: one.name for one in found.connections}
        here = person_url(self.place, tenant, account)
        return {
            "sso_allowed": refusal(tenant.policy, Method.SSO) is None,
            "routes": [self._route(tenant, route) for route in found.facts.routes],
            "held_url": self.place.url(tenant, TAB, "held", found.held.id) if found.held and may else None,
            "blocks": None if found.blocks is None else [_block(one, now=self.clock.now()) for one in found.blocks],
            "release_url": f"{here}/release" if may else None,
            "identities": [
                _identity(one, names.get(one.identity.connection_id, ""), here if may else None, now=self.clock.now())
                for one in found.identities
            ],
        }

    def _login(self, tenant: Tenant, trace: Trace, *, now: float) -> Mapping[str, object]:
        outcome = reason(trace.reason).outcome if trace.reason else Outcome.SIGNED_IN
        return {
            "reference": trace.reference,
            "url": activity_url(self.place, tenant, trace.reference),
            "ago": ago(trace.at, now=now),
            "way": way_words(trace, trace.purpose),
            "connection": trace.connection,
            "good": outcome is Outcome.SIGNED_IN,
            "outcome": outcome_words(outcome, trace.purpose),
            "why": printable(gettext(summary(trace.reason, trace.details))) if trace.reason else "",
        }

    def _apps(self, found: Person, *, may: bool) -> Sequence[Mapping[str, object]]:
        tenant, account = found.glance.tenant, found.glance.account
        here = person_url(self.place, tenant, account, "apps")
        return [
            {
                "name": app.client.name,
                "scopes": app.scopes,
                "live": app.live,
                "since": moment(app.since),
                "used": ago(app.last_used_at, now=self.clock.now()),
                "disconnect_url": f"{here}/{app.client.client_id}/disconnect" if may else None,
            }
            for app in self.connected_apps.of(tenant, account)
        ]

    def _route(self, tenant: Tenant, route: SsoRoute) -> Mapping[str, object]:
        return {
            "name": route.connection.name,
            "by": looked_for(route.connection.provider.match_by),
            "value": route.value,
            "words": route_words(route),
            "good": route.obstacle is None or route.subject is not None,
            "tested": route.connection.tested,
            "others": [
                {"username": other.username, "url": person_url(self.place, tenant, other)} for other in route.others
            ],
        }


def _acts(found: Person) -> Sequence[str]:
    """The actions that are possible now, in the order of the page."""
    tenant, account = found.glance.tenant, found.glance.account
    active, password_counts = account.status is Status.ACTIVE, refusal(tenant.policy, Method.PASSWORD) is None
    mail, has_password = active and account.email is not None, found.glance.has_password
    possible = {
        "reset": mail and has_password and password_counts,
        "invite": mail and not (has_password and password_counts),
        "second-factor": found.glance.second_factor is not None,
        "sessions": bool(found.glance.sessions),
        "disable": active and tenant.slug != STAFF,
        "enable": not active and tenant.slug != STAFF,
    }
    return [act for act, can in possible.items() if can]


def _block(one: Throttled, *, now: float) -> Mapping[str, object]:
    return {
        "what": counted_words(one.counted),
        "client_ip": one.client_ip,
        "hits": one.hits,
        "until": moment(one.until),
        "opens": ago(one.until, now=now),
    }


def _identity(one: LinkedIdentity, connection: str, here: str | None, *, now: float) -> Mapping[str, object]:
    return {
        "connection": connection,
        "issuer": printable(one.identity.issuer),
        "subject": printable(one.identity.subject),
        "since": moment(one.linked_at),
        "used": ago(one.last_used_at, now=now),
        "unlink_url": f"{here}/identities/{one.identity.id}/unlink" if here else None,
    }


def _when(at: float | None, *, now: float) -> str:
    return f"{moment(at)} ({ago(at, now=now)})" if at is not None else gettext("Never")
