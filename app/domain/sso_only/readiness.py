"""How ready a tenant is for `sso_only`: who would get in, who would not, what would end (docs/rules.md, rule 5).

Each active account is in exactly one group, the first of these that applies:

1. `proven`: the provider led to it within the last 30 days, so it can get in, whatever its fields say.
2. `no_email`, `no_external_id`, `outside_domains`: no active connection can match it as it stands.
3. `shared`: other active accounts have the same match value. Not a problem: its people get the account chooser.
4. `never_seen`: it would match, but nobody has ever signed in to it.
5. `would_match`: it has the value that the provider's answer is compared with. Expected to get in, but not proven.

Known problems come before what we merely do not know. If a tenant has several connections, one that can match is
enough. Without any active connection, accounts are grouped as if matched by email, so that the fields can be fixed
beforehand; but nobody is expected to get in.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.domain.accounts.account import AccountId, Role
from app.domain.connections.connection import Connection, MatchBy
from app.domain.tenants.tenant import STAFF, Status, Tenant

PROVEN_DAYS = 30
PROVEN_S = PROVEN_DAYS * 86_400
"""Signing in with SSO within this time counts as proof that an account can."""
SAME_LOGIN_S = 10.0
"""The times that one login records in several places may differ by this much."""


class Group(StrEnum):
    """The readiness group of an active account."""

    PROVEN = "proven"
    WOULD_MATCH = "would_match"
    SHARED = "shared"
    NEVER_SEEN = "never_seen"
    NO_EMAIL = "no_email"
    NO_EXTERNAL_ID = "no_external_id"
    OUTSIDE_DOMAINS = "outside_domains"


EXPECTED = (Group.PROVEN, Group.WOULD_MATCH, Group.SHARED, Group.NEVER_SEEN)
LEFT_OUT = (Group.NO_EMAIL, Group.NO_EXTERNAL_ID, Group.OUTSIDE_DOMAINS)
"""In their present state, these accounts will not get in."""


class Standing(NamedTuple):
    """What decides an account's group. A plain tuple, because a tenant may have a hundred thousand accounts."""

    id: AccountId
    username_key: str
    email_key: str | None
    external_id: str | None
    last_login_at: float | None
    last_sso_at: float | None
    last_password_at: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A row in the list of tenants: active accounts, how many have proven SSO, and the last login."""

    accounts: int = 0
    proven: int = 0
    last_login_at: float | None = None


@dataclass(frozen=True, slots=True)
class Sorting:
    """How one tenant's active accounts are grouped at one moment."""

    match_by: frozenset[MatchBy]
    email_domains: frozenset[str]
    since: float
    shared_emails: Collection[str] = frozenset()
    shared_ids: Collection[str] = frozenset()

    @classmethod
    def of(
        cls, tenant: Tenant, connections: Iterable[Connection], accounts: Iterable[Standing], *, now: float
    ) -> "Sorting":
        """`accounts` are all active accounts of the tenant."""
        match_by = frozenset(one.provider.match_by for one in active(connections)) or frozenset({MatchBy.EMAIL})
        emails = (one.email_key for one in accounts if one.email_key) if MatchBy.EMAIL in match_by else ()
        ids = (one.external_id for one in accounts if one.external_id) if MatchBy.EXTERNAL_ID in match_by else ()
        return cls(
            match_by=match_by,
            email_domains=frozenset(tenant.matched_domains),
            since=proven_since(now),
            shared_emails=_repeated(emails),
            shared_ids=_repeated(ids),
        )

    def group(self, one: Standing) -> Group:
        if one.last_sso_at is not None and one.last_sso_at >= self.since:
            return Group.PROVEN
        obstacle = self._obstacle(one)
        if obstacle is not None:
            return obstacle
        if one.email_key in self.shared_emails or one.external_id in self.shared_ids:
            return Group.SHARED
        if one.last_login_at is None and one.last_sso_at is None:
            return Group.NEVER_SEEN
        return Group.WOULD_MATCH

    def _obstacle(self, one: Standing) -> Group | None:
        if MatchBy.USERNAME in self.match_by or (MatchBy.EXTERNAL_ID in self.match_by and one.external_id):
            return None
        if MatchBy.EMAIL not in self.match_by:
            return Group.NO_EXTERNAL_ID
        if not one.email_key:
            return Group.NO_EMAIL
        if self.email_domains and one.email_key.rpartition("@")[2] not in self.email_domains:
            return Group.OUTSIDE_DOMAINS
        return None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of a tenant's active accounts. `counts` has every group."""

    counts: Mapping[Group, int]
    password_people: int = 0
    """Signed in with a password within the last 30 days."""
    password_only: int = 0
    """Of these, how many have not proven SSO: they are the ones who will call after the switch."""

    @property
    def accounts(self) -> int:
        return sum(self.counts.values())


def tally(sorting: Sorting, accounts: Iterable[Standing]) -> Tally:
    """One pass over all of a tenant's active accounts."""
    counts: Counter[Group] = Counter()
    people = only = 0
    for one in accounts:
        group = sorting.group(one)
        counts[group] += 1
        if one.last_password_at is not None and one.last_password_at >= sorting.since:
            people += 1
            only += group is not Group.PROVEN
    return Tally({group: counts[group] for group in Group}, password_people=people, password_only=only)


def active(connections: Iterable[Connection]) -> list[Connection]:
    return [one for one in connections if one.status is Status.ACTIVE]


def admin_role(tenant: Tenant) -> Role:
    """The role that manages a tenant: admins, or operators in the vendor's own tenant."""
    return Role.OPERATOR if tenant.slug == STAFF else Role.TENANT_ADMIN


def proven_since(now: float) -> float:
    return now - PROVEN_S


def percent(part: int, whole: int) -> int:
    """Rounded down, so that 100 means everyone; 0 if there is nobody."""
    return part * 100 // whole if whole else 0


def members(sorting: Sorting, accounts: Sequence[Standing], group: Group, *, most: int, after: str) -> list[AccountId]:
    """The ids of at most `most` accounts of a group, by username, starting after the username key `after`."""
    found = [(one.username_key, one.id) for one in accounts if one.username_key > after and sorting.group(one) is group]
    return [account_id for _, account_id in sorted(found)[:most]]


def _repeated(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value for value, times in Counter(values).items() if times > 1)
