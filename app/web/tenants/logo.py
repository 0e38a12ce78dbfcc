"""`/admin/logo` and `/support/tenants/<slug>/logo`: a tenant's logo; `/t/<tenant>/logo/<version>` is the image."""

from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import FileField, HiddenField

from app.domain.tenants.logo import MOST_BYTES, MOST_PIXELS, LogoProblem, LogoRefused, logo_of
from app.domain.tenants.tenant import Tenant
from app.services.tenants.logos import LogoService
from app.web.consoles.console_form import ConsoleForm
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext
from app.web.pages import go

TAB = "logo"
IMAGE = "logo.image"
"""The endpoint whose answers browsers may keep: another image has another URL (web/headers.py)."""


class LogoForm(ConsoleForm):
    """An image, and the version that the page showed."""

    image = FileField()
    version = HiddenField()


@dataclass(frozen=True, slots=True)
class LogoViews:
    """A tenant's admins, and staff for them."""

    logos: LogoService
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("logo", self.place)
        pages.form(f"/{TAB}", self.show, self.save, too_large=self.too_large)
        pages.button(f"/{TAB}/remove", self.remove, on=f"/{TAB}")
        return pages

    def show(self, tenant: Tenant) -> Response:
        return self._page(tenant, LogoForm(), saved="saved" in request.args)

    def save(self, tenant: Tenant) -> Response:
        form = LogoForm(request.form)
        sent = request.files.get("image")
        try:
            logo = logo_of(sent.read(MOST_BYTES + 1) if sent else b"")
        except LogoRefused as refused:
            return self._refused(tenant, refused.problem)
        self.logos.change(tenant.slug, logo, seen=form.version.data or "", by=self.place.console.actor())
        return go(f"{self.place.url(tenant, TAB)}?saved")

    def remove(self, tenant: Tenant) -> Response:
        seen = LogoForm(request.form).version.data or ""
        self.logos.change(tenant.slug, None, seen=seen, by=self.place.console.actor())
        return go(f"{self.place.url(tenant, TAB)}?saved")

    def too_large(self, tenant: Tenant) -> Response:
        """The body was not read, so nobody knows whose form it was: it is answered like a page, and changes nothing."""
        return self._refused(tenant, LogoProblem.TOO_LARGE, status=413)

    def _refused(self, tenant: Tenant, problem: LogoProblem, *, status: int = 400) -> Response:
        form = LogoForm()
        form.image.errors = [_in_words(problem)]
        return self._page(tenant, form, status=status)

    def _page(self, tenant: Tenant, form: LogoForm, *, status: int = 200, saved: bool = False) -> Response:
        return self.place.page(
            "logo.html",
            tenant,
            TAB,
            status=status,
            here=self.place.url(tenant, TAB),
            form=form,
            saved=saved,
            most_bytes=MOST_BYTES,
            too_large=_in_words(LogoProblem.TOO_LARGE),
        )


@dataclass(frozen=True, slots=True)
class LogoImageViews:
    """Public, as the login page is. The image can do nothing but be shown."""

    logos: LogoService

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("logo", __name__)
        blueprint.add_url_rule("/t/<tenant>/logo/<version>", view_func=self.image, endpoint="image")
        return blueprint

    def image(self, tenant: str, version: str) -> Response:
        logo = self.logos.image(tenant, version)
        response = Response(logo.content, content_type=logo.content_type)
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
        return response


def _in_words(problem: LogoProblem) -> str:
    return {
        LogoProblem.MISSING: gettext("Choose an image."),
        LogoProblem.TOO_LARGE: gettext("This file is too large. Use one of at most 100 KB."),
        LogoProblem.SVG: gettext("SVG files can contain scripts, so they are not accepted. Export it as PNG."),
        LogoProblem.NO_IMAGE: gettext(
            "This is not a PNG, JPEG or WebP image. Its name does not count, only its content."
        ),
        LogoProblem.DIMENSIONS: gettext(
            "Width and height must be between 16 and %(most)s pixels.", most=str(MOST_PIXELS)
        ),
    }[problem]
