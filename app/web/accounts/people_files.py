"""`/people/export.csv` and `/people/differences` of a tenant."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import FileField, TextAreaField

from app.domain.accounts.account import Account
from app.domain.accounts.email_differences import EmailDifferences
from app.domain.accounts.people_file import Column, PeopleFileInvalid, safe_cell
from app.domain.tenants.tenant import Tenant
from app.services.accounts.people_files import PeopleFiles
from app.web.accounts.differences_words import lists_of
from app.web.accounts.people_file_words import file_problem_words, too_large_words
from app.web.consoles.console_form import ConsoleForm
from app.web.consoles.people_urls import TAB, person_url
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext
from app.web.server.limits import UPLOAD_BYTES


class DifferencesForm(ConsoleForm):
    """A list of the provider's users: a file, or pasted."""

    file = FileField()
    text = TextAreaField()


@dataclass(frozen=True, slots=True)
class PeopleFileViews:
    """For the tenant's admins, and for all staff: nothing is changed, and nothing kept."""

    people_files: PeopleFiles
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("people_files", self.place)
        pages.page("/people/export.csv", self.export)
        pages.form("/people/differences", self.ask, self.compare, too_large=self.too_large)
        return pages

    def export(self, tenant: Tenant) -> Response:
        response = Response(_lines(self.people_files.all(tenant)), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="people-{tenant.slug}.csv"'
        return response

    def ask(self, tenant: Tenant) -> Response:
        return self._page(tenant, DifferencesForm())

    def too_large(self, tenant: Tenant) -> Response:
        form = DifferencesForm()
        form.refuse_field("file", too_large_words())
        return self._page(tenant, form, status=413)

    def compare(self, tenant: Tenant) -> Response:
        form, file = DifferencesForm(request.form), request.files.get("file")
        content = file.read() if file and file.filename else (form.text.data or "").encode()
        if not content.strip():
            form.refuse_field("file", gettext("Choose a file, or paste a list."))
            return self._page(tenant, form, status=400)
        try:
            return self._page(tenant, form, found=self.people_files.differences(tenant, content))
        except PeopleFileInvalid as invalid:
            form.refuse_field("file" if file and file.filename else "text", file_problem_words(invalid))
        return self._page(tenant, form, status=400)

    def _page(
        self, tenant: Tenant, form: DifferencesForm, *, status: int = 200, found: EmailDifferences | None = None
    ) -> Response:
        return self.place.page(
            "people_differences.html",
            tenant,
            TAB,
            status=status,
            form=form,
            found=found,
            lists=lists_of(found, lambda account: person_url(self.place, tenant, account)) if found else [],
            people_url=self.place.url(tenant, TAB),
            import_url=self.place.url(tenant, TAB, "import"),
            most_bytes=UPLOAD_BYTES,
            too_large=too_large_words(),
        )


def _lines(accounts: Sequence[Account]) -> Iterator[str]:
    """As `/people/import` reads it. With a byte order mark, without which Excel takes UTF-8 for something else."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow([column.value for column in Column])
    yield "\ufeff" + line.getvalue()
    for account in accounts:
        line.seek(0)
        line.truncate()
        cells = (
            account.username,
            account.email or "",
            account.name,
            " ".join(role.value for role in account.roles),
            account.external_id or "",
            account.status.value,
        )
        writer.writerow([safe_cell(cell) for cell in cells])
        yield line.getvalue()
