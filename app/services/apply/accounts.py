"""A tenant's accounts, by username."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.domain.accounts.account import Account, AccountId, ascii_lower
from app.domain.accounts.email_address import parse_email
from app.domain.errors import Detail
from app.domain.tenants.tenant import Status, Tenant
from app.ports.repositories import Work
from app.ports.sealing import PasswordHasher
from app.ports.system import Randomness
from app.services.apply.run import Run, shown
from app.services.apply.spec import AccountSpec

_AT_ONCE = 500
_KEYS = ("username", "name", "email", "roles", "external_id", "status")


@dataclass(slots=True)
class Passwords:
    """Results prepared before the transaction: hashing is slow, and would hold the database's lock all that time."""

    hasher: PasswordHasher
    _hashes: dict[tuple[str, str], str] = field(default_factory=dict)
    _same: dict[tuple[str, str], bool] = field(default_factory=dict)

    def prepare(self, work: Work, slug: str, spec: AccountSpec) -> None:
        """Compute now what the transaction will most likely need."""
        if spec.password is None:
            return
        tenant = work.tenants.by_slug(slug)
        account = work.accounts.by_username(tenant.id, spec.username) if tenant else None
        if tenant is None or account is None:
            self.hash(slug, spec.username, spec.password)
        else:
            self.same(spec.password, work.accounts.password_hash(tenant.id, account.id))

    def hash(self, slug: str, username: str, password: str) -> str:
        key = (slug, username)
        if key not in self._hashes:
            self._hashes[key] = self.hasher.hash(password)
        return self._hashes[key]

    def same(self, password: str, stored: str | None) -> bool:
        if stored is None:
            return False
        key = (password, stored)
        if key not in self._same:
            self._same[key] = self.hasher.verify(password, stored)
        return self._same[key]


@dataclass(frozen=True, slots=True)
class AccountApplier:
    """Makes and changes accounts."""

    passwords: Passwords
    randomness: Randomness

    def run(self, run: Run, tenant: Tenant, specs: Sequence[AccountSpec]) -> None:
        """New accounts are stored together: one by one, a file of 100,000 would take minutes."""
        for first in range(0, len(specs), _AT_ONCE):
            some = specs[first : first + _AT_ONCE]
            found = run.work.accounts.by_usernames(tenant.id, [spec.username for spec in some])
            new = [(self._run(run, tenant, spec, found.get(ascii_lower(spec.username))), spec) for spec in some]
            run.work.accounts.save(*[account for account, _ in new if account is not None])
            for account, spec in new:
                if account is not None and spec.password is not None:
                    hashed = self.passwords.hash(tenant.slug, spec.username, spec.password)
                    run.work.accounts.set_password_hash(tenant.id, account.id, hashed)

    def _run(self, run: Run, tenant: Tenant, spec: AccountSpec, before: Account | None) -> Account | None:
        """The account if it is new and still to be stored."""
        name = f"{tenant.slug}/{spec.username}"
        new = None
        if before is None:
            new = self._new(run, tenant, spec, name)
        else:
            self._change(run, before, spec, name)
            if spec.password is not None:
                self._password(run, before, spec, name)
        if spec.email and tenant.matched_domains and parse_email(spec.email).domain not in tenant.matched_domains:
            run.note("account", name, f"{spec.email} is outside email_domains, so SSO cannot match it by email")
        return new

    def _password(self, run: Run, account: Account, spec: AccountSpec, name: str) -> None:
        """An existing password is replaced only if a reason was given; sessions opened with the old one end."""
        stored = run.work.accounts.password_hash(account.tenant_id, account.id)
        if spec.password is None or self.passwords.same(spec.password, stored):
            return
        if not run.set_policy:
            said = "differs from the file" if stored else "is not set"
            run.note("account", name, f"password {said}; left unchanged (use --set-policy --reason TEXT to set it)")
            return
        before, after = {"password": "another" if stored else None}, {"password": "as in the file"}
        run.changed("account", name, tenant_id=account.tenant_id, before=before, after=after)
        hashed = self.passwords.hash(name.partition("/")[0], spec.username, spec.password)
        run.work.accounts.set_password_hash(account.tenant_id, account.id, hashed)
        run.work.sessions.end_of_account(account.tenant_id, account.id, at=run.now)
        run.work.authorizations.end_of_account(account.tenant_id, account.id, at=run.now)

    def _new(self, run: Run, tenant: Tenant, spec: AccountSpec, name: str) -> Account:
        blank = Account(id=AccountId(self.randomness.short_id()), tenant_id=tenant.id, username=spec.username)
        account = _wanted(blank, spec)
        run.created("account", name, tenant_id=tenant.id, after=account_shown(account))
        return account

    def _change(self, run: Run, before: Account, spec: AccountSpec, name: str) -> None:
        after = _wanted(before, spec)
        if not run.changed(
            "account", name, tenant_id=before.tenant_id, before=account_shown(before), after=account_shown(after)
        ):
            return
        run.work.accounts.save(after)
        if after.status is Status.DISABLED and before.status is Status.ACTIVE:
            run.work.sessions.end_of_account(after.tenant_id, after.id, at=run.now)
            run.work.authorizations.end_of_account(after.tenant_id, after.id, at=run.now)


def _wanted(account: Account, spec: AccountSpec) -> Account:
    return replace(account, **{key: getattr(spec, key) for key in _KEYS})


def account_shown(account: Account) -> dict[str, Detail]:
    """The form in which the audit shows an account."""
    return shown({key: getattr(account, key) for key in _KEYS})
