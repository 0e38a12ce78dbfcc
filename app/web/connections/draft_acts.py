"""`/sso/<id>/guide`, `test` and `activate`: a draft before anything is typed, when it is tried, and when it counts."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, request

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.connections.connection import ConnectionId
from app.domain.connections.draft import DraftKind
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import LoginStopped
from app.ports.system import Clock
from app.services.apply.reading import DocumentInvalid, key_of
from app.services.connections.draft_state import DraftProblem, DraftRefused, DraftState
from app.services.connections.drafts import ConnectionDrafts
from app.services.login.login import LoginService
from app.services.login.request import LoginRequest
from app.services.setup.proposals import SetupProposals
from app.web.browser import client_ip
from app.web.connections.change_words import changed_settings, consequence_words, key_label
from app.web.connections.draft_pages import DraftPages
from app.web.connections.drafts import UNCONFIRMED
from app.web.connections.guide_words import shown_guide
from app.web.connections.steps import Step, step_of
from app.web.consoles.problems import sentence_of
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago, gettext
from app.web.pages import go

_GUIDE, _TEST, _ACTIVATE = (f"/sso/<connection_id>/{step}" for step in (Step.GUIDE, Step.TEST, Step.ACTIVATE))


@dataclass(frozen=True, slots=True)
class DraftTestViews:
    """Support without the operator's role may look, and test."""

    drafts: ConnectionDrafts
    login: LoginService
    draft_pages: DraftPages
    clock: Clock
    place: TenantConsole
    stopped: Callable[[LoginStopped], Response]
    """Shows a test that did not even reach the provider, where all results are shown."""

    def blueprint(self) -> TenantPages:
        pages = TenantPages("draft_tests", self.place, staff_roles=STAFF_ROLES)
        pages.page(_GUIDE, self.guide)
        pages.page(_TEST, self.look)
        pages.button(
            _TEST, self.try_it, on=_TEST, unconfirmed_because="a test opens nothing, and only says that it passed"
        )
        return pages

    def guide(self, tenant: Tenant, connection_id: str) -> Response:
        state = self.drafts.one(tenant, ConnectionId(connection_id))
        guide = shown_guide(state.draft.settings.provider.preset, self.draft_pages.addresses(tenant, state))
        return self.draft_pages.page("sso/guide.html", tenant, state, Step.GUIDE, guide=guide)

    def look(self, tenant: Tenant, connection_id: str) -> Response:
        state = self.drafts.one(tenant, ConnectionId(connection_id))
        return self.draft_pages.page(
            "sso/draft_test.html",
            tenant,
            state,
            Step.TEST,
            missing=missing_settings(self.draft_pages, tenant, state),
            tested_at=ago(state.draft.settings.tested_at, now=self.clock.now()),
        )

    def try_it(self, tenant: Tenant, connection_id: str) -> Response:
        """To the provider and back with the draft's settings. Nobody is signed in by it."""
        state = self.drafts.one(tenant, ConnectionId(connection_id))
        if state.problems:
            return go(self.draft_pages.url(tenant, state, Step.TEST))
        asked = LoginRequest(
            return_to=self.draft_pages.url(tenant, state, Step.TEST),
            purpose=Purpose.TEST,
            draft=state.draft,
            starter=self.place.console.session(),
        )
        try:
            begun = self.login.begin(tenant, state.connection, asked, client_ip=client_ip())
        except LoginStopped as error:
            if error.code is ReasonCode.STORE_UNAVAILABLE:
                raise
            return self.stopped(error)
        return self.place.console.browser.sent_out(begun)


@dataclass(frozen=True, slots=True)
class DraftActViews:
    """What a draft becomes: the connection, or nothing."""

    drafts: ConnectionDrafts
    proposals: SetupProposals
    draft_pages: DraftPages
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> TenantPages:
        pages = TenantPages("draft_acts", self.place, staff_roles=[Role.OPERATOR])
        pages.form(_ACTIVATE, self.review, self.activate)
        pages.button("/sso/<connection_id>/discard", self.discard, on=_GUIDE, unconfirmed_because=UNCONFIRMED)
        return pages

    def review(self, tenant: Tenant, connection_id: str) -> Response:
        return self._review(tenant, self.drafts.one(tenant, ConnectionId(connection_id)))

    def activate(self, tenant: Tenant, connection_id: str) -> Response:
        """In one step; a second click finds it done."""
        version, by = request.form.get("version", ""), self.place.console.actor()
        try:
            self.drafts.activate(tenant, ConnectionId(connection_id), version=version, by=by)
        except DraftRefused as refused:
            state = self.drafts.one(tenant, ConnectionId(connection_id))
            return self._review(tenant, state, problem=_refusal(refused.problem), status=409)
        except DocumentInvalid:
            state = self.drafts.one(tenant, ConnectionId(connection_id))
            return self._review(tenant, state, problem=gettext("Something is still missing."), status=409)
        return go(f"{self.place.url(tenant, 'sso', connection_id)}?activated")

    def discard(self, tenant: Tenant, connection_id: str) -> Response:
        version, by = request.form.get("version", ""), self.place.console.actor()
        draft = self.proposals.discard(tenant, ConnectionId(connection_id), version=version, by=by)
        gone = draft.kind is DraftKind.NEW
        return go(f"{self.place.url(tenant, 'sso', *([] if gone else [connection_id]))}?discarded")

    def _review(self, tenant: Tenant, state: DraftState, *, problem: str = "", status: int = 200) -> Response:
        return self.draft_pages.page(
            "sso/activate.html",
            tenant,
            state,
            Step.ACTIVATE,
            status=status,
            problem=problem or (_refusal(DraftProblem.OVERTAKEN) if state.overtaken else ""),
            missing=missing_settings(self.draft_pages, tenant, state),
            is_new=state.draft.kind is DraftKind.NEW,
            changed=changed_settings(state.connection, state.draft.settings),
            consequences=[consequence_words(one) for one in state.consequences],
            tested_at=ago(state.draft.settings.tested_at, now=self.clock.now()),
        )


def missing_settings(pages: DraftPages, tenant: Tenant, state: DraftState) -> list[dict[str, str]]:
    """What is wrong or still to be entered, with the page to do it on."""
    return [
        {
            "label": key_label(key_of(problem)),
            "sentence": sentence_of(problem),
            "url": pages.url(tenant, state, step_of(key_of(problem))),
        }
        for problem in state.problems
    ]


def _refusal(problem: DraftProblem) -> str:
    return {
        DraftProblem.UNTESTED: gettext("These settings have not passed a test yet. Test them first."),
        DraftProblem.OVERTAKEN: gettext(
            "The connection itself was changed after this draft was started. Discard the draft and start it again, so "
            "that the other change is not lost."
        ),
        DraftProblem.NO_DOMAIN: gettext(
            "Anyone can sign up at this provider, and unverified emails would count. Verify a domain of yours under "
            "Domains first, or let only verified emails count."
        ),
        DraftProblem.NO_PREVIOUS: gettext("There is no earlier version to go back to."),
    }[problem]
