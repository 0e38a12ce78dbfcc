"""Why can't she sign in? One account's ways in, and the first thing that is in their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.accounts.account import Account, ascii_lower
from app.domain.accounts.email_address import parse_email
from app.domain.accounts.held import HeldLogin
from app.domain.connections.connection import Connection, MatchBy
from app.domain.tenants.login_policy import Method, refusal
from app.domain.tenants.tenant import Status, Tenant


class Verdict(StrEnum):
    """The answer in one word; the first that applies, in this order."""

    TENANT_DISABLED = "tenant_disabled"
    ACCOUNT_DISABLED = "account_disabled"
    HELD = "held"
    """Somebody who signs in as this person waits for a decision."""
    BLOCKED = "blocked"
    """Too many wrong passwords or codes."""
    NO_CONNECTION = "no_connection"
    """SSO is the only way, and there is no active connection."""
    SSO_FINDS_NOBODY = "sso_finds_nobody"
    """SSO is the only way, and no connection can find this account."""
    NO_PASSWORD = "no_password"
    """A password is the only way, and there is none."""
    NO_WAY = "no_way"
    """Neither way works: no password, and SSO cannot find the account."""
    LAST_FAILED = "last_failed"
    """Nothing is in the way, but the last login failed."""
    SIGNED_IN = "signed_in"
    NEVER_TRIED = "never_tried"
    CAN = "can"


class SsoObstacle(StrEnum):
    """Why a connection cannot find an account."""

    NO_EMAIL = "no_email"
    OUTSIDE_DOMAINS = "outside_domains"
    NO_EXTERNAL_ID = "no_external_id"


@dataclass(frozen=True, slots=True)
class SsoRoute:
    """What one active connection would make of this account."""

    connection: Connection
    value: str | None
    """What the provider has to send."""
    obstacle: SsoObstacle | None
    others: Sequence[Account] = ()
    """Active accounts with the same value: the person gets a choice."""
    subject: str | None = None
    """Who signs in to it there at present."""
    held: HeldLogin | None = None


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """`blocked_until` is None if nothing stops passwords."""

    tenant: Tenant
    account: Account
    has_password: bool
    routes: Sequence[SsoRoute]
    blocked_until: float | None
    last_failed: bool
    """Whether the newest login of this account did not succeed."""
    signed_in: bool


def match_value_of(account: Account, by: MatchBy) -> str | None:
    """The value that a provider has to send for this account; None if it has none."""
    if by is MatchBy.USERNAME:
        return account.username
    return account.email if by is MatchBy.EMAIL else account.external_id


def compared_value_of(account: Account, by: MatchBy) -> str | None:
    """The same in the form in which values are compared."""
    value = match_value_of(account, by)
    if value is None or by is MatchBy.EXTERNAL_ID:
        return value
    return parse_email(value).key if by is MatchBy.EMAIL else ascii_lower(value)


def concerns(held: HeldLogin, account: Account, connection: Connection, subject: str | None) -> bool:
    """Whether a held login would open the account, or is one by `subject`, who opens it at present."""
    if held.connection_id != connection.id:
        return False
    return held.subject == subject or held.match_value == compared_value_of(account, connection.provider.match_by)


def sso_obstacle(tenant: Tenant, account: Account, by: MatchBy) -> SsoObstacle | None:
    """By the account's own fields; docs/rules.md, rule 2."""
    if by is MatchBy.USERNAME:
        return None
    if by is MatchBy.EXTERNAL_ID:
        return None if account.external_id else SsoObstacle.NO_EXTERNAL_ID
    if account.email is None:
        return SsoObstacle.NO_EMAIL
    outside = tenant.matched_domains and parse_email(account.email).domain not in tenant.matched_domains
    return SsoObstacle.OUTSIDE_DOMAINS if outside else None


def verdict(facts: SignInFacts) -> Verdict:
    tenant, account = facts.tenant, facts.account
    by_password = refusal(tenant.policy, Method.PASSWORD) is None
    by_sso = refusal(tenant.policy, Method.SSO) is None
    found = by_sso and any(_finds(route) for route in facts.routes)
    held = by_sso and any(route.held for route in facts.routes)
    answers = {
        Verdict.TENANT_DISABLED: tenant.status is not Status.ACTIVE,
        Verdict.ACCOUNT_DISABLED: account.status is not Status.ACTIVE,
        Verdict.HELD: held,
        Verdict.BLOCKED: by_password and facts.blocked_until is not None,
        _no_way(facts, by_password=by_password, by_sso=by_sso): not found and not (by_password and facts.has_password),
        Verdict.LAST_FAILED: facts.last_failed,
        Verdict.SIGNED_IN: facts.signed_in,
        Verdict.NEVER_TRIED: account.last_login_at is None,
    }
    return next((answer for answer, applies in answers.items() if applies), Verdict.CAN)


def _finds(route: SsoRoute) -> bool:
    """By its value, or because the person is known there already."""
    return route.obstacle is None or (route.subject is not None and route.obstacle is not SsoObstacle.OUTSIDE_DOMAINS)


def _no_way(facts: SignInFacts, *, by_password: bool, by_sso: bool) -> Verdict:
    if not by_sso:
        return Verdict.NO_PASSWORD
    if by_password:
        return Verdict.NO_WAY
    return Verdict.SSO_FINDS_NOBODY if facts.routes else Verdict.NO_CONNECTION
