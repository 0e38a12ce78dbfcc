"""Whether this worker can do its work, one dependency at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.domain.errors import StoreUnavailable
from app.ports.counters import Counters
from app.ports.repositories import Database
from app.services.mail.outbox import OutboxService


@dataclass(frozen=True, slots=True)
class Dependency:
    """`needed` is False if SSO logins work without it."""

    ok: bool
    needed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HealthService:
    """Checks each store once."""

    database: Database
    counters: Counters
    outbox: OutboxService

    def ready(self) -> Mapping[str, Dependency]:
        """Keyed by name: `database`, `migrations`, `counters`, `mail`."""
        try:
            missing = self.database.missing_migrations()
            if not missing:
                self.database.check()
        except StoreUnavailable as error:
            down = Dependency(ok=False, needed=True, reason=f"the database {error.problem}")
            unknown = Dependency(ok=False, needed=True, reason="unknown while the database is away")
            return {
                "database": down,
                "migrations": unknown,
                "counters": self._counters(),
                "mail": replace(unknown, needed=False),
            }
        migrations = Dependency(
            ok=not missing,
            needed=True,
            reason=f"run `sso-bridge db upgrade` (missing: {', '.join(missing)})" if missing else "",
        )
        return {
            "database": Dependency(ok=True, needed=True),
            "migrations": migrations,
            "counters": self._counters(),
            "mail": self._mail(),
        }

    def _counters(self) -> Dependency:
        try:
            self.counters.check()
        except StoreUnavailable as error:
            reason = f"{error.store} {error.problem}: password logins return 503, SSO logins still work"
            return Dependency(ok=False, needed=False, reason=reason)
        return Dependency(ok=True, needed=False)

    def _mail(self) -> Dependency:
        try:
            late = self.outbox.late()
        except StoreUnavailable:
            late = "unknown while the database is not up to date"
        return Dependency(ok=not late, needed=False, reason=late)
