"""How ready a tenant is, as it is shown: numbers, names and remarks. Made by services/sso_only/readiness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection, MatchBy
from app.domain.login.login_attempt import Purpose
from app.domain.sso_only.readiness import EXPECTED, LEFT_OUT, Group, Tally, percent
from app.domain.sso_only.readiness_issues import GROUP_TEXTS, Facts, ReadinessIssue
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import Trace


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One group, with the texts of its row. `remedy` is empty where there is nothing to do."""

    group: Group
    count: int
    title: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Admin:
    """An account that looks after the tenant. `proven`: it can get in by SSO."""

    account: Account
    proven: bool


@dataclass(frozen=True, slots=True)
class LastSso:
    """The newest time that the provider led somebody here, as far as its trace is still kept."""

    at: float
    username: str | None
    """None where it proved no account: a test with somebody else's name at the provider."""
    connection: str
    reference: str
    purpose: Purpose
    claims: tuple[str, ...]
    """The names of those that came."""


@dataclass(frozen=True, slots=True)
class PasswordUse:
    """Of the last 30 days, but for `sessions`: those that are open now."""

    people: int
    without_sso: int
    """Who of them has not proven SSO."""
    logins: int
    at_least: bool
    """There are more traces than were counted."""
    sessions: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a switch does at once, and whom one to `sso_only` leaves outside."""

    password_sessions: int
    """Open now; they end at `sso_only`."""
    sso_sessions: int
    """Open now; they end at `password`."""
    left_out: Mapping[Group, int]
    """Cannot be matched as they stand."""
    unproven: int
    """Expected to get in, but nobody has seen it."""

    @property
    def outside(self) -> int:
        return sum(self.left_out.values())


WHAT_ENDS = (
    "Every session that was opened with a password, in every browser.",
    "Links to set or reset a password that were sent before.",
    "Unfinished password logins that are waiting for a code.",
    "Signing in with a password. Passwords are kept in case you switch back.",
)
WHAT_STAYS = (
    "Sessions that were opened with OAuth Login.",
    "API credentials: they are not passwords and stay valid.",
)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Everything at the moment `at`. `blockers` empty: the switch goes ahead without an override."""

    tenant: Tenant
    at: float
    connections: Sequence[Connection]
    """Active ones; `tested` and `tested_at` say whether and when somebody came through their present settings."""
    last_sso: LastSso | None
    tally: Tally
    admins: tuple[Admin, ...]
    password: PasswordUse
    sso_sessions: int
    """Open now."""
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
        """Who has proven SSO, or would be matched by an active connection. Not more than that is known of the rest."""
        if not self.connections:
            return 0
        return sum(self.tally.counts[group] for group in EXPECTED)

    @property
    def percentage(self) -> int:
        """Of the active accounts, who has proven SSO."""
        return percent(self.proven, self.accounts)

    @property
    def expected_percentage(self) -> int:
        return percent(self.expected, self.accounts)

    @property
    def match_by(self) -> tuple[MatchBy, ...]:
        """What active connections compare, each once."""
        return tuple(dict.fromkeys(one.provider.match_by for one in self.connections))

    @property
    def groups(self) -> tuple[GroupCount, ...]:
        """All of them, empty ones too."""
        return tuple(GroupCount(group, self.tally.counts[group], *GROUP_TEXTS[group]) for group in Group)

    @property
    def preview(self) -> Preview:
        unproven = sum(self.tally.counts[group] for group in EXPECTED) - self.proven
        return Preview(
            password_sessions=self.password.sessions,
            sso_sessions=self.sso_sessions,
            left_out={group: self.tally.counts[group] for group in LEFT_OUT},
            unproven=unproven,
        )


def admins_of(facts: Facts) -> tuple[Admin, ...]:
    inside = facts.admins_in
    return tuple(Admin(account, proven=account in inside) for account in facts.admins)


def last_sso_of(trace: Trace | None, username: str | None) -> LastSso | None:
    """`username` is whose account was proven at that moment."""
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
