"""`/people/import` of a tenant: a CSV file is checked row by row, confirmed, and carried out by the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import FileField

from app.domain.accounts.account import AccountId, Role
from app.domain.accounts.account_import import Fate, ImportId, ImportState, RowFate
from app.domain.accounts.people_file import ROWS_MOST, PeopleFileInvalid
from app.domain.errors import NotFound
from app.domain.tenants.tenant import STAFF, Tenant
from app.services.accounts.account_import import AccountImportService, ImportCheck, TooManyImports
from app.services.accounts.people import PAGE
from app.web.accounts.people_file_words import column_words, file_problem_words, row_problem_words, too_large_words
from app.web.consoles.console_form import ConsoleForm
from app.web.consoles.people_urls import TAB
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext, number
from app.web.pages import go, with_query
from app.web.server.limits import UPLOAD_BYTES
from app.web.traces.reference_words import printable

NAME_MOST = 200


class UploadForm(ConsoleForm):
    """The file."""

    file = FileField()


@dataclass(frozen=True, slots=True)
class PeopleImportViews:
    """For the tenant's admins, and of staff for operators."""

    account_imports: AccountImportService
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("people_import", self.place, staff_roles=[Role.OPERATOR])
        pages.form("/people/import", self.ask, self.upload, too_large=self.too_large)
        pages.page("/people/import/<import_id>", self.show, keep=["show", "from"])
        pages.button("/people/import/<import_id>", self.confirm, on="/people/import/<import_id>")
        return pages

    def ask(self, tenant: Tenant) -> Response:
        _require_customer(tenant)
        return self._form(tenant, UploadForm())

    def too_large(self, tenant: Tenant) -> Response:
        form = UploadForm()
        form.refuse_field("file", too_large_words())
        return self._form(tenant, form, status=413)

    def upload(self, tenant: Tenant) -> Response:
        _require_customer(tenant)
        form, file = UploadForm(), request.files.get("file")
        content = file.read() if file else b""
        if file is None or not file.filename:
            form.refuse_field("file", gettext("Choose a CSV file."))
            return self._form(tenant, form, status=400)
        try:
            upload = self.account_imports.upload(
                tenant,
                content,
                file_name=printable(file.filename)[:NAME_MOST],
                by=self.place.console.actor(),
                account=self._own(),
            )
        except PeopleFileInvalid as invalid:
            form.refuse_field("file", file_problem_words(invalid))
            return self._form(tenant, form, status=400)
        except TooManyImports:
            sentence = gettext("Too many files are waiting to be imported here. Try again when some of them are done.")
            form.refuse_field("file", sentence)
            return self._form(tenant, form, status=409)
        return go(self._url(tenant, upload))

    def show(self, tenant: Tenant, import_id: str) -> Response:
        """What would become of each row, then how far the import is."""
        check = self.account_imports.check(tenant, ImportId(import_id), account=self._own())
        return self._page(tenant, check)

    def confirm(self, tenant: Tenant, import_id: str) -> Response:
        check = self.account_imports.check(tenant, ImportId(import_id), account=self._own())
        if check.totals.wrong:
            return self._page(tenant, check, status=409)
        by = self.place.console.actor()
        self.account_imports.confirm(tenant, check.upload.id, by=by, account=self._own())
        return go(self._url(tenant, check.upload.id))

    def _own(self) -> AccountId:
        return self.place.console.user().signed_in.account.id

    def _form(self, tenant: Tenant, form: UploadForm, *, status: int = 200) -> Response:
        return self.place.page(
            "people_import.html",
            tenant,
            TAB,
            status=status,
            form=form,
            people_url=self.place.url(tenant, TAB),
            rows_most=ROWS_MOST,
            most_bytes=UPLOAD_BYTES,
            too_large=too_large_words(),
            export_url=self.place.url(tenant, TAB, "export.csv"),
        )

    def _page(self, tenant: Tenant, check: ImportCheck, *, status: int = 200) -> Response:
        here = self._url(tenant, check.upload.id)
        wanted = request.args.get("show", "")
        fates = [fate for fate in check.fates if not wanted or fate.fate == wanted]
        first = _first(len(fates))
        return self.place.page(
            "people_import_check.html",
            tenant,
            TAB,
            status=status,
            upload=check.upload,
            totals=check.totals,
            ignored=check.ignored,
            filters=[self._filter(here, one, check, wanted) for one in Fate],
            all_url=here,
            shown_fate=wanted,
            rows=[_row(fate) for fate in fates[first : first + PAGE]],
            earlier_url=_part(here, wanted, max(first - PAGE, 0)) if first else None,
            later_url=_part(here, wanted, first + PAGE) if first + PAGE < len(fates) else None,
            here=here,
            prepared=number(check.upload.prepared),
            all_rows=number(check.upload.rows),
            under_way=check.upload.state in (ImportState.WAITING, ImportState.RUNNING),
            people_url=self.place.url(tenant, TAB),
            import_url=self.place.url(tenant, TAB, "import"),
        )

    def _filter(self, here: str, fate: Fate, check: ImportCheck, wanted: str) -> Mapping[str, object]:
        number = sum(one.fate is fate for one in check.fates)
        return {
            "label": fate_words(fate),
            "count": number,
            "url": with_query(here, show=fate.value),
            "current": wanted == fate,
        }

    def _url(self, tenant: Tenant, import_id: ImportId) -> str:
        return self.place.url(tenant, TAB, "import", import_id)


def fate_words(fate: Fate) -> str:
    return {
        Fate.CREATE: gettext("Create"),
        Fate.CHANGE: gettext("Change"),
        Fate.SKIP: gettext("No change"),
        Fate.ERROR: gettext("Error"),
    }[fate]


def _row(fate: RowFate) -> Mapping[str, object]:
    said: Sequence[str] = [row_problem_words(problem) for problem in fate.problems]
    return {
        "line": fate.line,
        "username": fate.username,
        "fate": fate_words(fate.fate),
        "kind": {Fate.ERROR: "bad", Fate.CREATE: "ok", Fate.CHANGE: "accent"}.get(fate.fate, ""),
        "said": said or [column_words(column) for column in fate.changed],
    }


def _first(rows: int) -> int:
    """The first row of the page, from the URL."""
    text = request.args.get("from", "")
    known = text.isascii() and text.isdigit() and len(text) <= len(str(ROWS_MOST))
    return min(int(text), max(rows - 1, 0)) if known else 0


def _part(here: str, wanted: str, first: int) -> str:
    return with_query(here, show=wanted, **{"from": str(first)})


def _require_customer(tenant: Tenant) -> None:
    if tenant.slug == STAFF:
        raise NotFound("page", request.path)
