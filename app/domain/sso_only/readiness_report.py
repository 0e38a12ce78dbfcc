"""How ready a tenant is, for display: numbers, names and issues. Built by services/sso_only/readiness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection, MatchBy
from app.domain.login.login_attempt import Purpose
from app.domain.reasons.reason import N_
from app.domain.sso_only.readiness import EXPECTED, LEFT_OUT, Group, Tally, percent
from app.domain.sso_only.readiness_issues import GROUP_TEXTS, Facts, ReadinessIssue
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import Trace


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One group with the texts of its row. `remedy` is empty if there is nothing to do."""

    group: Group
    count: int
    title: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Admin:
    """An account that manages the tenant. `proven` means that it can get in with SSO."""

    account: Account
    proven: bool


@dataclass(frozen=True, slots=True)
class LastSso:
    """The last time that the provider led someone here, as far as its trace is still kept."""

    at: float
    username: str | None
    """None if it proved no account: a test in which the provider returned someone else."""
    connection: str
    reference: str
    purpose: Purpose
    claims: tuple[str, ...]
    """The names of the claims received."""


@dataclass(frozen=True, slots=True)
class PasswordUse:
    """For the last 30 days, except `sessions` and `apps`: those open now."""

    people: int
    without_sso: int
    """Of these people, how many have not proven SSO."""
    logins: int
    at_least: bool
    """There are more traces than were counted."""
    sessions: int
    apps: int
    """Signed in to beyond their sessions."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a switch does at once, and, for one to `sso_only`, who would be locked out."""

    password_sessions: int
    """Open now; a switch to `sso_only` ends them."""
    sso_sessions: int
    """Open now; a switch to `password` ends them."""
    password_apps: int
    """Apps that people stay signed in to without a session; a switch to `sso_only` ends those born of a password."""
    sso_apps: int
    """The same for a switch to `password`."""
    left_out: Mapping[Group, int]
    """Accounts that cannot be matched in their present state."""
    unproven: int
    """Expected to get in, but not proven."""

    @property
    def outside(self) -> int:
        return sum(self.left_out.values())


WHAT_ENDS = (
    N_("Every session that was opened with a password, in every browser."),
    N_("Links to set or reset a password that were sent before."),
    N_("Unfinished password logins that are waiting for a code."),
    N_("Signing in with a password. Passwords are kept in case you switch back."),
)
WHAT_STAYS = (
    N_("Sessions that were opened with OAuth Login."),
    N_("API credentials: they are not passwords and stay valid."),
)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Everything as of `at`. With no `blockers`, the switch needs no override."""

    tenant: Tenant
    at: float
    connections: Sequence[Connection]
    """Active ones; `tested` and `tested_at` say whether and when their present settings were last used successfully."""
    last_sso: LastSso | None
    tally: Tally
    admins: tuple[Admin, ...]
    password: PasswordUse
    sso_sessions: int
    """Open now."""
    sso_apps: int
    """Signed in to beyond their sessions."""
    blockers: tuple[ReadinessIssue, ...]
    warnings: tuple[ReadinessIssue, ...]

    @property
    def ready(self) -> bool:
        return not self.blockers

    @property
    def accounts(self) -> int:
        """Active ones."""
        return self.tally.accounts

    @property
    def proven(self) -> int:
        return self.tally.counts[Group.PROVEN]

    @property
    def expected(self) -> int:
        """Accounts that have proven SSO or would be matched by an active connection; the latter are only expected."""
        if not self.connections:
            return 0
        return sum(self.tally.counts[group] for group in EXPECTED)

    @property
    def percentage(self) -> int:
        """The share of active accounts that have proven SSO."""
        return percent(self.proven, self.accounts)

    @property
    def expected_percentage(self) -> int:
        return percent(self.expected, self.accounts)

    @property
    def match_by(self) -> tuple[MatchBy, ...]:
        """What active connections match by, without duplicates."""
        return tuple(dict.fromkeys(one.provider.match_by for one in self.connections))

    @property
    def groups(self) -> tuple[GroupCount, ...]:
        """All groups, including empty ones."""
        return tuple(GroupCount(group, self.tally.counts[group], *GROUP_TEXTS[group]) for group in Group)

    @property
    def preview(self) -> Preview:
        unproven = sum(self.tally.counts[group] for group in EXPECTED) - self.proven
        return Preview(
            password_sessions=self.password.sessions,
            sso_sessions=self.sso_sessions,
            password_apps=self.password.apps,
            sso_apps=self.sso_apps,
            left_out={group: self.tally.counts[group] for group in LEFT_OUT},
            unproven=unproven,
        )


def admins_of(facts: Facts) -> tuple[Admin, ...]:
    inside = facts.admins_in
    return tuple(Admin(account, proven=account in inside) for account in facts.admins)


def last_sso_of(trace: Trace | None, username: str | None) -> LastSso | None:
    """`username` is the account that was proven at that moment."""
    if trace is None:
        return None
    claims = trace.details.get("claims")
    purpose = trace.details.get("purpose")
    return LastSso(
        at=trace.at,
        username=username,
        connection=trace.connection or "",
        reference=trace.reference,
        purpose=Purpose(purpose) if isinstance(purpose, str) else Purpose.LOGIN,
        claims=tuple(claims) if isinstance(claims, list) else (),
    )
