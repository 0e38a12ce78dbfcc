"""Makes tenants, connections, accounts, scopes and clients match what a file says, in one transaction.

Must not know TOML, environment variables or terminals: it takes a checked `Spec` and gives back a plan.
"""

from app.services.apply.plan import Applied, Difference, Mark, PlanLine, ProvisionedConnection
from app.services.apply.service import ApplyService

__all__ = ["Applied", "ApplyService", "Difference", "Mark", "PlanLine", "ProvisionedConnection"]
