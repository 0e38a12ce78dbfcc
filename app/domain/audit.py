"""What was changed, by whom, when and why. Changes only: logins are traces."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.errors import Detail
from app.domain.tenant import TenantId


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`actor` is an account's username with its tenant, or `command line`. `tenant_id` None: the bridge as a whole."""

    tenant_id: TenantId | None
    at: float
    actor: str
    action: str
    """`tenant.policy`, `held.accepted`, …"""
    subject: str
    before: Mapping[str, Detail] = field(default_factory=dict)
    after: Mapping[str, Detail] = field(default_factory=dict)
    reason: str = ""
