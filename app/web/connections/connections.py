"""`/support/tenants/<slug>/connections/…`: a customer's access details, entered for them by an operator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from flask import Blueprint, Response, request

from app.domain.accounts.account import Role
from app.domain.connections.connection import Connection
from app.domain.connections.finding import Finding
from app.domain.errors import InvalidInput
from app.domain.tenants.tenant import Status, Tenant
from app.services.apply.reading import DocumentInvalid
from app.services.connections.set_up import SetUpService
from app.services.login.login import LoginService
from app.services.staff.tenant_directory import TenantDirectory
from app.services.tenants.tenant_lookup import TenantLookup
from app.web.browser import client_ip
from app.web.connections.addresses import further_addresses
from app.web.connections.connection_fields import SECRET, as_text, blank, changes, present
from app.web.connections.connection_form import Kind, Section, sections
from app.web.connections.preset_words import preset_name
from app.web.console import Console
from app.web.console_pages import ConsolePages
from app.web.i18n import gettext
from app.web.pages import go
from app.web.support.nav import support_nav, tenant_nav, tenant_url
from app.web.support.problems import about, by_field

NEW = "new"
"""The address of the form for one to be, which therefore none can be called."""


@dataclass(frozen=True, slots=True)
class _Form:
    """What one page is about. `connection` is None for one to be."""

    tenant: Tenant
    base: Mapping[str, object]
    name: str
    url: str
    connection: Connection | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionFormViews:
    """For operators; checked by the rules of `sso-bridge apply`."""

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
        """Which provider, then its form."""
        tenant = self.tenant_directory.one(slug)
        preset = request.args.get("preset", "")
        if preset not in self.set_up.presets:
            return self._presets(tenant)
        return self._page(self._blank(tenant, preset, name="main"))

    def create(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        preset = request.args.get("preset", "")
        if preset not in self.set_up.presets:
            return self._presets(tenant)
        return self._posted(self._blank(tenant, preset, name=request.form.get("name", "").strip()))

    def edit(self, slug: str, name: str) -> Response:
        return self._page(self._existing(slug, name), saved="saved" in request.args)

    def save(self, slug: str, name: str) -> Response:
        return self._posted(self._existing(slug, name))

    def _posted(self, form: _Form) -> Response:
        shown = {entry.key for section in sections(form.base) for entry in section.entries} | {"status"}
        entered = {key: request.form[key] for key in shown if key in request.form}
        try:
            changed = changes(entered, form.base)
            if form.connection is None:
                changed["preset"] = form.base["preset"]
            if request.form.get("action") == "check":
                findings = self.set_up.check_connection(form.tenant.slug, form.name, changed)
                return self._page(form, entered=entered, findings=findings)
            return self._saved(form, changed)
        except DocumentInvalid as invalid:
            return self._page(form, entered=entered, status=400, problems=invalid.problems)
        except InvalidInput as invalid:
            return self._page(form, entered=entered, status=400, problems=[invalid])

    def _saved(self, form: _Form, changed: Mapping[str, object]) -> Response:
        if form.connection is None and form.name == NEW:
            raise InvalidInput("name", "cannot be “new”")
        connection = self.set_up.save_connection(
            form.tenant.slug,
            form.name,
            changed,
            version=request.form.get("version", "-") if form.connection else "",
            actor=self.console.actor(),
            client_ip=client_ip(),
        )
        return go(f"{connection_url(form.tenant, connection)}?saved")

    def _existing(self, slug: str, name: str) -> _Form:
        tenant, connection = self.tenant_lookup.connection(slug, name)
        return _Form(
            tenant=tenant,
            base=present(connection),
            name=name,
            url=connection_url(tenant, connection),
            connection=connection,
            version=connection.version,
        )

    def _blank(self, tenant: Tenant, preset: str, *, name: str) -> _Form:
        base = {**blank(self.set_up.presets[preset]), "preset": preset}
        url = f"{tenant_url(tenant.slug, 'connections', NEW)}?preset={quote(preset)}"
        return _Form(tenant=tenant, base=base, name=name, url=url)

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
        form: _Form,
        *,
        entered: Mapping[str, str] | None = None,
        status: int = 200,
        problems: Sequence[InvalidInput] = (),
        findings: Sequence[Finding] | None = None,
        saved: bool = False,
    ) -> Response:
        errors = by_field(problems)
        filled = [_filled(section, form, entered or {}, errors) for section in sections(form.base)]
        here = {entry.key for section in filled for entry in section.entries} | {"name", "status"}
        return self.console.page(
            "support/connection.html",
            support_nav(self.console, "/support/"),
            status=status,
            customer=form.tenant,
            tabs=tenant_nav(form.tenant),
            connection=form.connection,
            name=form.name,
            name_errors=errors.get("name", []),
            version=form.version,
            provider_name=preset_name(as_text(form.base.get("preset")) or as_text(form.base.get("protocol"))),
            redirect_uri=self.login.redirect_uri(form.connection.id) if form.connection else None,
            addresses=self._addresses(form),
            sections=filled,
            enabled=(entered or {}).get("status", as_text(form.base["status"])) == Status.ACTIVE,
            elsewhere=[about(one) for one in problems if not by_field([one]).keys() & here],
            wrong=bool(problems),
            findings=findings,
            saved=saved,
            typed_secret=bool((entered or {}).get(SECRET)),
        )

    def _addresses(self, form: _Form) -> list[tuple[str, str]]:
        base_url = self.login.base_url
        return further_addresses(base_url, form.tenant, form.connection) if form.connection else []


def connection_url(tenant: Tenant, connection: Connection) -> str:
    """A name may have anything in it that a line of text may have."""
    return tenant_url(tenant.slug, "connections", quote(connection.name, safe=""))


def _filled(section: Section, form: _Form, entered: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> Section:
    entries = []
    for entry in section.entries:
        value = entered.get(entry.key, as_text(form.base.get(entry.key)))
        entries.append(
            replace(
                entry,
                value="" if entry.kind is Kind.SECRET else value,
                hint=_secret_hint(form) if entry.kind is Kind.SECRET else entry.hint,
                errors=errors.get(entry.key, []),
            )
        )
    wrong = any(entry.errors for entry in entries)
    return replace(section, entries=entries, folded=section.folded and not wrong)


def _secret_hint(form: _Form) -> str:
    if form.connection is not None and form.connection.client_secret is not None:
        return gettext("A secret is stored and never shown. Leave this empty to keep it.")
    return gettext("Stored encrypted and never shown again.")
