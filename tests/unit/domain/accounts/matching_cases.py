"""People and accounts of one tenant, for the rules about who may be whom."""

from dataclasses import replace

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.identity import Identity, IdentityId
from app.domain.accounts.matching import Known, candidates
from app.domain.connections.connection import ConnectionId
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Status, TenantId

BOB = "bob@acme.example"
ROB = "rob@acme.example"

SUBJECT = Identity(
    id=IdentityId("identity"),
    tenant_id=TenantId("acme"),
    connection_id=ConnectionId("main"),
    issuer="https://idp.acme.example",
    subject="subject",
    match_value=BOB,
)


def account(name: str) -> Account:
    return Account(id=AccountId(name), tenant_id=TenantId("acme"), username=name)


def disabled(one: Account) -> Account:
    return replace(one, status=Status.DISABLED)


def first_login(*with_value: Account, held: tuple[Account, ...] = ()) -> Known:
    """Of a subject that nobody has seen. `held`: those that another subject holds."""
    return Known(identity=None, linked=(), with_value=with_value, holders={one.id: "another" for one in held})


def later_login(
    *linked: Account, with_value: tuple[Account, ...], held: tuple[Account, ...] = (), stored: str = BOB
) -> Known:
    """Of a subject that has opened `linked`, and had the value `stored`."""
    return Known(
        identity=replace(SUBJECT, linked=tuple(one.id for one in linked), match_value=stored),
        linked=linked,
        with_value=with_value,
        holders={one.id: "another" for one in held},
    )


def opened(known: Known, value: str = BOB) -> set[str]:
    """Names of the accounts that may be opened."""
    return {one.username for one in candidates(value, known).accounts}


def stored(known: Known, value: str = BOB) -> str:
    """The match value that the identity keeps."""
    return candidates(value, known).match_value


def stopped(known: Known, value: str = BOB) -> ReasonCode | None:
    """Why nothing may be opened; None where something may."""
    try:
        candidates(value, known)
    except SsoError as error:
        return error.code
    return None
