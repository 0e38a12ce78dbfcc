"""Makes and changes a tenant's accounts, one by one or many at once (docs/rules.md, rule 18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from app.domain.accounts.account import TENANT_ROLES, Account, AccountId, Role, ascii_lower
from app.domain.accounts.account_draft import AccountDraft, DraftProblem, FieldProblem
from app.domain.accounts.identity import IdentityId
from app.domain.audit.audit import Actor, AuditEntry, differing, named
from app.domain.errors import ChangedMeanwhile, Detail, NotFound, Refused
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.ports.repositories import AlreadyStored, Database, Work
from app.ports.system import Clock, Randomness
from app.services.apply.accounts import account_shown
from app.services.audit.audit import AuditService
from app.services.tenants.named import account_of, locked_tenant


class Obstacle(StrEnum):
    """Why something may not be done to an account."""

    OWN_ROLE = "own_role"
    """Nobody takes away their own role of an administrator."""
    OWN_ACCOUNT = "own_account"
    """Nobody disables themselves."""
    LAST_ADMIN = "last_admin"
    """No active administrator would be left; whoever acts may accept that."""


class AccountRefused(Refused):
    """Nothing was changed."""

    def __init__(self, why: Obstacle) -> None:
        super().__init__(why.value)
        self.why = why


class DraftsRefused(Refused):
    """Nothing was stored. `problems` has those of each draft that has any, by its place."""

    def __init__(self, problems: Mapping[int, Sequence[FieldProblem]]) -> None:
        super().__init__(", ".join(f"{place}: {found}" for place, found in problems.items()))
        self.problems = dict(problems)


class Change(NamedTuple):
    """An account as it is stored, and what it is to become."""

    account: Account
    draft: AccountDraft


@dataclass(frozen=True, slots=True)
class Edit:
    """A draft based on `version`. With `without_admin`, the tenant may be left without an administrator."""

    draft: AccountDraft
    version: str
    without_admin: bool = False


@dataclass(frozen=True, slots=True)
class AccountWriter:
    """For many at once, in the caller's transaction and over the tenant that it has locked."""

    audit: AuditService
    clock: Clock
    randomness: Randomness

    def problems(
        self, work: Work, tenant: Tenant, drafts: Sequence[AccountDraft], *, instead_of: Sequence[Account] = ()
    ) -> Mapping[int, Sequence[FieldProblem]]:
        """By the drafts' places; `instead_of` are the accounts that they change, in the same order."""
        taken = work.accounts.by_usernames(tenant.id, [draft.username for draft in drafts])
        changed = {account.id for account in instead_of}
        seen: set[str] = set()
        found: dict[int, Sequence[FieldProblem]] = {}
        for place, draft in enumerate(drafts):
            key, problems = ascii_lower(draft.username), draft.problems(TENANT_ROLES)
            if key in taken and taken[key].id not in changed:
                problems.append(FieldProblem("username", DraftProblem.TAKEN))
            elif key in seen:
                problems.append(FieldProblem("username", DraftProblem.REPEATED))
            seen.add(key)
            if problems:
                found[place] = problems
        return found

    def create(self, work: Work, tenant: Tenant, drafts: Sequence[AccountDraft], *, by: Actor) -> Sequence[Account]:
        """All or none. Raises DraftsRefused."""
        if problems := self.problems(work, tenant, drafts):
            raise DraftsRefused(problems)
        made = [self.made(tenant, draft, by=by) for draft in drafts]
        work.accounts.save(*(account for account, _ in made))
        for _, entry in made:
            self.audit.record(work, entry)
        return [account for account, _ in made]

    def change(self, work: Work, tenant: Tenant, changes: Sequence[Change], *, by: Actor) -> Sequence[Account]:
        """All or none; what is as described already is not recorded. Raises DraftsRefused."""
        drafts, accounts = [change.draft for change in changes], [change.account for change in changes]
        if problems := self.problems(work, tenant, drafts, instead_of=accounts):
            raise DraftsRefused(problems)
        changed = [self.changed(tenant, change, by=by) for change in changes]
        work.accounts.save(*(account for account, entry in changed if entry is not None))
        for _, entry in changed:
            if entry is not None:
                self.audit.record(work, entry)
        return [account for account, _ in changed]

    def made(self, tenant: Tenant, draft: AccountDraft, *, by: Actor) -> tuple[Account, AuditEntry]:
        """A new account, and what is to be recorded; neither is stored."""
        blank = Account(id=AccountId(self.randomness.short_id()), tenant_id=tenant.id, username="")
        account, now = draft.written_to(blank), self.clock.now()
        after = account_shown(account)
        return account, by.did("account.created", named(tenant, account), tenant_id=tenant.id, at=now, after=after)

    def changed(self, tenant: Tenant, change: Change, *, by: Actor) -> tuple[Account, AuditEntry | None]:
        """An account as it is to become, and what is to be recorded, None if nothing; neither is stored."""
        old, new = change.account, change.draft.written_to(change.account)
        was, becomes = differing(account_shown(old), account_shown(new))
        if not becomes:
            return new, None
        name, now = named(tenant, new), self.clock.now()
        return new, by.did("account.changed", name, tenant_id=tenant.id, at=now, before=was, after=becomes)

    def switch(self, work: Work, tenant: Tenant, account: Account, status: Status, *, by: Actor) -> bool:
        """Enable or disable one, which ends its sessions. False if it was so already."""
        if account.status is status:
            return False
        now, shown = self.clock.now(), dict[str, Detail](status=status.value)
        if status is Status.DISABLED:
            shown["sessions_ended"] = len(work.sessions.of_account(tenant.id, account.id, now=now))
            work.sessions.end_of_account(tenant.id, account.id, at=now)
            work.authorizations.end_of_account(tenant.id, account.id, at=now)
        work.accounts.save(replace(account, status=status))
        was: dict[str, Detail] = {"status": account.status.value}
        entry = by.did("account.changed", named(tenant, account), tenant_id=tenant.id, at=now, before=was, after=shown)
        self.audit.record(work, entry)
        return True


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """One account at a time, by the tenant's slug first. The staff's own tenant has `services/staff/staff`.

    `acting` is the account of whoever acts, which protects it from itself. Raises NotFound.
    """

    database: Database
    writer: AccountWriter
    audit: AuditService
    clock: Clock

    def create(self, slug: str, draft: AccountDraft, *, by: Actor) -> Account:
        """Raises DraftsRefused. It has no password: its owner gets in by SSO or by an invitation."""
        try:
            with self.database.write() as work:
                (account,) = self.writer.create(work, _customer(work, slug), [draft], by=by)
        except AlreadyStored as error:  # by an `apply` file in the same moment, which locks nothing before it inserts
            raise DraftsRefused({0: [FieldProblem("username", DraftProblem.TAKEN)]}) from error
        return account

    def change(self, slug: str, account_id: AccountId, edit: Edit, *, by: Actor, acting: AccountId) -> Account:
        """Raises DraftsRefused, AccountRefused and ChangedMeanwhile."""
        with self.database.write() as work:
            tenant = _customer(work, slug)
            before = account_of(work, tenant, account_id)
            if before.version != edit.version:
                raise ChangedMeanwhile("account", before.username)
            if _is_admin(before) and Role.TENANT_ADMIN not in edit.draft.roles:
                if before.id == acting:
                    raise AccountRefused(Obstacle.OWN_ROLE)
                if not edit.without_admin and last_admin(work, before):
                    raise AccountRefused(Obstacle.LAST_ADMIN)
            (after,) = self.writer.change(work, tenant, [Change(before, edit.draft)], by=by)
        return after

    def switch(self, slug: str, account_id: AccountId, status: Status, *, by: Actor, acting: AccountId) -> bool:
        """Disable it: its sessions end, and stay ended when it is enabled again. False if it was disabled already.

        Raises AccountRefused. Staff are disabled in `services/staff/staff`, which keeps an operator.
        """
        with self.database.write() as work:
            tenant = _customer(work, slug)
            before = account_of(work, tenant, account_id)
            if status is Status.DISABLED and before.id == acting:
                raise AccountRefused(Obstacle.OWN_ACCOUNT)
            if status is Status.DISABLED and _of_tenant(work, tenant, acting) and last_admin(work, before):
                raise AccountRefused(Obstacle.LAST_ADMIN)  # two who disable each other: the second is too late
            return self.writer.switch(work, tenant, before, status, by=by)

    def unlink(self, slug: str, account_id: AccountId, identity_id: IdentityId, *, by: Actor) -> None:
        """The identity no longer opens this account, and the account's SSO sessions end.

        A login under way waits for this transaction or this one for it: what it opened is ended, what it would open is
        matched anew.
        """
        now = self.clock.now()
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            account = account_of(work, tenant, account_id)
            linked = {one.identity.id: one.identity for one in work.identities.of_account(tenant.id, account.id)}
            identity = linked.get(identity_id)
            if identity is None:
                raise NotFound("identity", identity_id)
            work.identities.unlink(identity.id, [account.id])
            ended = work.sessions.end_of_account(tenant.id, account.id, at=now, method=Method.SSO)
            work.authorizations.end_of_account(tenant.id, account.id, at=now, method=Method.SSO)
            before: dict[str, Detail] = {"subject": identity.subject, "issuer": identity.issuer}
            after: dict[str, Detail] = {"subject": None, "sessions_ended": ended}
            subject = named(tenant, account)
            entry = by.did("account.unlinked", subject, tenant_id=tenant.id, at=now, before=before, after=after)
            self.audit.record(work, entry)


def _of_tenant(work: Work, tenant: Tenant, acting: AccountId) -> bool:
    return work.accounts.get(tenant.id, acting) is not None


def last_admin(work: Work, account: Account) -> bool:
    """Whether the tenant has no other active administrator than this account."""
    admins = work.readiness.admins(account.tenant_id, Role.TENANT_ADMIN)
    return _is_admin(account) and all(admin.id == account.id for admin in admins)


def _is_admin(account: Account) -> bool:
    return account.status is Status.ACTIVE and Role.TENANT_ADMIN in account.roles


def _customer(work: Work, slug: str) -> Tenant:
    """A tenant other than the staff's own."""
    if slug == STAFF:
        raise NotFound("customer", slug)
    return locked_tenant(work, slug)
