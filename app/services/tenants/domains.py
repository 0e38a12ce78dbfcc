"""Domains that a tenant's admins add, and prove to be their own by a DNS record (docs/rules.md, rule 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.accounts.email_address import domain_key
from app.domain.audit.audit import Actor
from app.domain.errors import NotFound, Refused
from app.domain.tenants.domain_claim import NAME_MOST, DomainClaim, Proof, ProofResult, shown
from app.domain.tenants.shared_domains import free_mail, public_suffix
from app.domain.tenants.tenant import Tenant, TenantId
from app.ports.counters import Counters, Limit
from app.ports.domains import DomainRecords, LookupFailed
from app.ports.repositories import AlreadyStored, Database, Work
from app.ports.system import Clock, Randomness
from app.services.audit.audit import AuditService
from app.services.tenants.named import locked_tenant
from app.services.throttling.throttle import count
from app.services.throttling.throttle_keys import Counted, ThrottleKey

CLAIMS_MOST = 50
LOOKUP_S = 4.0
CHECKS_MOST, CHECKS_WINDOW_S = 60, 3600
"""By tenant: whoever adds a record reloads, but is no load generator for somebody's name servers."""
LEASE_S = 3600
ROUND_S, ROUND_MOST = 20.0, 50
WORKER = Actor("worker", "worker")


class DomainProblem(StrEnum):
    """Why a domain cannot be added."""

    NOT_A_DOMAIN = "not_a_domain"
    FREE_MAIL = "free_mail"
    PUBLIC_SUFFIX = "public_suffix"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


