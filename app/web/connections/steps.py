"""The steps of setting up a connection: their order, their URLs, and how far a draft has come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.connections.connection import Protocol
from app.services.apply.reading import key_of
from app.services.connections.draft_state import DraftState
from app.web.i18n import gettext


class Step(StrEnum):
    """In their order. The value is the last part of the URL."""

    GUIDE = "guide"
    ADDRESS = "address"
    CLIENT = "client"
    CLAIMS = "claims"
    TEST = "test"
    ACTIVATE = "activate"


ORDER = tuple(Step)
ADVANCED = "advanced"
"""The page of all settings, beside the steps."""

_KEYS: Mapping[Step, Collection[str]] = {
    Step.ADDRESS: (
        "issuer", "discovery_url", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "emails_endpoint",
        "jwks_uri", "jwks", "end_session_endpoint", "required_claims",
    ),
    Step.CLIENT: (
        "client_id", "client_secret", "client_secret_expires", "next_client_secret", "client_auth", "private_key",
        "certificate", "trusted_audiences",
    ),
    Step.CLAIMS: (
        "scopes", "email_claim", "email_trust", "email_verified_claim", "match_by", "match_claim", "subject_claim",
    ),
}  # fmt: skip
"""Where a problem of a draft is solved; any other key is on the page of all settings."""


class StepState(StrEnum):
    """How far it is."""

    DONE = "done"
    MISSING = "missing"
    """Something is wrong or still to be entered."""
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ListedStep:
    """`url` is None for the steps that have no page yet: those of a draft that does not exist."""

    step: Step
    number: int
    label: str
    state: StepState
    current: bool


def listed(state: DraftState, current: Step | None) -> list[ListedStep]:
    return [
        ListedStep(step, number, step_name(step), _state(state, step), step is current)
        for number, step in enumerate(ORDER, start=1)
    ]


def step_name(step: Step) -> str:
    return {
        Step.GUIDE: gettext("Your provider's console"),
        Step.ADDRESS: gettext("Address"),
        Step.CLIENT: gettext("Client ID and secret"),
        Step.CLAIMS: gettext("Scopes and claims"),
        Step.TEST: gettext("Test"),
        Step.ACTIVATE: gettext("Activate"),
    }[step]


def after(step: Step) -> Step:
    return ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]


def before(step: Step) -> Step | None:
    place = ORDER.index(step)
    return ORDER[place - 1] if place else None


def step_of(key: str) -> str:
    """The page on which this key is entered."""
    return next((step for step, keys in _KEYS.items() if key in keys), ADVANCED)


def furthest(state: DraftState) -> Step:
    """Where to go on: the first step that is not done."""
    return next((step for step in ORDER if _state(state, step) is not StepState.DONE), Step.ACTIVATE)


def missing_at(state: DraftState, step: Step) -> Sequence[str]:
    return [key for problem in state.problems if step_of(key := key_of(problem)) == step]


def _state(state: DraftState, step: Step) -> StepState:
    provider = state.draft.settings.provider
    where = provider.issuer if provider.protocol is Protocol.OIDC else provider.authorization_endpoint
    begun = bool(where and provider.client_id)
    if step is Step.GUIDE:
        return StepState.DONE if where or provider.client_id else StepState.OPEN
    if step is Step.TEST:
        return StepState.DONE if state.draft.tested else StepState.OPEN
    if step is Step.ACTIVATE:
        return StepState.OPEN
    if missing_at(state, step):
        return StepState.MISSING if begun else StepState.OPEN
    # The settings of a preset are in order before anyone has seen them.
    return StepState.DONE if begun or step is not Step.CLAIMS else StepState.OPEN
