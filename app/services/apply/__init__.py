"""Makes tenants, connections, accounts, scopes and clients match a file, in one transaction.

Must not know TOML, environment variables or terminals: it takes a checked `Spec` and returns a plan.
"""

from app.services.apply.plan import Applied, Difference, Mark, PlanLine, ProvisionedConnection
from app.services.apply.service import ApplyService

__all__ = ["Applied", "ApplyService", "Difference", "Mark", "PlanLine", "ProvisionedConnection"]
