"""The vendor's own people and their roles; there is always an operator (docs/rules.md, rules 13 and 20)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import STAFF_ROLES, Account, AccountId, Role
from app.domain.audit.audit import Actor, differing, named
from app.domain.errors import ChangedMeanwhile, NotFound, Refused
from app.domain.sessions.session import SignedIn
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.apply.accounts import account_shown
from app.services.apply.reading import Document, DocumentInvalid, DocumentReader
from app.services.apply.spec import AccountSpec
from app.services.audit.audit import AuditService
from app.services.tenants.named import account_of, tenant_named


class StaffRefused(Refused):
    """Nothing was changed; the sentence gives the reason."""


class MemberInvalid(Refused):
    """Nothing was added. `problems` pairs keys of an account with what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{key} {problem}" for key, problem in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff."""

    account: Account
    second_factor: bool


@dataclass(frozen=True, slots=True)
class StaffService:
    """`by` is the acting operator, checked again in the transaction. Raises StaffRefused and NotFound."""

    database: Database
    clock: Clock
    randomness: Randomness
    audit: AuditService
    reader: DocumentReader

    def all(self) -> Sequence[Member]:
        """By username."""
        with self.database.read() as work:
            tenant = tenant_named(work, STAFF)
            with_factor = work.second_factors.of_tenant(tenant.id)
            return [Member(account, account.id in with_factor) for account in work.accounts.of_tenant(tenant.id)]

    def one(self, account_id: AccountId) -> Member:
        with self.database.read() as work:
            return _member(work, account_of(work, tenant_named(work, STAFF), account_id))

    def add(self, document: Document, *, by: SignedIn, client_ip: str) -> Account:
        """Add one of `[[staff]]`, by the rules of an `apply` file. Also raises MemberInvalid.

        Without a password, they get in by an invitation or by the provider of the tenant `staff`.
        """
        wanted = self._checked(document)
        with self.database.write() as work:
            tenant = self._locked(work, by)
            if work.accounts.by_username(tenant.id, wanted.username) is not None:
                raise MemberInvalid({"username": "is already in use"})
            account = Account(
                id=AccountId(self.randomness.short_id()),
                tenant_id=tenant.id,
                username=wanted.username,
                name=wanted.name,
                email=wanted.email,
                roles=wanted.roles,
            )
            work.accounts.save(account)
            made = _actor(by, client_ip).did(
                "account.created",
                named(tenant, account),
                tenant_id=tenant.id,
                at=self.clock.now(),
                after=account_shown(account),
            )
            self.audit.record(work, made)
        return account

    def give_roles(
        self,
        account_id: AccountId,
        roles: Sequence[Role],
        *,
        by: SignedIn,
        client_ip: str,
        instead_of: Collection[str] | None = None,
    ) -> Account:
        """Set exactly these, replacing `instead_of`, which the page showed. Operators cannot give up their own role.

        Also raises ChangedMeanwhile.
        """
        _require_roles(roles)
        with self.database.write() as work:
            before = account_of(work, self._locked(work, by), account_id)
            if instead_of is not None and set(instead_of) != set(before.roles):
                raise ChangedMeanwhile("account", before.username)
            if before.id == by.account.id and Role.OPERATOR not in roles:
                raise StaffRefused(Text("You cannot remove your own operator role. Ask another operator."))
            return self._change(work, before, replace(before, roles=tuple(roles)), by=_actor(by, client_ip))

    def switch(self, account_id: AccountId, status: Status, *, by: SignedIn, client_ip: str) -> Account:
        """Enable or disable; disabling ends their sessions. Nobody can disable themselves: another operator must."""
        with self.database.write() as work:
            before = account_of(work, self._locked(work, by), account_id)
            if before.id == by.account.id and status is Status.DISABLED:
                raise StaffRefused(Text("You cannot disable your own account. Ask another operator."))
            after = self._change(work, before, replace(before, status=status), by=_actor(by, client_ip))
            if status is Status.DISABLED:
                work.sessions.end_of_account(after.tenant_id, after.id, at=self.clock.now())
                work.authorizations.end_of_account(after.tenant_id, after.id, at=self.clock.now())
            return after

    def _checked(self, document: Document) -> AccountSpec:
        try:
            (wanted,) = self.reader.spec({"staff": [document]}).staff
        except DocumentInvalid as invalid:
            found = {problem.path.removeprefix("staff[0].").partition("[")[0]: problem for problem in invalid.problems}
            raise MemberInvalid({key: problem.problem for key, problem in found.items()}) from invalid
        if not wanted.roles:
            raise MemberInvalid({"roles": Text("must name at least one")})
        return wanted

    def _locked(self, work: Work, by: SignedIn) -> Tenant:
        """Locks the tenant, so that of two operators acting at once the second may find they no longer are one."""
        tenant = work.tenants.lock(by.tenant.id)
        acting = work.accounts.get(by.tenant.id, by.account.id)
        if tenant is None or tenant.slug != STAFF:
            raise NotFound("tenant", STAFF)
        if acting is None or not _is_operator(acting):
            raise StaffRefused(Text("You are no longer an operator, so nothing was changed."))
        return tenant

    def _change(self, work: Work, before: Account, after: Account, *, by: Actor) -> Account:
        was, becomes = differing(account_shown(before), account_shown(after))
        if becomes:
            work.accounts.save(after)
            if not any(_is_operator(account) for account in work.accounts.of_tenant(after.tenant_id)):
                raise StaffRefused(Text("This is the last operator. Give someone else the operator role first."))
            subject = f"{STAFF}/{after.username}"
            self.audit.record(
                work,
                by.did(
                    "account.changed",
                    subject,
                    tenant_id=after.tenant_id,
                    at=self.clock.now(),
                    before=was,
                    after=becomes,
                ),
            )
        return after


def _actor(by: SignedIn, client_ip: str) -> Actor:
    return Actor(named(by.tenant, by.account), client_ip)


def _member(work: Work, account: Account) -> Member:
    return Member(account, second_factor=work.second_factors.get(account.tenant_id, account.id) is not None)


def _is_operator(account: Account) -> bool:
    return account.status is Status.ACTIVE and Role.OPERATOR in account.roles


def _require_roles(roles: Sequence[Role]) -> None:
    if not roles or any(role not in STAFF_ROLES for role in roles):
        raise StaffRefused(Text("Select at least one role: support, operator or both."))
