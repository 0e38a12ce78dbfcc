"""What leaves the bridge sealed comes back whole, and opens for its own purpose and fields only."""

import hashlib
from dataclasses import fields, is_dataclass
from typing import Any, NewType, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.crypto.sealing import KeyringSealer
from app.domain.accounts.account import Account, AccountId
from app.domain.connections.connection import ConnectionId, MatchBy
from app.domain.login.login_attempt import AttemptId, LoginAttempt, Purpose
from app.domain.login.received_claims import ClaimUse, ReceivedClaim, ReceivedClaims
from app.domain.passwords.password_link import LinkKind, PasswordLink
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import SessionId
from app.domain.tenants.step_up import StepUp
from app.domain.tenants.tenant import Tenant, TenantId
from app.domain.traces.trace import Step
from app.ports.sealing import SealBroken
from app.services.login.attempts import ATTEMPT
from app.services.login.check_results import CHECK_RESULT, CheckResult, StoppedCheck, holder_of
from app.services.login.connection_checks import ConnectionCheck, NotOffered, WouldOpen
from app.services.login.tickets import TICKET
from app.services.passwords.guesses import Guess
from app.services.passwords.password_links import LINK
from app.services.passwords.pending_mfa import PENDING_MFA, PendingMfa, VerifiedPassword
from app.services.passwords.second_factors import OFFER, FactorOffer
from app.services.sealed_payload import SealedPayload

NOW = 1_790_000_000.125
SEALER = KeyringSealer([b"k" * 32])
SHAPES = {
    "login-attempt-5": "632ffdaab76de9b7",
    "choice-ticket-6": "7f307a4daacd88be",
    "check-result-3": "2616869664b82217",
    "pending-mfa-1": "9671674954644182",
    "second-factor-offer-2": "541c3ad3e3b27067",
    "password-link": "6aee7bc8cad8f03e",
}
"""What each version is made of. Payloads of before are on their way while an upgrade runs."""
KINDS: tuple[SealedPayload[Any], ...] = (ATTEMPT, TICKET, CHECK_RESULT, PENDING_MFA, OFFER, LINK)

texts = st.text()
attempts = st.builds(
    LoginAttempt,
    state=texts,
    nonce=texts,
    verifier=texts,
    tenant_id=texts.map(TenantId),
    connection_id=texts.map(ConnectionId),
    reference=texts,
    return_to=texts,
    started_at=st.floats(allow_nan=False),
    step_up=st.builds(
        StepUp,
        prompt=st.lists(texts).map(tuple),
        max_age=st.none() | st.integers(),
        acr_values=st.lists(texts).map(tuple),
    ),
    purpose=st.sampled_from(Purpose),
    session=st.none() | texts.map(SessionId),
    proof_secret=texts,
)


def shape(kind: Any) -> str:
    """A type with the types of all its fields, wherever they are written down."""
    if isinstance(kind, NewType):
        return shape(kind.__supertype__)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return f"({','.join(f'{field.name}:{shape(hints[field.name])}' for field in fields(kind))})"
    if of := get_args(kind):
        return f"[{','.join(shape(one) for one in of)}]"
    return getattr(kind, "__name__", str(kind))


def pending(secret: str | None) -> PendingMfa:
    return PendingMfa(
        id=AttemptId("id"),
        verified=VerifiedPassword(TenantId("acme"), 3, AccountId("alice"), "fingerprint"),
        guess=Guess("Alice", "192.0.2.1", ""),
        username="alice",
        browser="hash",
        return_to="/account",
        reference="7K3Q-9MWT-2X",
        started_at=NOW,
        steps=(Step(step="password", at=NOW, took_ms=80, ok=True), Step("session", NOW + 1, 2, ok=True, note="x")),
        secret=secret,
    )


@given(attempt=attempts)
def test_an_attempt_comes_back_as_it_went_out(attempt: LoginAttempt) -> None:
    assert ATTEMPT.open(ATTEMPT.seal(attempt, SEALER), SEALER) == attempt


@pytest.mark.parametrize("secret", [None, "JBSWY3DPEHPK3PXP"])
def test_a_login_that_waits_for_its_code_comes_back_as_it_went_out(secret: str | None) -> None:
    assert PENDING_MFA.open(PENDING_MFA.seal(pending(secret), SEALER), SEALER) == pending(secret)


CHECKS = (
    CheckResult(
        holder_of(SessionId("session"), "browser"),
        NOW,
        passed=ConnectionCheck(
            Purpose.TEST,
            connection="main",
            match_by=MatchBy.EMAIL,
            match_value="alice@acme.example",
            accounts=(WouldOpen("alice", "Alice", linked=True),),
            others=(NotOffered("bob", disabled=True),),
            own=None,
            reference="7K3Q-9MWT-2X",
            return_to="/admin/",
            received=ReceivedClaims(
                (ReceivedClaim("id_token", "email", "alice@acme.example"),),
                (ClaimUse("email_claim", "email", "id_token", "alice@acme.example"),),
                dropped=("groups",),
            ),
        ),
    ),
    CheckResult(
        holder_of(None, "browser"),
        NOW,
        stopped=StoppedCheck(ReasonCode.NO_ACCOUNT, Purpose.PROVE, "7K3Q-9MWT-2X", None),
    ),
)


@pytest.mark.parametrize("result", CHECKS)
def test_the_result_of_a_check_comes_back_as_it_went_out(result: CheckResult) -> None:
    assert CHECK_RESULT.open(CHECK_RESULT.seal(result, SEALER), SEALER) == result


def test_an_offered_second_factor_comes_back_as_it_went_out() -> None:
    offer = FactorOffer(SessionId("session"), "JBSWY3DPEHPK3PXP")
    assert OFFER.open(OFFER.seal(offer, SEALER), SEALER) == offer


@pytest.mark.parametrize("kind", LinkKind)
def test_a_link_comes_back_from_a_mail_as_it_went_and_is_short(kind: LinkKind) -> None:
    tenant, account = (
        Tenant(TenantId("t" * 16), "acme", "Acme"),
        Account(AccountId("a" * 16), TenantId("t" * 16), "bob"),
    )
    link = PasswordLink.made(kind, tenant, account, None, now=NOW)
    sealed = LINK.seal(link, SEALER)
    assert LINK.open(sealed, SEALER) == link
    assert len(sealed) < 300


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.purpose)
def test_what_is_sealed_for_one_purpose_opens_for_no_other(kind: SealedPayload[Any]) -> None:
    sealed = SEALER.seal(b"[]", purpose=kind.purpose)
    for other in KINDS:
        if other is not kind:
            with pytest.raises(SealBroken):
                other.open(sealed, SEALER)


def test_no_two_kinds_share_a_purpose() -> None:
    assert len({kind.purpose for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.purpose)
def test_other_fields_have_another_purpose(kind: SealedPayload[Any]) -> None:
    """Otherwise one of before would open, and its values stand in the wrong fields: raise the number at its end."""
    digest = hashlib.sha256(shape(kind.kind).encode()).hexdigest()[:16]
    assert SHAPES.get(kind.purpose) == digest, shape(kind.kind)
