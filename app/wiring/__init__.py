"""The only place that builds adapters and passes them to services, and services to pages."""

from app.adapters.crypto.passwords import Argon2Hasher
from app.adapters.system import SystemClock
from app.ports.sealing import PasswordHasher
from app.ports.system import Clock
from app.settings import Settings
from app.wiring.bridge import CONFIG, Bridge

__all__ = ["CONFIG", "Bridge", "build"]


def build(settings: Settings, *, clock: Clock | None = None, hasher: PasswordHasher | None = None) -> Bridge:
    """All parts for these settings. Opens no connection yet. Tests pass a clock and a faster hasher."""
    return Bridge(settings, clock=clock or SystemClock(), hasher=hasher or Argon2Hasher())