class DomainRefused(Refused):
    """Nothing was changed."""

    def __init__(self, problem: DomainProblem, domain: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.domain = domain


@dataclass(frozen=True, slots=True)
class DomainService:
    """What is proven is copied to the tenant's row, which is all that a login reads."""

    database: Database
    records: DomainRecords
    counters: Counters
    clock: Clock
    randomness: Randomness
    audit: AuditService

    def of_tenant(self, tenant: Tenant) -> Sequence[DomainClaim]:
        with self.database.read() as work:
            return work.domains.of_tenant(tenant.id)

    def one(self, tenant: Tenant, domain: str) -> DomainClaim:
        """Raises NotFound, for another tenant's too."""
        with self.database.read() as work:
            return _claim_of(work, tenant.id, domain)

    def listed_elsewhere(self, tenant: Tenant) -> Mapping[str, Sequence[str]]:
        """For support: which of the tenant's domains count for other tenants as well, by slug."""
        with self.database.read() as work:
            return work.domains.listed_elsewhere(tenant.id, tenant.own_domains)

    def add(self, tenant: Tenant, typed: str, *, by: Actor) -> DomainClaim:
        """A domain, an email or a name with a final dot. Added twice, it is there once. Raises DomainRefused."""
        domain = _readable(typed)
        now = self.clock.now()
        with self.database.write() as work:
            tenant = locked_tenant(work, tenant.slug)
            known = work.domains.of_tenant(tenant.id)
            if found := next((claim for claim in known if claim.domain == domain), None):
                return found
            if len(known) >= CLAIMS_MOST:
                raise DomainRefused(DomainProblem.TOO_MANY)
            claim = DomainClaim(tenant.id, domain, token=self.randomness.token(), added_at=now, added_by=by.name)
            work.domains.add(claim)
            entry = by.did("domain.added", f"{tenant.slug}/{domain}", tenant_id=tenant.id, at=now)
            self.audit.record(work, entry)
        return claim

    def check(self, tenant: Tenant, domain: str, *, by: Actor) -> DomainClaim:
        """Look at the record now. Raises NotFound, and SsoError `throttled`."""
        claim = self.one(tenant, domain)
        count(self.counters, check_limits(tenant))
        return self._settled(claim, self._look(claim), by=by)

    def remove(self, tenant: Tenant, domain: str, *, by: Actor) -> None:
        """It no longer counts. Nothing happens if it is gone already."""
        with self.database.write() as work:
            tenant = locked_tenant(work, tenant.slug)
            claim = work.domains.get(tenant.id, domain)
            if claim is None:
                return
            work.domains.remove(tenant.id, domain)
            if claim.proven:
                rest = tuple(one for one in tenant.proven_domains if one != domain)
                work.tenants.save(replace(tenant, proven_domains=rest))
            before = {"proven": claim.proven}
            entry = by.did(
                "domain.removed", f"{tenant.slug}/{domain}", tenant_id=tenant.id, at=self.clock.now(), before=before
            )
            self.audit.record(work, entry)

    def check_due(self) -> int:
        """The daily checks, for one round. Several workers may do it at once. Returns how many were made."""
        ends, done = self.clock.monotonic() + ROUND_S, 0
        while done < ROUND_MOST and self.clock.monotonic() < ends:
            now = self.clock.now()
            with self.database.write() as work:
                claim = work.domains.claim_due(now=now, until=now + LEASE_S)
            if claim is None:
                break
            self._settled(claim, self._look(claim), by=WORKER)
            done += 1
        return done

    def _look(self, claim: DomainClaim) -> Proof:
        """Outside of any transaction: name servers take their time."""
        try:
            found = self.records.text(claim.record_name, timeout_s=LOOKUP_S)
        except LookupFailed as error:
            return self._misplaced(claim, error.result)
        if found.alias:
            # Whoever has the alias's zone could prove the domain, and aliases outlive what they point to.
            return Proof(ProofResult.ALIAS, shown([found.alias]))
        if claim.proved_by(found.values):
            return Proof(ProofResult.FOUND)
        if found.values:
            return Proof(ProofResult.OTHER_VALUE, shown(found.values))
        return self._misplaced(claim, ProofResult.NO_RECORD)

    def _misplaced(self, claim: DomainClaim, result: ProofResult) -> Proof:
        """Whether a record that is not where it should be stands where consoles put it by mistake."""
        if result not in (ProofResult.NO_SUCH_NAME, ProofResult.NO_RECORD):
            return Proof(result)
        for name in claim.names_by_mistake:
            try:
                found = self.records.text(name, timeout_s=LOOKUP_S)
            except LookupFailed:
                continue
            if claim.proved_by(found.values):
                return Proof(ProofResult.MISPLACED, (name,))
        return Proof(result)

    def _settled(self, claim: DomainClaim, proof: Proof, *, by: Actor) -> DomainClaim:
        try:
            return self._settle(claim, proof, by=by)
        except AlreadyStored:  # another tenant proved it at this moment
            return self._settle(claim, Proof(ProofResult.TAKEN), by=by)

    def _settle(self, claim: DomainClaim, proof: Proof, *, by: Actor) -> DomainClaim:
        """The claim may have been removed, or made anew with another token, while DNS was asked."""
        now = self.clock.now()
        with self.database.write() as work:
            tenant = work.tenants.lock(claim.tenant_id)
            before = work.domains.get(claim.tenant_id, claim.domain)
            if tenant is None or before is None or before.token != claim.token:
                raise NotFound("domain", claim.domain)
            if proof.result is ProofResult.FOUND and work.domains.prover(claim.domain) not in (None, tenant.id):
                proof = Proof(ProofResult.TAKEN)
            after = before.checked(proof, at=now)
            work.domains.save(after)
            if after.proven and after.domain not in tenant.proven_domains:
                work.tenants.save(replace(tenant, proven_domains=(*tenant.proven_domains, after.domain)))
            if action := _happened(before, after):
                subject = f"{tenant.slug}/{after.domain}"
                found = {"found": proof.result.value}
                self.audit.record(work, by.did(action, subject, tenant_id=tenant.id, at=now, after=found))
        return after


def check_limits(tenant: Tenant) -> tuple[Limit, ...]:
    """How often a tenant may ask for a check; the worker's do not count."""
    return (Limit(str(ThrottleKey(Counted.DOMAIN_CHECKS, tenant.id)), CHECKS_MOST, CHECKS_WINDOW_S),)


def _claim_of(work: Work, tenant_id: TenantId, domain: str) -> DomainClaim:
    claim = work.domains.get(tenant_id, domain)
    if claim is None:
        raise NotFound("domain", domain)
    return claim


def _happened(before: DomainClaim, after: DomainClaim) -> str | None:
    """The audit action, for what is more than another look. Notices go by these."""
    if after.proven and not before.proven:
        return "domain.proven"
    if after.expired_at is not None and before.expired_at is None:
        return "domain.expired"
    if after.expired_at is None and before.expired_at is not None:
        return "domain.renewed"
    return None


def _readable(typed: str) -> str:
    """The domain that was meant. Raises DomainRefused."""
    text = typed.strip().rpartition("@")[2].removesuffix(".")
    try:
        domain = domain_key(text)
    except ValueError as error:
        raise DomainRefused(DomainProblem.NOT_A_DOMAIN) from error
    if domain.rpartition(".")[2].isdigit():  # an IPv4 address
        raise DomainRefused(DomainProblem.NOT_A_DOMAIN)
    if free_mail(domain):
        raise DomainRefused(DomainProblem.FREE_MAIL, domain)
    if public_suffix(domain):
        raise DomainRefused(DomainProblem.PUBLIC_SUFFIX, domain)
    if len(DomainClaim(TenantId(""), domain, "", 0, "").record_name) > NAME_MOST:
        raise DomainRefused(DomainProblem.TOO_LONG, domain)
    return domain
