"""Where a drill plays: PostgreSQL, Redis, `sso-bridge serve` with several workers, and tenants with providers."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from app.domain.tenants.tenant import Tenant
from tests.drills.stage.browser import NO_CONNECTION, Answer, Browser, Person
from tests.drills.stage.load import Load
from tests.drills.stage.row import Findings, Row
from tests.fake_idp import FakeProvider
from tests.integration.server import Server
from tests.services.postgres import PostgresServer, start_postgres
from tests.services.process import LOOPBACK, private_folder
from tests.services.redis import RedisServer, start_redis

PASSWORD = "correct horse battery staple"
TENANTS = 3
ANSWER_S = 6.0
"""Five seconds is what is promised; the rest is this machine's."""


@dataclass(kw_only=True)
class Stage:
    """One bridge over its stores."""

    postgres: PostgresServer
    redis: RedisServer
    server: Server
    people: Sequence[Person]
    idps: Sequence[FakeProvider]
    findings: Findings

    @property
    def base(self) -> str:
        return f"http://{LOOPBACK}:{self.server.port}"

    def browser(self) -> Browser:
        return Browser(self.base)

    def load(self) -> Load:
        return Load(self.base, self.people)

    def ready(self) -> dict[str, str]:
        """What `/readyz` does not find well, with its reason; `{"": "…"}` where it does not answer."""
        try:
            answer = self.browser().ask("/readyz")
            found = json.loads(answer.text)["dependencies"]
        except (ValueError, *NO_CONNECTION) as error:
            return {"": str(error)}
        return {name: one["reason"] for name, one in found.items() if not one["ok"]}

    def password_login(self) -> Answer:
        """Of a person of the first tenant, with the right password."""
        return self.browser().password_login(self.people[0], PASSWORD)

    def row(self, load: Load, *, promise: str) -> Row:
        """What every drill promises: nothing given out is lost, nobody is taken for somebody else."""
        findings, lost = self.findings, load.lost()
        findings.hold(that=not load.wrong, otherwise=load.worst())
        findings.hold(that=not lost, otherwise=f"{lost} sessions are gone")
        return Row(
            promise=promise,
            happened=f"{load.said()}. {' '.join(findings.said)}".strip(),
            lost=lost,
            let_in=findings.let_in + load.mistaken(),
            down_s=load.down_s(),
            broken=tuple(findings.broken),
        )


@contextmanager
def stage(
    *,
    workers: int = 2,
    postgres: PostgresServer | None = None,
    reached_by: Callable[[str], str] = str,
    **environment: str,
) -> Iterator[Stage]:
    """Everything up and furnished. `reached_by` makes of the database's URL the one that the bridge is told."""
    with ExitStack() as until:
        store = postgres or start_postgres()
        until.callback(store.service.discard)
        redis = start_redis()
        until.callback(redis.service.discard)
        idps = [until.enter_context(FakeProvider()) for _ in range(TENANTS)]
        url = store.fresh()
        told = {"SSO_BRIDGE_DATABASE_URL": reached_by(url), "SSO_BRIDGE_REDIS_URL": redis.url, **environment}
        server = Server.start(private_folder("drill"), url, workers=workers, **told)
        until.callback(server.service.discard)
        until.callback(server.close)
        people = [furnished(server, idp, f"tenant-{number}") for number, idp in enumerate(idps, 1)]
        yield Stage(postgres=store, redis=redis, server=server, people=people, idps=idps, findings=Findings())


def furnished(server: Server, idp: FakeProvider, slug: str) -> Person:
    """A tenant, its provider, and the one person that it signs in."""
    world = server.world
    tenant: Tenant = world.tenant(slug)
    username = f"agent-of-{slug}"
    world.account(tenant, username, email=f"{slug}@acme.example", password=PASSWORD)
    world.connection(tenant, idp)
    idp.person(username, email=f"{slug}@acme.example", email_verified=True)
    return Person(tenant=slug, username=username)
