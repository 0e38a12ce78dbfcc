"""Readiness issues, each with what to do about it.

Sentences are constants with `%(name)s` for values, so that the web layer can translate them and fill the values in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection
from app.domain.reasons.reason import N_
from app.domain.sso_only.readiness import PROVEN_DAYS, SAME_LOGIN_S, Group, Tally, active, proven_since
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text, joined, read_back


class Kind(StrEnum):
    """Stable names for scripts and tests."""

    NO_CONNECTION = "no_connection"
    NOT_TESTED = "not_tested"
    NO_ADMIN_PROVEN = "no_admin_proven"

    NO_ADMIN = "no_admin"
    SOME_ADMINS_UNPROVEN = "some_admins_unproven"
    NO_ACCOUNTS = "no_accounts"
    CONNECTION_UNTESTED = "connection_untested"
    NOT_OFFERED = "not_offered"
    PASSWORD_ONLY = "password_only"
    NO_EMAIL = "no_email"
    NO_EXTERNAL_ID = "no_external_id"
    OUTSIDE_DOMAINS = "outside_domains"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class ReadinessIssue:
    """`sentence` states the issue, `remedy` what to do about it; both may use `values`."""

    kind: Kind
    sentence: str
    remedy: str
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def text(self) -> Text:
        """Both together: for the command line and the audit, and in mails."""
        return joined(Text(self.sentence, **self.values), Text(self.remedy, **self.values), by=" ")


@dataclass(frozen=True, slots=True)
class Facts:
    """What blockers are derived from. `admins` are the active accounts that manage the tenant."""

    tenant: Tenant
    connections: Sequence[Connection]
    admins: Sequence[Account]
    now: float

    @property
    def admins_in(self) -> list[Account]:
        """The admins who have recently signed in with SSO through the present settings."""
        since = self._settings_since - SAME_LOGIN_S
        return [one for one in self.admins_lately if (one.last_sso_at or 0.0) >= since]

    @property
    def admins_lately(self) -> list[Account]:
        """The admins who have signed in with SSO within the last 30 days, through any settings."""
        since = proven_since(self.now)
        return [one for one in self.admins if one.last_sso_at is not None and one.last_sso_at >= since]

    @property
    def _settings_since(self) -> float:
        """When the present settings were first used successfully: earlier logins may have been at another provider."""
        return min((one.tested_at for one in active(self.connections) if one.tested and one.tested_at), default=0.0)


_NO_CONNECTION = (
    N_("%(tenant)s has no active connection."),
    N_("Set up its connection, and sign in through it once."),
)
_NOT_TESTED = (
    N_("No one has signed in with the current settings of %(connections)s."),
    N_("Sign in once with OAuth Login while passwords still work, or have an admin test the connection."),
)
_ASK_ONE = N_("Ask one of them to sign in with it once: %(admins)s.")
_NOT_LATELY = (N_("No admin of %(tenant)s has signed in with OAuth Login in the last %(days)s days."), _ASK_ONE)
_NOT_SINCE = (
    N_("No admin of %(tenant)s has signed in with OAuth Login since its settings were last changed or tested."),
    _ASK_ONE,
)


def blockers(facts: Facts) -> tuple[ReadinessIssue, ...]:
    """Why the switch is refused; empty if it is safe.

    A tenant without any admin is not refused: no admin can be locked out, and support looks after it.
    """
    return tuple(_blockers(facts))


def _blockers(facts: Facts) -> Iterator[ReadinessIssue]:
    usable = active(facts.connections)
    if not usable:
        yield ReadinessIssue(
            Kind.NO_CONNECTION,
            *_NO_CONNECTION,
            {"tenant": facts.tenant.slug},
        )
    elif not any(connection.tested for connection in usable):
        yield ReadinessIssue(
            Kind.NOT_TESTED,
            *_NOT_TESTED,
            {"connections": ", ".join(connection.name for connection in usable)},
        )
    if facts.admins and not facts.admins_in:
        yield ReadinessIssue(
            Kind.NO_ADMIN_PROVEN,
            *(_NOT_LATELY if not facts.admins_lately else _NOT_SINCE),
            {"tenant": facts.tenant.slug, "days": str(PROVEN_DAYS), "admins": some_names(facts.admins)},
        )


def blocker_said(stored: str) -> Text:
    """A blocker that the audit has kept in English, as the two sentences that it was."""
    for sentence, remedy in (_NO_CONNECTION, _NOT_TESTED, _NOT_LATELY, _NOT_SINCE):
        both = f"{sentence} {remedy}"
        found = read_back(stored, [both])
        if found.wording == both:
            return joined(Text(sentence, **found.values), Text(remedy, **found.values), by=" ")
    return Text(stored)


def warnings(facts: Facts, tally: Tally, *, held: int) -> tuple[ReadinessIssue, ...]:
    """Issues that do not block the switch but are worth a look first."""
    return (*_about_admins(facts), *_about_connections(facts), *_about_people(tally, held=held))


def _about_admins(facts: Facts) -> Iterator[ReadinessIssue]:
    inside = facts.admins_in
    if not facts.admins:
        yield ReadinessIssue(
            Kind.NO_ADMIN,
            N_("This tenant has no active admin account."),
            N_("No one at the tenant can manage its provider. Agree who contacts support if it fails."),
        )
    elif inside and len(inside) < len(facts.admins):
        yield ReadinessIssue(
            Kind.SOME_ADMINS_UNPROVEN,
            N_("Admins who have not yet signed in with OAuth Login: %(admins)s."),
            N_("Ask them to sign in with it once."),
            {"admins": some_names([one for one in facts.admins if one not in inside])},
        )


def _about_connections(facts: Facts) -> Iterator[ReadinessIssue]:
    usable = active(facts.connections)
    untested = [connection.name for connection in usable if not connection.tested]
    if untested and len(untested) < len(usable):
        yield ReadinessIssue(
            Kind.CONNECTION_UNTESTED,
            N_(
                "No one has signed in with the current settings of %(connections)s; other connections have been tested."
            ),
            N_("Test it, or disable it if no one needs it."),
            {"connections": ", ".join(untested)},
        )
    if not facts.tenant.policy.takes_sso:
        yield ReadinessIssue(
            Kind.NOT_OFFERED,
            N_("The sign-in page does not offer OAuth Login yet, so only checks and tests count."),
            N_(
                "Switch to SSO or password (sso_optional) for a few days, so that people can try it while passwords "
                "work."
            ),
        )


def _about_people(tally: Tally, *, held: int) -> Iterator[ReadinessIssue]:
    if not tally.accounts:
        yield ReadinessIssue(
            Kind.NO_ACCOUNTS, N_("There are no active accounts."), N_("Add the people who need to sign in.")
        )
    counted = (
        (Kind.PASSWORD_ONLY, tally.password_only),
        (Kind.NO_EMAIL, tally.counts[Group.NO_EMAIL]),
        (Kind.NO_EXTERNAL_ID, tally.counts[Group.NO_EXTERNAL_ID]),
        (Kind.OUTSIDE_DOMAINS, tally.counts[Group.OUTSIDE_DOMAINS]),
        (Kind.HELD, held),
    )
    for kind, count in counted:
        if count:
            sentence, remedy = _COUNTED[kind]
            yield ReadinessIssue(kind, sentence, remedy, {"count": str(count), "days": str(PROVEN_DAYS)})


_COUNTED = {
    Kind.PASSWORD_ONLY: (
        N_("People who have signed in with a password but not with OAuth Login in the last %(days)s days: %(count)s."),
        N_("Start observing: each of them is offered a check after a password login, which changes nothing."),
    ),
    Kind.NO_EMAIL: (
        N_("Accounts without the email that they are matched by: %(count)s."),
        N_("Enter their emails, or match by another field."),
    ),
    Kind.NO_EXTERNAL_ID: (
        N_("Accounts without the external ID that they are matched by: %(count)s."),
        N_("Enter their external IDs, or match by another field."),
    ),
    Kind.OUTSIDE_DOMAINS: (
        N_("Accounts with an email outside the tenant's email domains: %(count)s."),
        N_("Correct their emails, or add the domain if it is the tenant's own."),
    ),
    Kind.HELD: (
        N_("Held logins, where an address may have a new owner: %(count)s."),
        N_("Accept or refuse them: these people cannot sign in until then."),
    ),
}

NAMES_MOST = 5


def some_names(accounts: Sequence[Account]) -> str:
    """The first few usernames, and how many more there are."""
    names = [account.username for account in accounts[:NAMES_MOST]]
    more = len(accounts) - len(names)
    return ", ".join(names) + (f" (+{more})" if more else "")


GROUP_TEXTS: Mapping[Group, tuple[str, str, str]] = MappingProxyType(
    {
        Group.PROVEN: (N_("Proven"), N_("Has used OAuth Login, or passed a check of it, in the last 30 days."), ""),
        Group.WOULD_MATCH: (
            N_("Would match"),
            N_("Has the value to match by, but has not tried recently."),
            N_("Ask them to sign in once with OAuth Login."),
        ),
        Group.SHARED: (
            N_("Shared"),
            N_("Shares its email or external ID with other active accounts; people choose one after signing in."),
            N_("No action needed if this is intended."),
        ),
        Group.NEVER_SEEN: (
            N_("Never seen"),
            N_("Would match, but no one has ever signed in to it."),
            N_("Disable accounts that no one needs."),
        ),
        Group.NO_EMAIL: (N_("No email"), N_("Cannot be matched: it has no email."), N_("Enter the person's email.")),
        Group.NO_EXTERNAL_ID: (
            N_("No external ID"),
            N_("Cannot be matched: it has no external ID."),
            N_("Enter the ID that the provider uses for the person."),
        ),
        Group.OUTSIDE_DOMAINS: (
            N_("Outside the domains"),
            N_("Cannot be matched: its email is not in one of the tenant's email domains."),
            N_("Correct the email, or add the domain if it is the tenant's own."),
        ),
    }
)
"""For each group its name, its meaning and what to do."""
