"""One search for whoever calls: a reference, a person or a tenant, in all tenants."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account, ascii_lower
from app.domain.accounts.email_address import parse_email
from app.domain.tenants.tenant import STAFF, Tenant
from app.domain.traces.trace import Trace
from app.ports.repositories import Database, Work
from app.services.traces.traces import as_written

MOST = 20
"""Of each kind: whoever gets more had better type more."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """An account, and where it belongs."""

    account: Account
    tenant: Tenant


@dataclass(frozen=True, slots=True)
class Found:
    """At most MOST of each kind. `more` says whether there are others."""

    tenants: Sequence[Tenant] = ()
    people: Sequence[FoundPerson] = ()
    reference: Trace | None = None
    more: bool = False

    @property
    def count(self) -> int:
        return len(self.tenants) + len(self.people) + (self.reference is not None)


@dataclass(frozen=True, slots=True)
class CallerSearch:
    """Read-only. Exact values and beginnings are found by indexes; parts of a name only within a tenant."""

    database: Database

    def find(self, typed: str, *, staff_too: bool) -> Found:
        """`staff_too` finds the vendor's own people as well. `acme/bob` searches one tenant."""
        text = " ".join(typed.split())
        if not text:
            return Found()
        with self.database.read() as work:
            reference = work.traces.get(as_written(text))
            if reference is not None:
                return Found(reference=reference)
            slug, slash, rest = text.partition("/")
            within = work.tenants.by_slug(ascii_lower(slug.strip())) if slash else None
            if within is not None:
                return _within(work, within, rest.strip(), staff_too=staff_too)
            tenants = work.tenants.search(text, most=MOST + 1)
            people = _people(work, text, staff_too=staff_too)
            if not people and not tenants:
                tenants = _of_domain(work, text)
        more = len(tenants) > MOST or len(people) > MOST
        return Found(_exact_first(tenants, text)[:MOST], people[:MOST], more=more)


def _within(work: Work, tenant: Tenant, text: str, *, staff_too: bool) -> Found:
    if not text or (tenant.slug == STAFF and not staff_too):
        return Found(tenants=[tenant])
    found = work.accounts.search(tenant.id, text, most=MOST + 1)
    return Found(people=[FoundPerson(account, tenant) for account in found[:MOST]], more=len(found) > MOST)


def _people(work: Work, text: str, *, staff_too: bool) -> Sequence[FoundPerson]:
    """Those whom the text names in full first."""
    staff = None if staff_too else work.tenants.by_slug(STAFF)
    found = work.account_finder.beginning(text, most=MOST + 1, but=staff.id if staff else None)
    tenants = work.tenants.these({account.tenant_id for account in found})
    people = [FoundPerson(account, tenants[account.tenant_id]) for account in found if account.tenant_id in tenants]
    return sorted(people, key=lambda one: (not _is_named(one.account, text), one.account.username, one.tenant.slug))


def _is_named(account: Account, text: str) -> bool:
    return ascii_lower(text) in {ascii_lower(value) for value in (account.username, account.email or "", account.name)}


def _exact_first(tenants: Sequence[Tenant], text: str) -> Sequence[Tenant]:
    wanted = ascii_lower(text)
    return sorted(tenants, key=lambda tenant: wanted not in {tenant.slug, ascii_lower(tenant.name)})


def _of_domain(work: Work, text: str) -> Sequence[Tenant]:
    """Where somebody with this email would belong."""
    try:
        return work.tenants.by_email_domain(parse_email(text).domain)
    except ValueError:
        return ()
