"""Lists who is throttled at present, and releases them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account, AccountId, ascii_lower
from app.domain.audit.audit import Actor
from app.domain.errors import Detail, NotFound
from app.domain.tenants.tenant import Tenant
from app.ports.counters import Counters, Stopped
from app.ports.repositories import Database
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.throttling.throttle import ALL_TENANTS
from app.services.throttling.throttle_keys import Counted, ThrottleKey, read_key

RELEASED = "throttle.released"


@dataclass(frozen=True, slots=True)
class Throttled:
    """`username` is the account's for codes, else what was typed; empty if the limit is not about a name.

    `tenant` is None if all tenants are counted together.
    """

    key: str
    counted: Counted
    tenant: Tenant | None
    username: str
    client_ip: str
    hits: int
    until: float

    @property
    def stops_logins(self) -> bool:
        """Or else only that links are mailed or used."""
        return self.counted.startswith(("password:", "code:"))


@dataclass(frozen=True, slots=True)
class ThrottledService:
    """Lists and releases. Raises StoreUnavailable if the counters are unavailable."""

    database: Database
    counters: Counters
    audit: AuditService
    clock: Clock

    def all(self) -> Sequence[Throttled]:
        """The last to expire first."""
        return self._read(lambda _: True)

    def of_tenant(self, tenant: Tenant) -> Sequence[Throttled]:
        """Those of one tenant, the last to expire first."""
        return self._read(lambda key: key.tenant_id == tenant.id)

    def of_account(self, tenant: Tenant, account: Account) -> Sequence[Throttled]:
        """What stops this person, by name or by account: passwords, codes and mailed links."""
        name = ascii_lower(account.username)
        return self._read(lambda key: key.tenant_id == tenant.id and (key.account_id == account.id or key.name == name))

    def _read(self, wanted: Callable[[ThrottleKey], bool]) -> Sequence[Throttled]:
        stopped = sorted(self.counters.stopped(""), key=lambda one: -one.until)
        keys = [(one, key) for one in stopped if (key := read_key(one.key)) and wanted(key)]
        with self.database.read() as work:
            tenants = work.tenants.these({key.tenant_id for _, key in keys})
            accounts = work.accounts.these({(key.tenant_id, AccountId(key.account_id)) for _, key in keys})
        return [
            _throttled(tenants.get(key.tenant_id), accounts.get((key.tenant_id, AccountId(key.account_id))), one, key)
            for one, key in keys
            if key.tenant_id in tenants or key.tenant_id == ALL_TENANTS
        ]

    def release(self, key: str, *, by: Actor, may: Callable[[Throttled], bool]) -> Throttled:
        """Reset the count.

        Raises NotFound if it is not throttled, or `by` may not release it; then nothing is written.
        """
        wanted = next((one for one in self.all() if one.key == key and may(one)), None)
        if wanted is None:
            raise NotFound("stopped name or address", key)
        with self.database.write() as work:
            self.audit.record(
                work,
                by.did(
                    RELEASED,
                    _subject(wanted),
                    tenant_id=wanted.tenant.id if wanted.tenant else None,
                    at=self.clock.now(),
                    before=_shown(wanted),
                ),
            )
        # After the audit entry, without which no release may happen; the embedded counters wait for its transaction.
        self.counters.release([key])
        return wanted


def _throttled(tenant: Tenant | None, account: Account | None, stopped: Stopped, key: ThrottleKey) -> Throttled:
    return Throttled(
        key=stopped.key,
        counted=key.counted,
        tenant=tenant,
        username=account.username if account else key.name,
        client_ip=key.client_ip,
        hits=stopped.hits,
        until=stopped.until,
    )


def _subject(one: Throttled) -> str:
    return "/".join(filter(None, [one.tenant.slug if one.tenant else "", one.username or one.client_ip]))


def _shown(one: Throttled) -> dict[str, Detail]:
    named = {"username": one.username, "address": one.client_ip}
    return {"counted": one.counted.value, "hits": one.hits, **{key: value for key, value in named.items() if value}}
