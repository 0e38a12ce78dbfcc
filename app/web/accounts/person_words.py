"""Why can't she sign in? The answer on an account's page."""

from dataclasses import dataclass

from app.domain.accounts.sign_in_check import SignInFacts, SsoObstacle, SsoRoute, Verdict
from app.domain.connections.connection import MatchBy
from app.domain.reasons import remedy, summary
from app.domain.tenants.security_policy import TotpRule
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import Trace
from app.services.accounts.person import Person
from app.web.i18n import gettext, moment

GOOD = (Verdict.SIGNED_IN, Verdict.CAN, Verdict.NEVER_TRIED)


@dataclass(frozen=True, slots=True)
class Answer:
    """One sentence, and what to do about it; `good` if nothing is wrong."""

    sentence: str
    to_do: str
    good: bool


def answer(person: Person) -> Answer:
    verdict, facts = person.verdict, person.facts
    if verdict is Verdict.LAST_FAILED:
        return _last_failed(person.logins[0])
    if verdict is Verdict.SSO_FINDS_NOBODY:
        obstacles = [route.obstacle for route in facts.routes if route.obstacle]
        return Answer(
            gettext("Only SSO is allowed, and SSO cannot find this account."), _mend(obstacles[0]), good=False
        )
    sentence, to_do = _told(verdict, facts)
    return Answer(sentence, to_do, good=verdict in GOOD)


def _last_failed(trace: Trace) -> Answer:
    if trace.reason is None:
        raise ValueError("the last login succeeded")
    why = summary(trace.reason, trace.details)
    sentence = gettext("The account is in order, but the last login failed: %(why)s", why=why)
    return Answer(sentence, remedy(trace.reason, trace.details), good=False)


def _told(verdict: Verdict, facts: SignInFacts) -> tuple[str, str]:
    until = moment(facts.blocked_until) if facts.blocked_until is not None else ""
    return {
        Verdict.TENANT_DISABLED: (gettext("The tenant is disabled, so no one can sign in."), ""),
        Verdict.ACCOUNT_DISABLED: (
            gettext("This account is disabled."),
            gettext("Enable it to let this person sign in again."),
        ),
        Verdict.HELD: (
            gettext("A login is on hold, because the address may have a new owner."),
            gettext("Look at both sides, then accept or refuse it."),
        ),
        Verdict.BLOCKED: (
            gettext("Passwords are blocked until %(until)s, after too many wrong ones.", until=until),
            gettext("Wait until then, or release the block below if you know who tried. SSO logins are not blocked."),
        ),
        Verdict.NO_CONNECTION: (
            gettext("Only SSO is allowed, and no connection is active."),
            gettext("Activate a connection, or ask support to allow passwords."),
        ),
        Verdict.NO_PASSWORD: (
            gettext("Only passwords are allowed, and this account has none."),
            gettext("Send an invitation: its link sets the first password."),
        ),
        Verdict.NO_WAY: (
            gettext("This account has no password, and SSO cannot find it."),
            gettext("Send an invitation, or correct what SSO looks for below."),
        ),
        Verdict.SIGNED_IN: (gettext("This person is signed in right now."), ""),
        Verdict.NEVER_TRIED: (
            gettext("The account is in order, but has never been used."),
            gettext("Send an invitation, or ask the person to sign in."),
        ),
        Verdict.CAN: (
            gettext("The account is in order: this person can sign in."),
            gettext("If they cannot, ask for the reference on their screen."),
        ),
    }[verdict]


def _mend(obstacle: SsoObstacle) -> str:
    return {
        SsoObstacle.NO_EMAIL: gettext("Add the email that the provider sends for this person."),
        SsoObstacle.OUTSIDE_DOMAINS: gettext(
            "Correct the email, or have its domain added to the tenant's email domains."
        ),
        SsoObstacle.NO_EXTERNAL_ID: gettext("Add the external ID that the provider sends for this person."),
    }[obstacle]


def route_words(route: SsoRoute) -> str:
    """What a connection would make of this account."""
    if route.obstacle is SsoObstacle.OUTSIDE_DOMAINS:
        return gettext("Refused: the email's domain is not one of the tenant's email domains.")
    if route.subject is not None:
        return gettext("Found: the person who signed in before is recognised.")
    if route.obstacle is SsoObstacle.NO_EMAIL:
        return gettext("Not found: the account has no email.")
    if route.obstacle is SsoObstacle.NO_EXTERNAL_ID:
        return gettext("Not found: the account has no external ID.")
    if route.others:
        return gettext("Found, together with other accounts: the person is asked to choose.")
    return gettext("Found, if the provider sends exactly this value.")


def looked_for(by: MatchBy) -> str:
    """The field that a connection compares."""
    return {
        MatchBy.EMAIL: gettext("Email"),
        MatchBy.USERNAME: gettext("Username"),
        MatchBy.EXTERNAL_ID: gettext("External ID"),
    }[by]


def second_factor_words(tenant: Tenant) -> str:
    """What the policy asks of password logins."""
    if tenant.security.totp is TotpRule.REQUIRED:
        return gettext("Required after a password")
    return gettext("Only if the person has set one up")
