"""A valid authorization request on its way to an answer, and what stands between it and its code.

It travels in a sealed cookie: nothing is stored before somebody has signed in.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType, Self

from app.domain.oauth2.authorization_request import Answerable, AuthorizationRequest
from app.domain.oauth2.oauth2_error import OAuth2ErrorCode
from app.domain.sessions.session import Session, SignedIn
from app.domain.tenants.step_up import AFRESH, SELECT_ACCOUNT, StepUp

RequestId = NewType("RequestId", str)

LIFETIME_S = 1800
"""How long the person may take to sign in and to decide: longer than any step of a login."""
LEEWAY_S = 120
"""How far a provider's clock may be behind, as where its id_token is checked."""


class Interaction(StrEnum):
    """What the person has to do first."""

    LOGIN = "login"
    SELECT_ACCOUNT = "select_account"
    CONSENT = "consent"


_WITHOUT_ASKING: dict[Interaction, tuple[OAuth2ErrorCode, str]] = {
    Interaction.LOGIN: ("login_required", "no session, or none that this request accepts"),
    Interaction.SELECT_ACCOUNT: ("account_selection_required", "the person has to choose an account"),
    Interaction.CONSENT: ("consent_required", "the person has not allowed this yet"),
}
"""For `prompt=none`: OpenID Connect Core, section 3.1.2.6."""


@dataclass(frozen=True, slots=True)
class PendingAuthorization:
    """The request, whom its `id_token_hint` named, and what the person has been asked for already."""

    id: RequestId
    request: AuthorizationRequest
    asked_at: float
    subject: str | None = None
    """The account that it is meant for."""
    done: tuple[Interaction, ...] = ()

    @property
    def expires_at(self) -> float:
        return self.asked_at + LIFETIME_S

    @property
    def silent(self) -> bool:
        """Nothing may be shown (`prompt=none`)."""
        return "none" in self.request.asked.prompt

    def may_be(self, signed_in: SignedIn | None) -> bool:
        """Whether `id_token_hint` allows this person."""
        return signed_in is None or self.subject in (None, signed_in.account.id)

    def after(self, interaction: Interaction) -> Self:
        """The same once the person has been asked for it."""
        return replace(self, done=(*self.done, interaction))

    def refused(self, code: OAuth2ErrorCode, description: str) -> Answerable:
        return Answerable(self.request.reply_to, code, description)

    def instead_of(self, interaction: Interaction) -> Answerable:
        """The error if nobody may be asked."""
        return self.refused(*_WITHOUT_ASKING[interaction])


def missing(
    pending: PendingAuthorization,
    signed_in: SignedIn | None,
    *,
    step_up: Collection[str],
    consented: Callable[[], bool],
) -> Interaction | None:
    """The first thing that is missing, None if nothing is. The order of the questions is this function's.

    `step_up` are authentication contexts that were asked for, and that the person's provider could show.
    """
    if signed_in is None or not _of_wanted_tenant(pending, signed_in):
        return Interaction.LOGIN
    if not authenticated_as_asked(pending, signed_in.session):
        return Interaction.LOGIN
    if step_up and Interaction.LOGIN not in pending.done:
        return Interaction.LOGIN
    if _to_choose(pending, signed_in):
        return Interaction.SELECT_ACCOUNT
    asked_always = "consent" in pending.request.asked.prompt
    return None if consented() and not asked_always else Interaction.CONSENT


def authenticated_as_asked(pending: PendingAuthorization, session: Session) -> bool:
    """`prompt=login` and `max_age`. How old an authentication is counts from when the app asked.

    After a new login the provider's clock may be behind by as much as its id_token was allowed to be.
    """
    asked = pending.request.asked
    if not asked.anew and asked.max_age is None:
        return True
    oldest = pending.asked_at - (0 if asked.anew else asked.max_age or 0)
    return session.auth_time >= oldest - (LEEWAY_S if _new(pending, session) else 0)


def login_step_up(pending: PendingAuthorization, acr_values: tuple[str, ...] = ()) -> StepUp:
    """What a login for this request has to show."""
    asked = pending.request.asked
    # Else the provider's session would answer: at a shared computer, a colleague's.
    prompt = (SELECT_ACCOUNT,) if SELECT_ACCOUNT in asked.prompt and not asked.anew else ()
    wanted = StepUp(prompt=prompt, max_age=asked.max_age, acr_values=acr_values)
    return AFRESH.tightened_by(wanted) if asked.anew else wanted


def _of_wanted_tenant(pending: PendingAuthorization, signed_in: SignedIn) -> bool:
    return pending.request.tenant in (None, signed_in.tenant.slug)


def _to_choose(pending: PendingAuthorization, signed_in: SignedIn) -> bool:
    """Whoever has just signed in has been asked which account it shall be."""
    if not pending.may_be(signed_in):
        return True
    wanted = SELECT_ACCOUNT in pending.request.asked.prompt
    chosen = Interaction.SELECT_ACCOUNT in pending.done or _new(pending, signed_in.session)
    return wanted and not chosen


def _new(pending: PendingAuthorization, session: Session) -> bool:
    """Whether this session was opened after the app had asked."""
    return session.created_at >= pending.asked_at
