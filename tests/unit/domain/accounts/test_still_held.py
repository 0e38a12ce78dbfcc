from app.domain.accounts.held import HeldDecision, HeldLogin, HeldLoginId, still_held
from app.domain.connections.connection import ConnectionId
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import TenantId

MAIN, SPARE, VALUE = ConnectionId("main"), ConnectionId("spare"), "a@acme.example"


def held(decision: HeldDecision, *, connection: ConnectionId = MAIN, value: str = VALUE) -> HeldLogin:
    return HeldLogin(
        id=HeldLoginId("held"),
        tenant_id=TenantId("acme"),
        connection_id=connection,
        issuer="https://idp.acme.example",
        subject="s",
        match_value=value,
        reason=ReasonCode.HELD_NEW_SUBJECT,
        before="",
        reference="",
        at=0.0,
        decision=decision,
    )


def test_who_was_accepted_once_and_refused_since_stays_refused() -> None:
    accepted, refused = held(HeldDecision.ACCEPTED), held(HeldDecision.REFUSED)
    assert still_held(MAIN, VALUE, [accepted, refused]) == refused
    assert still_held(MAIN, VALUE, [accepted, held(HeldDecision.OPEN)]) is not None
    assert still_held(MAIN, VALUE, [accepted]) is None


def test_an_acceptance_here_stands_whatever_waits_elsewhere() -> None:
    elsewhere = held(HeldDecision.REFUSED, connection=SPARE)
    assert still_held(MAIN, VALUE, [held(HeldDecision.ACCEPTED), elsewhere]) is None
    assert still_held(MAIN, VALUE, [elsewhere]) == elsewhere
    assert still_held(MAIN, VALUE, [held(HeldDecision.REFUSED, value="b@acme.example")]) is None
