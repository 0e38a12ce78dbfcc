"""Which accounts may this login open? docs/rules.md, rule 2, as pure functions over what the stores know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account, AccountId, ascii_lower
from app.domain.accounts.email_address import EmailAddress, parse_email
from app.domain.accounts.identity import ExternalIdentity, Identity, kept_elsewhere
from app.domain.connections.connection import MatchBy, Provider
from app.domain.connections.open_sign_up import believed_beyond_reason
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Status

VALUE_MOST = 255
"""Characters of a username or external id."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the stores know about one login, read in the transaction that opens the session.

    `with_value` holds the tenant's accounts (of any status) that have the match value; `holders` says which of them are
    linked to another subject of the same connection and issuer, and to which one.
    """

    identity: Identity | None
    linked: Sequence[Account]
    with_value: Sequence[Account]
    holders: Mapping[AccountId, str]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The accounts that may be opened (at least one), and the match value that the identity is to keep."""

    accounts: tuple[Account, ...]
    match_value: str


def match_value(
    provider: Provider, external: ExternalIdentity, *, email_domains: Sequence[str], own_domains: Sequence[str] = ()
) -> str:
    """The normalised value to match by. Raises SsoError if the provider sent none that can be trusted.

    `email_domains` are the only ones that may be matched (empty: any), `own_domains` those known to be the tenant's.
    """
    if provider.match_by is MatchBy.EMAIL:
        # The word of a provider that knows none of its people counts for the tenant's own domains at most.
        within = email_domains or (own_domains if believed_beyond_reason(provider) else ())
        return _trusted_email(provider, external, within).key
    value = external.match_claim
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        path = provider.match_claim_path
        elsewhere = kept_elsewhere(path, external.distributed)
        raise SsoError(ReasonCode.CLAIM_MISSING, claim=path, claims=sorted(external.claims), **elsewhere)
    if not isinstance(value, str) or len(value) > VALUE_MOST or not value.isprintable():
        raise SsoError(ReasonCode.CLAIM_INVALID, claim=provider.match_claim_path)
    return ascii_lower(value) if provider.match_by is MatchBy.USERNAME else value


def _trusted_email(provider: Provider, external: ExternalIdentity, email_domains: Sequence[str]) -> EmailAddress:
    claim = external.email
    if claim is None or claim.value is None or claim.value == "":
        elsewhere = kept_elsewhere(provider.email_claim, external.distributed)
        raise SsoError(ReasonCode.EMAIL_MISSING, claim=provider.email_claim, **elsewhere)
    try:
        email = parse_email(claim.value)
    except ValueError as error:
        raise SsoError(ReasonCode.EMAIL_INVALID, claim=provider.email_claim, error=str(error)) from error
    # A truthiness test would accept the string "false"; only these two values count as the provider's word.
    verified = claim.verified is True or claim.verified == "true"
    if provider.email_trust != "always" and not verified:
        raise SsoError(ReasonCode.EMAIL_UNVERIFIED, claim=provider.email_verified_claim, domain=email.domain)
    if email_domains and email.domain not in email_domains:
        raise SsoError(ReasonCode.EMAIL_OUTSIDE_DOMAINS, domain=email.domain, expected=", ".join(email_domains))
    return email


def candidates(value: str, known: Known) -> Candidates:
    """Every account that this login may open. Raises SsoError if there is none, or if an admin must decide first."""
    if known.identity is None:
        return _first_login(value, known)
    return _later_login(value, known, identity=known.identity)


def _first_login(value: str, known: Known) -> Candidates:
    if _in_other_hands(known):
        raise SsoError(ReasonCode.HELD_NEW_SUBJECT, candidates=len(known.with_value))
    return _open(known.with_value, value)


def _later_login(value: str, known: Known, *, identity: Identity) -> Candidates:
    linked = {account.id for account in known.linked}
    moved = value != identity.match_value
    if moved and known.with_value and not any(account.id in linked for account in known.with_value):
        raise SsoError(ReasonCode.HELD_EMAIL_MOVED, candidates=len(known.with_value))
    if moved and not known.with_value:
        return _open(known.linked, identity.match_value)  # renamed at the provider only
    free = [account for account in known.with_value if account.id not in known.holders]
    # If all of an identity's accounts went to someone else, it counts as new again, also for accounts made since.
    if not known.linked and known.with_value and (not free or _in_other_hands(known)):
        raise SsoError(ReasonCode.HELD_NEW_SUBJECT, candidates=len(known.with_value))
    return _open([*known.linked, *(account for account in free if account.id not in linked)], value)


def _in_other_hands(known: Known) -> bool:
    """Has the address changed hands, or was the person recreated at the provider? Only the tenant's admin can tell."""
    return any(_active(account) and account.id in known.holders for account in known.with_value)


def _open(accounts: Sequence[Account], value: str) -> Candidates:
    active = tuple(account for account in accounts if _active(account))
    if active:
        return Candidates(accounts=active, match_value=value)
    if accounts:
        raise SsoError(ReasonCode.ACCOUNT_DISABLED, candidates=len(accounts))
    raise SsoError(ReasonCode.NO_ACCOUNT, candidates=0)


def _active(account: Account) -> bool:
    return account.status is Status.ACTIVE
