"""`/support/tenants/<slug>/connections/…`: operators enter a customer's provider details for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from app.domain.accounts.account import Role
from app.domain.connections.connection import Connection, Protocol
from app.domain.connections.finding import Finding
from app.domain.errors import InvalidInput
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text
from app.services.apply.reading import DocumentInvalid
from app.services.connections.set_up import SetUpService
from app.services.login.login import LoginService
from app.services.staff.tenant_directory import TenantDirectory
from app.services.tenants.tenant_lookup import TenantLookup
from app.web.connections.addresses import further_addresses
from app.web.connections.connection_fields import as_text, blank, changes, present
from app.web.connections.connection_form import connection_form, not_in_form, sections
from app.web.connections.preset_words import preset_name
from app.web.consoles.console import Console
from app.web.consoles.console_form import ConsoleForm
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_nav, tenant_url
from app.web.pages import go

NEW = "new"
"""The URL of the form for a new connection, so no connection can have this name."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page is about. `base` holds the present values; `connection` is None for a new one."""

    tenant: Tenant
    base: Mapping[str, object]
    connection: Connection | None = None

    def fields(self, posted: MultiDict[str, str] | None = None) -> ConsoleForm:
        return connection_form(self.base, posted)


@dataclass(frozen=True, slots=True)
class ConnectionFormViews:
    """For operators; uses the rules of `sso-bridge apply`."""

    tenant_lookup: TenantLookup
    login: LoginService
    tenant_directory: TenantDirectory
    set_up: SetUpService
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_connections", self.console, roles=[Role.OPERATOR])
        pages.form("/support/tenants/<slug>/connections/new", self.new, self.create, keep=["preset"])
        pages.form("/support/tenants/<slug>/connections/<path:name>", self.edit, self.save)
        return pages

    def new(self, slug: str) -> Response:
        """First the choice of a provider, then its form."""
        about = self._blank(slug)
        return self._page(about, about.fields()) if about.base else self._presets(about.tenant)

    def create(self, slug: str) -> Response:
        about = self._blank(slug)
        return self._posted(about) if about.base else self._presets(about.tenant)

    def edit(self, slug: str, name: str) -> Response:
        about = self._existing(slug, name)
        return self._page(about, about.fields(), saved="saved" in request.args)

    def save(self, slug: str, name: str) -> Response:
        return self._posted(self._existing(slug, name))

    def _posted(self, about: _Page) -> Response:
        form = about.fields(request.form)
        try:
            changed = changes({key: text for key, text in form.data.items() if key != "name"}, about.base)
            if about.connection is None:
                changed["preset"] = about.base["preset"]
            if request.form.get("action") == "check":
                name = about.connection.name if about.connection else form["name"].data
                findings = self.set_up.check_connection(about.tenant.slug, name, changed)
                return self._page(about, form, findings=findings)
            return self._saved(about, form["name"].data, changed)
        except DocumentInvalid as invalid:
            problems = invalid.problems
        except InvalidInput as invalid:
            problems = (invalid,)
        return self._page(about, form, status=400, elsewhere=form.refuse(problems))

    def _saved(self, about: _Page, name: str, changed: Mapping[str, object]) -> Response:
        if about.connection is None and name == NEW:
            raise InvalidInput("name", Text("cannot be “new”"))
        connection = self.set_up.save_connection(
            about.tenant.slug,
            about.connection.name if about.connection else name,
            changed,
            version=request.form.get("version", "-") if about.connection else "",
            by=self.console.actor(),
        )
        return go(f"{connection_url(about.tenant, connection)}?saved")

    def _existing(self, slug: str, name: str) -> _Page:
        tenant, connection = self.tenant_lookup.connection(slug, name)
        return _Page(tenant, base=present(connection), connection=connection)

    def _blank(self, slug: str) -> _Page:
        """Empty if the URL names no preset."""
        tenant, preset = self.tenant_directory.one(slug), request.args.get("preset", "")
        known = self.set_up.presets.get(preset)
        return _Page(tenant, base={} if known is None else {**blank(known), "preset": preset, "name": "main"})

    def _presets(self, tenant: Tenant) -> Response:
        here = tenant_url(tenant.slug, "connections", NEW)
        named = sorted((preset_name(preset).casefold(), preset) for preset in self.set_up.presets)
        generic = ("oidc", "oauth2")
        found = [preset for _, preset in named if preset not in generic]
        return self.console.page(
            "support/connection_presets.html",
            support_nav(self.console, "/support/"),
            customer=tenant,
            tabs=tenant_nav(tenant),
            presets=[
                {"name": preset_name(preset), "url": f"{here}?preset={quote(preset)}"}
                for preset in (*found, *generic)
                if preset in self.set_up.presets
            ],
        )

    def _page(
        self,
        about: _Page,
        form: ConsoleForm,
        *,
        status: int = 200,
        elsewhere: Sequence[str] = (),
        findings: Sequence[Finding] | None = None,
        saved: bool = False,
    ) -> Response:
        connection, base = about.connection, about.base
        base_url = self.login.base_url
        return self.console.page(
            "support/connection.html",
            support_nav(self.console, "/support/"),
            status=status,
            customer=about.tenant,
            tabs=tenant_nav(about.tenant),
            connection=connection,
            form=form,
            provider_name=preset_name(as_text(base.get("preset")) or as_text(base.get("protocol"))),
            redirect_uri=self.login.redirect_uri(connection.id) if connection else None,
            addresses=further_addresses(base_url, about.tenant, connection) if connection else [],
            sections=sections(base),
            not_here=_not_here(base),
            elsewhere=elsewhere,
            wrong=status != HTTPStatus.OK,
            findings=findings,
            saved=saved,
        )


def connection_url(tenant: Tenant, connection: Connection) -> str:
    """A name may contain anything that fits on one line."""
    return tenant_url(tenant.slug, "connections", quote(connection.name, safe=""))


def _not_here(base: Mapping[str, object]) -> list[tuple[str, str]]:
    """Name and status are on this page."""
    reasons = not_in_form(oauth2=base.get("protocol") == Protocol.OAUTH2)
    return [(key, reason) for key, reason in reasons.items() if key not in ("name", "status")]
