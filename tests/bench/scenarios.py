"""What `make bench` measures: the scenarios, in the order of the report, with what each should come to."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from statistics import median
from typing import Any, TypeAlias

from app.adapters.crypto.passwords import Argon2Hasher
from tests.bench.figures import Scenario, Target
from tests.bench.stage import crowd
from tests.bench.stage.clicks import DueCheck, SessionCheck
from tests.bench.stage.crowd_rows import PEOPLE_EACH
from tests.bench.stage.load import Crowd, Visit
from tests.bench.stage.machine import BRIDGE_CORE, OTHER_CORE, on_core
from tests.bench.stage.servers import Running
from tests.bench.stage.sites import (
    APP,
    APP_RS256,
    CLIENT_SECRET,
    OFFICE,
    PASSWORD,
    SEVERAL,
    behind_nginx,
    naive,
    neighbours,
    several_tenants,
    small_bridge,
)
from tests.bench.stage.visits import App, AppLogin, Introspection, PasswordLogin, Refresh, SsoLogin, TokenIssue

Server: TypeAlias = Callable[[], AbstractContextManager[Running]]
CHECKS, LOGINS, TOKENS = "Session checks", "Logins", "Tokens for apps"
STORES = ("sqlite", "postgres", "postgres+redis")
LOGIN_CROWD, CHECK_CROWD = Crowd(users=16, times=960), Crowd(users=16, times=16_000)
DUE_EACH = 120
DUE_CROWD = Crowd(users=16, times=16 * DUE_EACH)
"""A session's click is written once a minute: each is checked once here."""
SLOW_S, SLOW_TENANTS = 0.2, 4
"""One tenant alone may hold half of the places for requests to providers, so that others find one."""
PACED = Crowd(users=16, times=640, every_s=0.5)
"""32 logins a second, a fraction of what a worker can do: waiting shows, and not who else has the core."""
SLOW_PACED = Crowd(users=96, times=1920, every_s=0.75)
"""128 a second, half of what a worker can do: browsers that start again at once all come back together."""
HASHES = 15


def all_scenarios() -> Iterator[Scenario]:
    yield Scenario("naive-check", "Session check, naive Flask", naive, _naive_check, CHECK_CROWD, CHECKS)
    yield from _checks()
    yield Scenario("naive-login", "Login, naive Flask + Authlib", naive, _naive_login, LOGIN_CROWD, LOGINS)
    yield from _logins()
    yield from _tokens()
    yield from _waiting()
    yield from _many_people()
    yield from _workers()


def _checks() -> Iterator[Scenario]:
    least = {"sqlite": 1.4, "postgres": 1.2}
    for store in STORES:
        targets = (Target("per_second", least[store], at_least=True),) if store in least else ()
        yield _check(f"check-{store}", f"/forward-auth, {store}", _at(store), _forward_auth, targets)
    yield Scenario(
        "check-due-postgres", "/forward-auth, the click is written, postgres", _at("postgres"), _due,
        DUE_CROWD, CHECKS, "check-postgres",
    )  # fmt: skip
    yield _check("session-postgres", "/session, postgres", _at("postgres"), _session)
    yield _check("nginx", "/forward-auth behind nginx, postgres", behind_nginx, _through_nginx)


def _check(
    name: str, title: str, server: Server, visit: Callable[[Running], SessionCheck],
    targets: tuple[Target, ...] = (),
) -> Scenario:  # fmt: skip
    return Scenario(name, title, server, visit, CHECK_CROWD, CHECKS, "naive-check", targets)


def _logins() -> Iterator[Scenario]:
    for store in STORES:
        targets: tuple[Target, ...] = ()
        if store == "postgres+redis":
            stores_ms = Target("store_cpu_ms", 1.0, ratio=False)
            memory = Target("worker_mb", 120, ratio=False), Target("parent_mb", 40, ratio=False)
            targets = (Target("cpu_ms", 1.0), stores_ms, *memory)
        yield Scenario(
            f"login-{store}", f"SSO login, {store}", _at(store), _sso_login, LOGIN_CROWD, LOGINS, "naive-login", targets
        )
    for store in ("postgres", "postgres+redis"):
        yield Scenario(
            f"app-login-{store}", f"SSO login + code exchange, {store}", _at(store),
            partial(_app_login, APP), LOGIN_CROWD, LOGINS, "naive-login", (Target("cpu_ms", 1.5),),
        )  # fmt: skip
    yield Scenario(
        "app-login-rs256-postgres", "SSO login + code exchange, RS256, postgres", _at("postgres"),
        partial(_app_login, APP_RS256), LOGIN_CROWD, LOGINS, "app-login-postgres",
    )  # fmt: skip
    yield Scenario(
        "password-postgres", "Password login (argon2id), postgres", _at("postgres", password=PASSWORD), _password,
        Crowd(users=16, times=64), "Password logins", alone=hash_ms,
    )  # fmt: skip


def _tokens() -> Iterator[Scenario]:
    for name, title, visit, times in (
        ("token", "Code and its exchange, signed in already", TokenIssue, 960),
        ("refresh", "Refresh", Refresh, 960),
        ("introspection", "Introspection", Introspection, 1920),
    ):
        for store in ("postgres", "postgres+redis"):
            yield Scenario(
                f"{name}-{store}", f"{title}, {store}", _at(store), partial(_by_app, visit), Crowd(16, times), TOKENS
            )


