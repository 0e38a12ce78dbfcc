"""`/sso/<id>/address` and so on: what is typed to set up a connection. It makes a draft, which serves no login."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, request

from app.domain.accounts.account import Role
from app.domain.connections.connection import ConnectionId, Protocol
from app.domain.connections.finding import Finding, Level
from app.domain.connections.typed_issuer import NoIssuer, TypedIssuerProblem
from app.domain.errors import InvalidInput, NotFound
from app.domain.tenants.tenant import Tenant
from app.services.apply.reading import DocumentInvalid, key_of
from app.services.connections.draft_state import DraftState
from app.services.connections.drafts import ConnectionDrafts
from app.services.connections.issuer_lookup import IssuerLookup
from app.web.connections.connection_fields import changes, present
from app.web.connections.draft_pages import DraftPages
from app.web.connections.finding_words import FindingWords, worst_first
from app.web.connections.step_forms import DOMAIN, entered, step_form, step_sections
from app.web.connections.steps import ORDER, Step, after, before
from app.web.consoles.console_form import ConsoleForm
from app.web.consoles.problems import sentence_of
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext
from app.web.pages import go

FORMS = (Step.ADDRESS, Step.CLIENT, Step.CLAIMS)
UNCONFIRMED = "a draft serves no login: activating it asks"


@dataclass(frozen=True, slots=True)
class _Answer:
    """A form that was posted: what came of it."""

    form: ConsoleForm
    status: int = 200
    elsewhere: Sequence[str] = ()
    findings: Sequence[FindingWords] = ()
    problems: int = 0
    """How many the check has found."""
    saved: bool = False


@dataclass(frozen=True, slots=True)
class DraftViews:
    """For whoever may set up connections. The last part of the URL is a step with a form."""

    drafts: ConnectionDrafts
    issuer_lookup: IssuerLookup
    draft_pages: DraftPages
    place: TenantConsole

    def blueprint(self) -> TenantPages:
        pages = TenantPages("connection_drafts", self.place, staff_roles=[Role.OPERATOR])
        rule = "/sso/<connection_id>/<step>"
        pages.page(rule, self.show, keep=["checked"])
        pages.button(rule, self.save, on=rule, unconfirmed_because=UNCONFIRMED)
        return pages

    def show(self, tenant: Tenant, connection_id: str, step: str) -> Response:
        here = _form_step(step)
        state = self.drafts.one(tenant, ConnectionId(connection_id))
        return self._page(tenant, state, here, _Answer(_form(state, here)))

    def save(self, tenant: Tenant, connection_id: str, step: str) -> Response:
        """Save, check at the provider, and go on; or back to the page that the pressed button names."""
        here = _form_step(step)
        state = self.drafts.one(tenant, ConnectionId(connection_id))
        form = _form(state, here, posted=True)
        try:
            state, findings = self._saved(tenant, state, here, form)
        except NoIssuer as error:
            form.refuse_field("issuer", _no_issuer(error.problem))
            return self._page(tenant, state, here, _Answer(form, 400))
        except DocumentInvalid as invalid:
            return self._page(tenant, state, here, _Answer(form, 400, _refuse(form, invalid.problems)))
        except InvalidInput as invalid:
            return self._page(tenant, state, here, _Answer(form, 400, _refuse(form, [invalid])))
        wanted = request.form.get("go", "")
        if wanted in {*ORDER, "advanced"}:
            return go(self.place.url(tenant, "sso", connection_id, wanted))
        missing = [problem for problem in state.problems if _field_of(form, key_of(problem))]
        words = worst_first(findings, state.draft.settings.provider)
        if missing or any(one.matters for one in words):
            # What was saved is shown; a secret stays out of the page, and need not be typed again.
            shown = _form(state, here)
            _refuse(shown, missing)
            elsewhere = _without_field(shown, words, state)
            return self._page(
                tenant, state, here, _Answer(shown, findings=elsewhere, saved=True, problems=_wrong(words))
            )
        checked = "?checked" if findings else ""
        return go(f"{self.place.url(tenant, 'sso', connection_id, after(here))}{checked}")

    def _saved(
        self, tenant: Tenant, state: DraftState, step: Step, form: ConsoleForm
    ) -> tuple[DraftState, Sequence[Finding]]:
        settings = state.draft.settings
        typed = changes(entered(form, settings), present(settings))
        version, by = request.form.get("version", ""), self.place.console.actor()
        moving_on = "go" not in request.form
        if step is Step.ADDRESS and moving_on:
            return self.issuer_lookup.save(tenant, settings.id, typed, version=version, by=by)
        state = self.drafts.save(tenant, settings.id, typed, version=version, by=by)
        checks = step is Step.CLIENT and moving_on and not state.problems
        return state, self.drafts.check(tenant, settings.id) if checks else ()

    def _page(self, tenant: Tenant, state: DraftState, step: Step, answer: _Answer) -> Response:
        return self.draft_pages.page(
            "sso/step.html",
            tenant,
            state,
            step,
            status=answer.status,
            form=answer.form,
            # What was typed belongs to the version it was typed over; what is there now, to the present one.
            version=request.form.get("version", "") if answer.status == HTTPStatus.BAD_REQUEST else state.draft.version,
            sections=step_sections(step, state.draft.settings),
            elsewhere=answer.elsewhere,
            findings=answer.findings,
            status_bad=answer.status != HTTPStatus.OK,
            problems=answer.problems,
            saved=answer.saved,
            checked="checked" in request.args and request.method == "GET",  # a form is posted to its page's URL
            back=before(step),
            onward=after(step),
        )


def _form_step(step: str) -> Step:
    if step not in FORMS:
        raise NotFound("page", step)
    return Step(step)


def _form(state: DraftState, step: Step, *, posted: bool = False) -> ConsoleForm:
    settings = state.draft.settings
    return step_form(step_sections(step, settings), settings, request.form if posted else None)


def _field_of(form: ConsoleForm, key: str) -> str:
    """The field of this form in which a key is entered; empty if there is none."""
    if key == "required_claims" and DOMAIN in form:
        return DOMAIN
    return key if key in form else ""


def _refuse(form: ConsoleForm, problems: Sequence[InvalidInput]) -> list[str]:
    """Sentences at their fields; returns those that have no field here."""
    at_domain = [one for one in problems if _field_of(form, key_of(one)) == DOMAIN]
    for problem in at_domain:
        form.refuse_field(DOMAIN, sentence_of(problem))
    return form.refuse([problem for problem in problems if problem not in at_domain])


def _wrong(words: Sequence[FindingWords]) -> int:
    return sum(one.level is Level.WRONG for one in words)


def _without_field(form: ConsoleForm, words: Sequence[FindingWords], state: DraftState) -> list[FindingWords]:
    """Each problem that a field of this page can cure is put there; the rest is returned."""
    plain = state.draft.settings.provider.protocol is Protocol.OAUTH2
    rest = []
    for one in words:
        key = "token_endpoint" if plain and one.field == "issuer" else one.field
        if one.level is Level.WRONG and key in form:
            form.refuse_field(key, f"{one.sentence} {one.remedy}".strip())
        else:
            rest.append(one)
    return rest


def _no_issuer(problem: TypedIssuerProblem) -> str:
    if problem is TypedIssuerProblem.SHARED:
        return gettext(
            "“common”, “organizations” and “consumers” stand for every directory in the world. Enter the Directory "
            "(tenant) ID of your own."
        )
    return gettext(
        "Enter the Directory (tenant) ID, 32 letters and digits with hyphens. It is on the Overview page of the app "
        "registration."
    )
