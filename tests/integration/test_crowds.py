"""The real server, and more passwords in one moment than it can look at."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.adapters.crypto.passwords import Argon2Hasher
from app.domain.tenants.tenant import Tenant
from tests.integration.server import Server, Visitor
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer
from tests.services.worlds import migrate
from tests.threats.acme import PASSWORD

PEOPLE = 50


@pytest.fixture(scope="module")
def instances(
    postgres_server: PostgresServer, redis_of_this_run: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Server]]:
    """Two, behind one proxy that says whom each request comes from."""
    redis_of_this_run.start()
    postgres_server.start()
    url = postgres_server.fresh()
    migrate(url)
    more = {"SSO_BRIDGE_REDIS_URL": redis_of_this_run.url, "SSO_BRIDGE_TRUSTED_PROXIES": "1"}
    servers = [Server.start(tmp_path_factory.mktemp(name), url, workers=1, **more) for name in ("one", "two")]
    yield servers
    for server in servers:
        server.close()


def founded(server: Server, slug: str, people: int) -> Tenant:
    """With passwords that cost a tenth of what they cost in production: other tests may run beside this one."""
    stored = Argon2Hasher(time_cost=1, memory_kib=16384).hash(PASSWORD)
    tenant = server.world.tenant(slug)
    for number in range(people):
        account = server.world.account(tenant, f"agent-{number}")
        with server.world.bridge.database.write() as work:
            work.accounts.set_password_hash(tenant.id, account.id, stored)
    return tenant


def login(server: Server, slug: str, username: str, *, password: str, client_ip: str) -> Callable[[], int]:
    """The form is open; what is returned sends it."""
    visitor = Visitor(server, headers={"X-Forwarded-For": client_ip})
    token = visitor.csrf_token(f"/t/{slug}/login")
    fields = {"username": username, "password": password, "csrf_token": token}
    return lambda: visitor.post(f"/t/{slug}/login", fields).status_code


def at_once(acts: list[Callable[[], int]]) -> list[int]:
    barrier = Barrier(len(acts))

    def run(act: Callable[[], int]) -> int:
        barrier.wait(timeout=60)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_fifty_right_passwords_from_one_office_are_served_in_turn_and_none_is_refused(instances: list[Server]) -> None:
    founded(instances[0], "office", PEOPLE)
    office = [
        login(instances[number % 2], "office", f"agent-{number}", password=PASSWORD, client_ip="198.51.100.1")
        for number in range(PEOPLE)
    ]
    assert at_once(office) == [303] * PEOPLE


def test_a_flood_of_one_address_at_other_tenants_keeps_nobody_out(instances: list[Server]) -> None:
    server = instances[0]
    founded(server, "acme", 12)
    for number in range(6):
        founded(server, f"customer-{number}", 0)
    flood = [
        login(server, f"customer-{number % 6}", f"name-{number}", password="a guess", client_ip="203.0.113.7")
        for number in range(44)
    ]
    people = [
        login(server, "acme", f"agent-{number}", password=PASSWORD, client_ip=f"198.51.100.{number}")
        for number in range(12)
    ]
    answers = at_once(flood + people)
    assert answers[len(flood) :] == [303] * len(people)
    assert set(answers[: len(flood)]) <= {401, 429}
