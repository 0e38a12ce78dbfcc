"""Makes tenants, connections, accounts, scopes and clients match what a file says, in one transaction.

Must not know TOML, environment variables or terminals: it takes a checked `Spec` and gives back a plan.
"""

from app.services.provisioning.plan import Applied, Mark, PlanLine, ProvisionedConnection
from app.services.provisioning.service import ProvisioningService

__all__ = ["Applied", "Mark", "PlanLine", "ProvisionedConnection", "ProvisioningService"]
