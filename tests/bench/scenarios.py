"""What is measured, and at which server. Each scenario yields one figure for each run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from tests.bench.stage.load import Measured, Visit, visited
from tests.bench.stage.machine import cpu_ms, usage
from tests.bench.stage.servers import SECRET, Running, bridge, stub_provider, yardstick
from tests.bench.stage.visits import (
    App,
    AppLogin,
    Introspection,
    PasswordLogin,
    Refresh,
    SessionCheck,
    SsoLogin,
    TokenIssue,
)

USERS = 16
LOGINS, CHECKS = 960, 9600
PASSWORD = "correct horse battery staple"
TENANT = """
[[tenants]]
slug = "{slug}"
name = "{slug}"
policy = "sso_optional"
[[tenants.connections]]
name = "main"
issuer = "{issuer}"
client_id = "bridge.{slug}.example"
client_secret = "{secret}"
signing_algs = ["ES256"]
"""
ACCOUNT = """
[[tenants.accounts]]
username = "agent{number}"
email = "agent{number}@{slug}.example"
password = "{password}"
"""
CLIENT = """
[[clients]]
client_id = "bench-app"
name = "Bench"
client_secret = "{secret}"
redirect_uris = ["https://app.example/callback"]
grants = ["authorization_code", "refresh_token"]
scopes = ["openid", "email", "profile", "offline_access"]
signing_alg = "ES256"
trusted = true
"""
CLIENT_SECRET = "a secret of the benchmark's app, long enough"
STORES = ("sqlite", "postgres", "postgres+redis")


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one run. CPU is the server's whole process tree's, the stores' apart; times are the bridge's own part."""

    per_second: float
    cpu_ms: float
    store_cpu_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worker_mb: float
    parent_mb: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """`visit` is made for a running server. `yardstick` is the scenario whose figure it is compared with."""

    name: str
    title: str
    server: Callable[[], object]
    visit: Callable[[Running], Visit]
    times: int
    users: int = USERS
    yardstick: str | None = None

    def run(self) -> Figure:
        """Raises SystemExit if a visit fails."""
        with self.server() as running:  # type: ignore[attr-defined]  # a context manager
            return measured(running, self.visit(running), users=self.users, times=self.times)


def measured(running: Running, visit: Visit, *, users: int, times: int) -> Figure:
    before: list[float] = []
    load: Measured = visited(
        visit,
        users=users,
        times=times,
        begun=lambda: before.extend((usage(running.pid).cpu_ms, cpu_ms(*running.stores))),
    )
    after, done = usage(running.pid), len(load.seconds)
    return Figure(
        per_second=load.per_second,
        cpu_ms=(after.cpu_ms - before[0]) / done,
        store_cpu_ms=(cpu_ms(*running.stores) - before[1]) / done,
        p50_ms=load.percentile(0.50),
        p95_ms=load.percentile(0.95),
        p99_ms=load.percentile(0.99),
        worker_mb=after.worker_mb,
        parent_mb=after.parent_mb,
    )


def tenant(slug: str, issuer: str, *, accounts: int = 10) -> str:
    people = [ACCOUNT.format(number=number, slug=slug, password=PASSWORD) for number in range(accounts)]
    return TENANT.format(slug=slug, issuer=issuer, secret=SECRET) + "".join(people)


@contextmanager
def small_bridge(store: str, *, patience: str = "0", workers: int = 1) -> Iterator[Running]:
    """One tenant with ten accounts."""
    with (
        stub_provider(patience) as issuer,
        bridge(tenant("acme", issuer) + CLIENT.format(secret=CLIENT_SECRET), store=store, workers=workers) as running,
    ):
        yield running


@contextmanager
def naive() -> Iterator[Running]:
    with stub_provider() as issuer, yardstick(issuer) as running:
        yield running


def all_scenarios() -> Iterator[Scenario]:
    naive_login = "naive-login"
    yield Scenario(naive_login, "Login, naive Flask + Authlib", naive, _naive_login, LOGINS)
    yield Scenario("naive-check", "Session check, naive Flask", naive, _naive_check, CHECKS)
    for store in STORES:
        yield Scenario(f"login-{store}", f"SSO login, {store}", _at(store), _sso_login, LOGINS, yardstick=naive_login)
        yield Scenario(
            f"check-{store}", f"/forward-auth, {store}", _at(store), _forward_auth, CHECKS, yardstick="naive-check"
        )
    for name, title, visit, times in (
        ("app-login", "SSO login with an app's code exchange", AppLogin, LOGINS),
        ("token", "Code and its exchange, signed in already", TokenIssue, LOGINS),
        ("refresh", "Refresh", Refresh, LOGINS),
        ("introspection", "Introspection", Introspection, LOGINS * 2),
    ):
        yardstick_of = naive_login if visit is AppLogin else None
        yield Scenario(
            f"{name}-postgres", f"{title}, postgres", _at("postgres"), partial(_by_app, visit), times,
            yardstick=yardstick_of,
        )  # fmt: skip
    yield Scenario("password-postgres", "Password login (argon2id), postgres", _at("postgres"), _password, 64)
    yield Scenario(
        "slow-provider", "SSO login, provider takes 200 ms, postgres", _at("postgres", patience="0.2"), _sso_login,
        LOGINS * 2, users=64,
    )  # fmt: skip
    yield Scenario(
        "two-workers", "SSO login, 2 workers on one core, postgres", _at("postgres", workers=2), _sso_login, LOGINS
    )


def _at(store: str, *, patience: str = "0", workers: int = 1) -> Callable[[], object]:
    return lambda: small_bridge(store, patience=patience, workers=workers)


def _sso_login(running: Running) -> Visit:
    return SsoLogin(running.base_url)


def _forward_auth(running: Running) -> Visit:
    return SessionCheck(SsoLogin(running.base_url), f"{running.base_url}/forward-auth")


def _by_app(visit: Callable[[SsoLogin, App], Visit], running: Running) -> Visit:
    return visit(SsoLogin(running.base_url), App(running.base_url, CLIENT_SECRET))


def _password(running: Running) -> Visit:
    return PasswordLogin(running.base_url, PASSWORD)


def _naive_login(running: Running) -> Visit:
    return SsoLogin(running.base_url, path="/login", cookie="session")


def _naive_check(running: Running) -> Visit:
    return SessionCheck(SsoLogin(running.base_url, path="/login", cookie="session"), f"{running.base_url}/me")
