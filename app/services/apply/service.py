"""Applies a file."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from app.domain.audit.audit import Actor
from app.domain.tenants.tenant import STAFF
from app.ports.outbound import Outbound
from app.ports.repositories import AlreadyStored, Database
from app.ports.sealing import PasswordHasher, Sealer
from app.ports.system import Clock, Randomness
from app.services.apply.accounts import AccountApplier, Passwords
from app.services.apply.clients import apply_client, apply_scope
from app.services.apply.connections import ConnectionApplier
from app.services.apply.plan import Applied
from app.services.apply.run import Run
from app.services.apply.spec import Spec
from app.services.apply.tenants import TenantApplier, locked
from app.services.audit.audit import AuditService
from app.services.sso_only.enforcement import Enforcement

TRIES = 3
Progress = Callable[[int], None]


def _unseen(_done: int) -> None:
    pass


class _OnlyAPlan(Exception):
    """Rolls back the transaction of a dry run."""

    def __init__(self, applied: Applied) -> None:
        super().__init__()
        self.applied = applied


@dataclass(frozen=True, slots=True)
class ApplyService:
    """Idempotent: what already matches is left alone, and what the spec does not name stays as it is."""

    database: Database
    enforcement: Enforcement
    audit: AuditService
    sealer: Sealer
    outbound: Outbound
    hasher: PasswordHasher
    clock: Clock
    randomness: Randomness

    def apply(
        self,
        spec: Spec,
        *,
        by: Actor,
        dry_run: bool = False,
        set_policy: bool = False,
        progress: Progress = _unseen,
    ) -> Applied:
        """One transaction, one audit entry for each change.

        Policies and passwords of existing tenants and accounts are changed only with `set_policy`, for a reason.
        `progress` is called with the number of tenants done.
        Raises InvalidInput (nothing is changed then) and StoreUnavailable.
        """
        passwords = Passwords(self.hasher)
        self._prepare(spec, passwords)

        def once() -> Applied:
            with self.database.write(maintenance=True) as work:
                run = Run(work=work, audit=self.audit, now=self.clock.now(), by=by, set_policy=set_policy)
                applied = self._run(run, spec, passwords, progress)
                _keep_unless(dry_run, applied)
            return applied

        try:
            return _again_where_stored_already(once)
        except _OnlyAPlan as undone:
            return undone.applied

    def _prepare(self, spec: Spec, passwords: Passwords) -> None:
        with self.database.read() as work:
            for tenant in spec.tenants:
                for account in tenant.accounts:
                    passwords.prepare(work, tenant.slug, account)
            for account in spec.staff:
                passwords.prepare(work, STAFF, account)

    def _run(self, run: Run, spec: Spec, passwords: Passwords, progress: Progress) -> Applied:
        tenants = TenantApplier(
            enforcement=self.enforcement,
            connections=ConnectionApplier(sealer=self.sealer, outbound=self.outbound, randomness=self.randomness),
            accounts=AccountApplier(passwords=passwords, randomness=self.randomness),
            randomness=self.randomness,
        )
        # Always in the same order, so that two files applied at once cannot wait for each other. The staff's tenant
        # comes first, so that a tenant which another file is just creating is looked up once that is done.
        owners = {client.tenant for client in spec.clients if client.tenant}
        for slug in (STAFF, *sorted(({tenant.slug for tenant in spec.tenants} | owners) - {STAFF})):
            run.locked[slug] = locked(run, slug)
        for done, tenant in enumerate(spec.tenants):
            tenants.run(run, tenant)
            progress(done + 1)
        if spec.staff:
            tenants.staff(run, spec.staff)
        for scope in spec.scopes:
            apply_scope(run, scope)
        for client in spec.clients:
            apply_client(run, client)
        return Applied(lines=tuple(run.lines), connections=tuple(run.connections))


def _again_where_stored_already(once: Callable[[], Applied]) -> Applied:
    """What someone else has created at the same moment will be found on the next try."""
    for _ in range(TRIES - 1):
        with suppress(AlreadyStored):
            return once()
    return once()


def _keep_unless(dry_run: bool, applied: Applied) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if dry_run:
        raise _OnlyAPlan(applied)
