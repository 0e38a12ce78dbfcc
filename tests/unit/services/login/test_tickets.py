"""The chooser's ticket: what was found out about a login comes back whole, to the same browser, for five minutes."""

import json
import zlib
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.crypto.sealing import KeyringSealer
from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.identity import EmailClaim, ExternalIdentity
from app.domain.connections.connection import ConnectionId
from app.domain.errors import SsoError
from app.domain.login.login_attempt import CHOICE_S, LoginAttempt
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import TenantId
from app.domain.traces.trace import Step
from app.services.login.attempts import ATTEMPT as ATTEMPTS
from app.services.login.tickets import TicketService
from app.services.sealed_payload import require_fresh
from tests.encodings import reads

NOW = 1_790_000_000.125
SEALER = KeyringSealer([b"k" * 32])

ATTEMPT = LoginAttempt(
    state="state",
    nonce="nonce",
    verifier="verifier",
    tenant_id=TenantId("acme"),
    connection_id=ConnectionId("main"),
    reference="7K3Q-9MWT-2X",
    return_to="/apps/crm?ticket=7",
    started_at=NOW - 20,
)
PERSON = ExternalIdentity(
    issuer="https://idp.acme.example",
    subject="subject",
    email=EmailClaim(value="bob@acme.example", verified=True),
    match_claim="bob",
    sid="sid",
    id_token="header.claims.signature",
    auth_time=NOW - 5,
    amr=("pwd", "otp"),
    acr="gold",
    end_session_endpoint="https://idp.acme.example/logout",
    claims={"sub": "id_token", "email": "userinfo"},
)
SETTINGS = ("the fingerprint of a connection",)
ACCOUNTS = tuple(Account(id=AccountId(name), tenant_id=TenantId("acme"), username=name) for name in ("bob", "bob-lead"))
STEPS = (
    Step(step="token", at=NOW - 1, took_ms=87, ok=True, note="200"),
    Step(step="match", at=NOW, took_ms=0, ok=True),
)


@dataclass
class StoppedClock:
    """Moves only when it is told to."""

    time: float = NOW

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


def service(*, at: float = NOW, sealer: KeyringSealer = SEALER) -> TicketService:
    return TicketService(sealer=sealer, clock=StoppedClock(at))


def issued(external: ExternalIdentity = PERSON, *, browser: str = "browser") -> str:
    return service().issue(ATTEMPT, external, ACCOUNTS, settings=SETTINGS, browser=browser, steps=STEPS)


def stopped(sealed: str, *, browser: str = "browser") -> ReasonCode | None:
    try:
        service().open(sealed, browser=browser)
    except SsoError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    "external",
    [
        PERSON,
        ExternalIdentity(issuer="", subject=""),
        replace(PERSON, email=None, match_claim=7),
        replace(PERSON, email=EmailClaim(value=None, verified=None), amr=()),
    ],
    ids=["all that may be known", "nothing but the subject", "a number to match by", "an empty email"],
)
def test_a_ticket_brings_back_what_it_took_along(external: ExternalIdentity) -> None:
    ticket = service().open(issued(external), browser="browser")
    assert ticket.attempt == ATTEMPT
    assert ticket.external == external
    assert ticket.accounts == ("bob", "bob-lead")
    assert ticket.settings == SETTINGS
    assert ticket.steps == STEPS
    assert ticket.issued_at == NOW
    assert ticket.connection_id == "main"


def test_a_ticket_shows_nothing_of_what_it_holds() -> None:
    sealed = issued()
    for secret in ("verifier", "nonce", "bob@acme.example", "signature", "subject"):
        assert not reads(sealed, secret)


def test_what_is_only_encoded_would_be_read() -> None:
    plain = json.dumps({"email": "bob@acme.example"}).encode()
    encoded = b64encode(plain).decode(), urlsafe_b64encode(b"v1" + plain).decode().rstrip("=")
    for told in (plain.decode(), *encoded, plain.hex(), b64encode(zlib.compress(plain)).decode()):
        assert reads(told, "bob@acme.example")
        assert reads(f"v2.{told}", "bob@acme.example")


def test_another_browsers_ticket_is_refused() -> None:
    assert stopped(issued(), browser="another") is ReasonCode.CHOICE_REFUSED


@given(one=st.text(), other=st.text())
def test_a_ticket_is_good_in_the_browser_it_was_issued_to(one: str, other: str) -> None:
    printable = {text.encode("utf-8", "replace") for text in (one, other)}
    assert (stopped(issued(browser=one), browser=other) is None) == (len(printable) == 1)


def test_a_ticket_does_not_hold_the_browsers_cookie() -> None:
    assert service().open(issued(), browser="browser").browser != "browser"


@given(text=st.text())
def test_whatever_is_posted_as_a_ticket_is_refused(text: str) -> None:
    assert stopped(text) is ReasonCode.CHOICE_REFUSED


def test_what_we_sealed_for_another_purpose_is_no_ticket() -> None:
    assert stopped(ATTEMPTS.seal(ATTEMPT, SEALER)) is ReasonCode.CHOICE_REFUSED


def test_a_ticket_under_a_key_that_is_gone_is_refused() -> None:
    strange = service(sealer=KeyringSealer([b"s" * 32]))
    sealed = strange.issue(ATTEMPT, PERSON, ACCOUNTS, settings=SETTINGS, browser="browser", steps=())
    assert stopped(sealed) is ReasonCode.CHOICE_REFUSED


@pytest.mark.parametrize("after_s", [0.0, CHOICE_S - 0.5])
def test_a_ticket_is_good_for_five_minutes(after_s: float) -> None:
    assert CHOICE_S == 300
    later = service(at=NOW + after_s)
    require_fresh(later.open(issued(), browser="browser"), now=later.clock.now())


@pytest.mark.parametrize("after_s", [CHOICE_S, CHOICE_S + 1.0, 1e9])
def test_a_ticket_older_than_that_is_refused(after_s: float) -> None:
    later = service(at=NOW + after_s)
    ticket = later.open(issued(), browser="browser")
    with pytest.raises(SsoError) as refused:
        require_fresh(ticket, now=later.clock.now())
    assert refused.value.code is ReasonCode.ATTEMPT_EXPIRED
