"""Everything that is built once per process: what the views see, and what only commands, the worker and tests do."""

from dataclasses import dataclass

from app.adapters.sql.unit_of_work import SqlDatabase
from app.ports.counters import Counters
from app.ports.outbound import Outbound
from app.ports.provider_client import ProviderClient
from app.ports.sealing import PasswordHasher
from app.services.apply import ApplyService
from app.services.jobs import Jobs
from app.services.sso_only.enforcement import Enforcement
from app.settings import Settings
from app.web.metrics import Metrics
from app.web.site import Services, SiteOptions


@dataclass(frozen=True, slots=True)
class Bridge(Services):
    """Views get it as the Services that it is."""

    settings: Settings
    site: SiteOptions
    metrics: Metrics
    database: SqlDatabase
    counters: Counters
    hasher: PasswordHasher
    outbound: Outbound
    provider_client: ProviderClient
    enforcement: Enforcement
    provisioning: ApplyService
    jobs: Jobs