def _waiting() -> Iterator[Scenario]:
    yield Scenario(
        "slow-provider", "SSO login, 4 tenants, providers take 200 ms, postgres",
        partial(several_tenants, SLOW_TENANTS, patience=str(SLOW_S)), _sso_login_slowly, Crowd(users=96, times=1920),
        LOGINS, "login-postgres",
        (Target("per_second", 250, at_least=True, ratio=False),),
    )  # fmt: skip
    yield Scenario(
        "slow-provider-paced", "SSO login, 128 a second, providers take 200 ms, postgres",
        partial(several_tenants, SLOW_TENANTS, patience=str(SLOW_S)), _sso_login_slowly, SLOW_PACED, LOGINS,
    )  # fmt: skip
    yield Scenario(
        "beside", "SSO login, 32 a second, all is well", partial(neighbours, hanging=False), _sso_login, PACED, LOGINS
    )
    yield Scenario(
        "beside-hanging", "SSO login, 32 a second, another tenant's provider hangs", partial(neighbours, hanging=True),
        _sso_login, PACED, LOGINS, "beside", (Target("p99_ms", 1.2),),
    )  # fmt: skip


def _many_people() -> Iterator[Scenario]:
    many = f"{crowd.TENANTS:,} tenants, {crowd.TENANTS * PEOPLE_EACH:,} accounts"
    for store in ("sqlite", "postgres"):
        server, target = partial(crowd.crowd, store), (Target("all_cpu_ms", 1.1),)
        yield Scenario(
            f"crowd-check-{store}", f"/forward-auth, {many}, {store}", server, _check_in_crowd, CHECK_CROWD, CHECKS,
            f"check-{store}", target,
        )  # fmt: skip
        yield Scenario(
            f"crowd-login-{store}", f"SSO login, {many}, {store}", server, _login_in_crowd, LOGIN_CROWD, LOGINS,
            f"login-{store}", target,
        )  # fmt: skip


def _workers() -> Iterator[Scenario]:
    ways = [("two-workers", "2 workers on one core", str(BRIDGE_CORE))]
    more = sorted(os.sched_getaffinity(0) - {BRIDGE_CORE, OTHER_CORE})
    if more:
        ways.append(("two-cores", "2 workers on two cores", f"{BRIDGE_CORE},{more[0]}"))
    for name, words, cores in ways:
        server = _at("postgres", workers=2, cores=cores)
        yield Scenario(
            f"{name}-check", f"/forward-auth, {words}, postgres", server, _forward_auth, CHECK_CROWD, CHECKS,
            "check-postgres",
        )  # fmt: skip
        yield Scenario(
            f"{name}-login", f"SSO login, {words}, postgres", server, _sso_login, LOGIN_CROWD, LOGINS, "login-postgres"
        )


def _at(store: str, **how: Any) -> Server:
    return partial(small_bridge, store, **how)


def hash_ms() -> float:
    """CPU of one password's check alone, on the core that the bridge will have, by the bridge's own parameters."""
    hasher, taken = Argon2Hasher(), []
    stored = hasher.hash(PASSWORD)
    with on_core(BRIDGE_CORE):
        for _ in range(HASHES):
            began = time.thread_time()
            hasher.verify(PASSWORD, stored)
            taken.append(time.thread_time() - began)
    return median(taken) * 1000


def _sso_login(running: Running) -> Visit:
    return SsoLogin(running.base_url)


def _sso_login_slowly(running: Running) -> Visit:
    return SsoLogin(running.base_url, SEVERAL, provider_s=SLOW_S, tenants=SLOW_TENANTS)


def _login_in_crowd(running: Running) -> SsoLogin:
    return SsoLogin(running.base_url, path=SEVERAL, tenants=crowd.TENANTS)


def _check_in_crowd(running: Running) -> SessionCheck:
    return SessionCheck(_login_in_crowd(running), f"{running.base_url}/forward-auth")


def _forward_auth(running: Running) -> SessionCheck:
    return SessionCheck(SsoLogin(running.base_url), f"{running.base_url}/forward-auth")


def _due(running: Running) -> SessionCheck:
    database_url = running.environment["SSO_BRIDGE_DATABASE_URL"]
    forward_auth = f"{running.base_url}/forward-auth"
    return DueCheck(SsoLogin(running.base_url), forward_auth, DUE_EACH, database_url=database_url)


def _session(running: Running) -> SessionCheck:
    return SessionCheck(SsoLogin(running.base_url), f"{running.base_url}/session")


def _through_nginx(running: Running) -> SessionCheck:
    return SessionCheck(SsoLogin(running.base_url), f"{running.base_url}/wiki/")


def _by_app(visit: Callable[[SsoLogin, App], Visit], running: Running) -> Visit:
    return visit(SsoLogin(running.base_url), App(running.base_url, CLIENT_SECRET))


def _app_login(client_id: str, running: Running) -> Visit:
    return AppLogin(App(running.base_url, CLIENT_SECRET, client_id), OFFICE)


def _password(running: Running) -> Visit:
    return PasswordLogin(running.base_url, PASSWORD)


def _naive_login(running: Running) -> Visit:
    return SsoLogin(running.base_url, path="/login", cookie="session")


def _naive_check(running: Running) -> SessionCheck:
    return SessionCheck(SsoLogin(running.base_url, path="/login", cookie="session"), f"{running.base_url}/me")
