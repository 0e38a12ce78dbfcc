"""Rows that the contract tests store: two tenants, so that each look-up can be tried from the wrong one."""

from dataclasses import dataclass, replace
from typing import Any

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.accounts.held import HeldLogin, HeldLoginId
from app.domain.accounts.identity import Identity, IdentityId
from app.domain.connections.connection import Connection, ConnectionId, Provider, Sealed
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import Session, SessionId
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Tenant, TenantId
from app.domain.traces.trace import Step, Trace

NOW = 1_790_000_000.125
ISSUER = "https://idp.acme.example"

ACME = Tenant(
    id=TenantId("tenant-acme"),
    slug="acme",
    name="Acme Support",
    policy=LoginPolicy.SSO_OPTIONAL,
    email_domains=("acme.example", "acme.test"),
)
GLOBEX = Tenant(id=TenantId("tenant-globex"), slug="globex", name="Globex")

MAIN = Connection(
    id=ConnectionId("connection-main"),
    tenant_id=ACME.id,
    name="main",
    provider=Provider(
        issuer=ISSUER,
        client_id="bridge",
        authorize_params={"resource": "phone"},
        required_claims={"tid": "1", "staff": True},
    ),
    client_secret=Sealed("sealed-secret"),
    certificate=Sealed("sealed-certificate"),
)
SPARE = replace(MAIN, id=ConnectionId("connection-spare"), name="spare")
GLOBEX_MAIN = replace(MAIN, id=ConnectionId("connection-globex"), tenant_id=GLOBEX.id)

BOB = Account(
    id=AccountId("account-bob"),
    tenant_id=ACME.id,
    username="Bob",
    name="Bob Agent",
    email="Bob@Acme.example",
    roles=(Role.AGENT, Role.SUPERVISOR),
    external_id="E-1",
)
ALICE = Account(id=AccountId("account-alice"), tenant_id=ACME.id, username="alice", email="alice@acme.example")
GLOBEX_BOB = replace(BOB, tenant_id=GLOBEX.id)
"""The same account id, username, email and external id as Bob's, in the other tenant."""

PERSON = Identity(
    id=IdentityId("identity-1"),
    tenant_id=ACME.id,
    connection_id=MAIN.id,
    issuer=ISSUER,
    subject="subject-1",
    match_value="bob@acme.example",
)
STRANGER = replace(PERSON, id=IdentityId("identity-2"), subject="subject-2")

PASSWORD_SESSION = Session(
    id=SessionId("session-1"),
    tenant_id=ACME.id,
    account_id=BOB.id,
    method=Method.PASSWORD,
    reference="7K3Q-9MWT-2X",
    auth_time=NOW,
    created_at=NOW,
    last_seen_at=NOW,
    idle_s=600,
    expires_at=NOW + 3600,
    password_epoch=ACME.password_epoch,
)
SSO_SESSION = replace(
    PASSWORD_SESSION,
    id=SessionId("session-2"),
    method=Method.SSO,
    connection_id=MAIN.id,
    identity_id=PERSON.id,
    provider_sid="sid",
    id_token=Sealed("sealed-token"),
    end_session_endpoint="https://idp.acme.example/logout",
    amr=("pwd", "otp"),
    acr="urn:mace:incommon:iap:silver",
)

TRACE = Trace(
    reference="7K3Q-9MWT-2X",
    at=NOW,
    tenant_id=ACME.id,
    tenant=ACME.slug,
    connection=MAIN.name,
    method=Method.SSO,
    reason=ReasonCode.ISSUER_MISMATCH,
    details={"expected": ISSUER, "claims": ["sub", "email"], "candidates": 0, "skew_s": 1.5},
    steps=(Step(step="token", at=NOW, took_ms=87, ok=True), Step(step="id_token", at=NOW, took_ms=1, ok=False)),
)

HELD = HeldLogin(
    id=HeldLoginId("held-1"),
    tenant_id=ACME.id,
    connection_id=MAIN.id,
    issuer=ISSUER,
    subject=STRANGER.subject,
    match_value="bob@acme.example",
    reason=ReasonCode.HELD_NEW_SUBJECT,
    before=PERSON.subject,
    reference="7K3Q-9MWT-2X",
    at=NOW,
)


@dataclass
class StoppedClock:
    """Moves only when it is told to."""

    time: float = NOW

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


def unstorable() -> list[Any]:
    """Text that strangers may send and no database holds."""
    return ["a\x00b", "a\ud800b"]
