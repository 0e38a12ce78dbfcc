"""What the scenarios run at: the bridge, small, with a neighbour, or behind a proxy; and its yardstick."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import sleep

from tests.bench.stage.machine import BRIDGE_CORE
from tests.bench.stage.proxy import nginx_in_front
from tests.bench.stage.servers import SECRET, Running, bridge, process, stores, stub_provider, yardstick
from tests.services.process import free_port

PASSWORD = "correct horse battery staple"
ACCOUNTS = 10
CLIENT_SECRET = "a secret of the benchmark's app, long enough"
OFFICE = "office"
"""A tenant that takes no passwords."""
SEVERAL = "/t/t{}/oauth/login"
STUCK, STUCK_BROWSERS, STUCK_EVERY_S, STUCK_FOR_S = "stuck", 200, 10, 5
"""The tenant whose provider hangs: so many browsers start again and again, some seconds before we measure."""
TENANT = """
[[tenants]]
slug = "{slug}"
name = "{slug}"
policy = "{policy}"
{more}
[[tenants.connections]]
name = "main"
issuer = "{issuer}"
client_id = "bridge.{slug}.example"
client_secret = "{secret}"
signing_algs = ["ES256"]
"""
ACCOUNT = """
[[tenants.accounts]]
username = "{username}"
email = "{username}@{slug}.example"
"""
APP, APP_RS256 = "bench-app", "bench-app-rs256"
CLIENT = f"""
[[clients]]
client_id = "{{client_id}}"
name = "Bench"
client_secret = "{CLIENT_SECRET}"
redirect_uris = ["https://app.example/callback"]
grants = ["authorization_code", "refresh_token"]
scopes = ["openid", "email", "profile", "offline_access"]
{{more}}
trusted = true
"""
CLIENTS = CLIENT.format(client_id=APP, more='signing_alg = "ES256"') + CLIENT.format(client_id=APP_RS256, more="")
"""The second one keeps the default, RS256."""


def tenant(slug: str, issuer: str, *, policy: str = "sso_optional", more: str = "") -> str:
    return TENANT.format(slug=slug, issuer=issuer, secret=SECRET, policy=policy, more=more)


def account(slug: str, username: str, *, password: str = "", status: str = "active") -> str:
    lines = [f'status = "{status}"', *([f'password = "{password}"'] if password else [])]
    return ACCOUNT.format(slug=slug, username=username) + "\n".join(lines) + "\n"


def people(slug: str, *, password: str = "") -> str:
    """The ten whom the stub of a provider knows."""
    return "".join(account(slug, f"agent{number}", password=password) for number in range(ACCOUNTS))


@contextmanager
def small_bridge(
    store: str, *, patience: str = "0", password: str = "", workers: int = 1, cores: str = str(BRIDGE_CORE)
) -> Iterator[Running]:
    """Two tenants of ten accounts, and two apps."""
    with stub_provider(patience) as issuer, stores(store) as found:
        office = tenant(OFFICE, issuer, policy="sso_only") + people(OFFICE)
        apply = tenant("acme", issuer) + people("acme", password=password) + office + CLIENTS
        with bridge(found, apply, workers=workers, cores=cores) as running:
            yield running


@contextmanager
def several_tenants(count: int, *, patience: str) -> Iterator[Running]:
    """So many tenants of ten accounts on PostgreSQL."""
    with stub_provider(patience) as issuer, stores("postgres") as found:
        slugs = [f"t{number}" for number in range(count)]
        with bridge(found, "".join(tenant(slug, issuer) + people(slug) for slug in slugs)) as running:
            yield running


@contextmanager
def behind_nginx() -> Iterator[Running]:
    """Behind nginx as docs/forward-auth.md configures it, with a static app. Its CPU counts with the stores'."""
    port = free_port()
    own = f"localhost:{port}"
    with stub_provider() as issuer, stores("postgres") as found:
        apply = tenant("acme", issuer) + people("acme")
        behind = {"base_url": f"http://{own}", "trusted_proxies": "1"}
        with (
            bridge(found, apply, settings=behind) as running,
            nginx_in_front(port, bridge=int(running.base_url.rpartition(":")[2]), own=own) as nginx,
        ):
            yield replace(running, base_url=f"http://{own}", stores=(*running.stores, nginx))


@contextmanager
def neighbours(*, hanging: bool) -> Iterator[Running]:
    """Two tenants on PostgreSQL. If `hanging`, one's people sign in all the time, and its provider never answers."""
    with stub_provider() as issuer, stub_provider("never") as never, stores("postgres") as found:
        apply = tenant("acme", issuer) + people("acme") + tenant(STUCK, never) + people(STUCK)
        with bridge(found, apply) as running:
            if not hanging:
                yield running
                return
            words = [running.base_url, STUCK, str(STUCK_BROWSERS), str(STUCK_EVERY_S)]
            with process([sys.executable, "-m", "tests.bench.stage.stuck", *words]) as stuck:
                sleep(STUCK_FOR_S)
                yield running
                if stuck.poll() is not None:
                    raise SystemExit("No figures: the logins at the hanging provider have ended")


@contextmanager
def naive() -> Iterator[Running]:
    with stub_provider() as issuer, yardstick(issuer) as running:
        yield running
