"""`/support/references`: looks up a login by its reference."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Account, Role
from app.domain.connections.connection import Connection
from app.domain.errors import NotFound
from app.domain.tenants.tenant import STAFF, Tenant
from app.ports.system import Clock
from app.services.traces.references import ReferenceService
from app.services.traces.traces import as_written
from app.web.connections.addresses import connection_url
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_url
from app.web.pages import with_query
from app.web.traces.reference_page import ReferencePage

HERE = "/support/references"
TYPED_MOST = 100
WHOLE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}")
"""A complete reference (ports/system, `reference`)."""


@dataclass(frozen=True, slots=True)
class ReferenceViews:
    """Read-only, for all staff."""

    references: ReferenceService
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_references", self.console, roles=STAFF_ROLES)
        pages.page(HERE, self.look_up, keep=["q", "reference"])
        return pages

    def look_up(self) -> Response:
        typed = (request.args.get("q") or request.args.get("reference") or "")[:TYPED_MOST].strip()
        if not typed:
            return self._page(typed)
        try:
            found = self.references.look_up(typed)
        except NotFound:
            return self._page(typed, status=404, unknown=True, whole=WHOLE.fullmatch(as_written(typed)) is not None)
        operator = self.console.has(Role.OPERATOR)
        page = ReferencePage(SupportLinks(operator), whole=operator, now=self.clock.now())
        return self._page(found.trace.reference, **page.story(found))

    def _page(self, typed: str, *, status: int = 200, **context: Any) -> Response:
        nav = support_nav(self.console, HERE)
        return self.console.page("support/reference.html", nav, status=status, typed=typed, **context)


@dataclass(frozen=True, slots=True)
class SupportLinks:
    """Into the pages about any tenant."""

    operator: bool

    def to_tenant(self, tenant: Tenant) -> str:
        return tenant_url(tenant.slug)

    def to_connection(self, tenant: Tenant, connection: Connection) -> str | None:
        return connection_url(tenant, connection) if self.operator else None

    def to_account(self, tenant: Tenant, account: Account) -> str:
        return tenant_url(tenant.slug, "people", account.id)

    def to_new_account(self, tenant: Tenant, reference: str) -> str | None:
        if not self.operator or tenant.slug == STAFF:
            return None
        return with_query(tenant_url(tenant.slug, "people", "new"), reference=reference)

    def to_held(self, _tenant: Tenant, held_id: str) -> str:
        return f"/support/held/{held_id}"

    def to_reference(self, reference: str) -> str:
        return reference_url(reference)


def reference_url(reference: str) -> str:
    """The link to its page."""
    return with_query(HERE, q=reference)
