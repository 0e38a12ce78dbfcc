"""A switch of a tenant's login policy that has not happened yet: planned by support, or asked for by the tenant."""

from dataclasses import dataclass

from app.domain.login_policy import LoginPolicy


@dataclass(frozen=True, slots=True)
class PlannedSwitch:
    """Carried out by the worker, once, at or after `at` (Unix seconds). `actor` and `address` are who planned it."""

    policy: LoginPolicy
    at: float
    actor: str
    address: str
    reason: str
    override: bool = False


@dataclass(frozen=True, slots=True)
class SwitchRequest:
    """A tenant admin's wish to be switched to `sso_only`; support decides."""

    at: float
    actor: str
    note: str
