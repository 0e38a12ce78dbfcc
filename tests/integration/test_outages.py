"""A store goes away while people sign in, and comes back. Nothing is restarted in between."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import redis
from werkzeug.test import TestResponse

from app.domain.tenants.login_policy import LoginPolicy
from tests.builders import World, callback_of, password_login, reference_in
from tests.fake_idp import FakeProvider
from tests.integration.outage import PASSWORD, furnished, is_unavailable, readiness
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer

MACHINES = ("/session", "/forward-auth")
PAGES = ("/", "/account", "/t/acme/login", "/t/acme/oauth/login", "/callback/abcdefghijklmnop?state=s&code=c")


@pytest.fixture
def on_postgres(postgres_world: World, idp: FakeProvider) -> World:
    return furnished(postgres_world, idp)


@pytest.fixture
def with_redis(tmp_path: Path, sqlite_url: str, idp: FakeProvider, redis_url: str) -> Iterator[World]:
    world = World.create(tmp_path, database_url=sqlite_url, redis_url=redis_url)
    yield furnished(world, idp)
    world.close()


# PostgreSQL


def test_while_the_database_is_away_every_page_says_so_with_a_reference(
    on_postgres: World, idp: FakeProvider, postgres_server: PostgresServer
) -> None:
    client = on_postgres.client()
    assert on_postgres.sign_in(client, idp).status_code == 303
    postgres_server.stop()
    for path in PAGES:
        answer = client.get(path)
        assert is_unavailable(answer), path
        assert reference_in(answer)
        assert "Traceback" not in answer.get_data(as_text=True)
    assert client.get("/healthz").status_code == 200


def test_while_the_database_is_away_machines_are_told_in_json(
    on_postgres: World, idp: FakeProvider, postgres_server: PostgresServer
) -> None:
    client = on_postgres.client()
    assert on_postgres.sign_in(client, idp).status_code == 303
    postgres_server.stop()
    for path in MACHINES:
        answer = client.get(path)
        assert is_unavailable(answer), path
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["title"] == "store_unavailable"
        assert answer.get_json()["reference"]


def test_readiness_names_the_database_that_is_away_and_takes_it_back(
    on_postgres: World, postgres_server: PostgresServer
) -> None:
    assert readiness(on_postgres)[0] == 200
    postgres_server.stop()
    status, dependencies = readiness(on_postgres)
    assert status == 503
    assert dependencies["database"] == {"ok": False, "reason": "the database cannot be reached"}
    postgres_server.start()
    status, dependencies = readiness(on_postgres)
    assert status == 200
    assert all(dependency["ok"] for dependency in dependencies.values())


def test_sessions_and_logins_are_back_with_the_database(
    on_postgres: World, idp: FakeProvider, postgres_server: PostgresServer
) -> None:
    before = on_postgres.client()
    assert on_postgres.sign_in(before, idp).status_code == 303
    postgres_server.stop()
    assert before.get("/session").status_code == 503
    assert password_login_page_is_away(on_postgres)
    postgres_server.start()
    assert on_postgres.session(before) is not None
    assert on_postgres.sign_in(on_postgres.client(), idp).status_code == 303
    assert password_login(on_postgres.client(), "alice", PASSWORD).status_code == 303


def password_login_page_is_away(world: World) -> bool:
    client = world.client()
    posted = client.post("/t/acme/login", data={"username": "alice", "password": PASSWORD})
    return is_unavailable(client.get("/t/acme/login")) and is_unavailable(posted)


def test_a_person_who_comes_back_from_the_provider_too_early_only_has_to_reload(
    on_postgres: World, idp: FakeProvider, postgres_server: PostgresServer
) -> None:
    client = on_postgres.client()
    callback = callback_of(client, idp)
    postgres_server.stop()
    assert is_unavailable(client.get(callback))
    assert idp.requests("token") == [], "the code is not spent"
    postgres_server.start()
    assert client.get(callback).status_code == 303
    assert on_postgres.session(client) is not None


def test_a_code_is_not_spent_on_a_database_that_may_only_be_read(on_postgres: World, idp: FakeProvider) -> None:
    """As after a failover to a standby, or on a disk that is full."""
    client = on_postgres.client()
    callback = callback_of(client, idp)
    read_only(on_postgres, "on")
    answer = client.get(callback)
    assert is_unavailable(answer)
    assert idp.requests("token") == [], "the code is not spent"
    read_only(on_postgres, "off")
    assert client.get(callback).status_code == 303, "a reload finishes the login"
    assert on_postgres.session(client) is not None


def read_only(world: World, switch: str) -> None:
    engine = world.bridge.database.engine
    with engine.connect() as connection:
        connection.exec_driver_sql("SET default_transaction_read_only = off")  # or this could not be changed back
        connection.exec_driver_sql(
            f'ALTER DATABASE "{engine._engine.url.database}" SET default_transaction_read_only = {switch}'
        )
    engine.close()


def test_a_database_that_goes_while_the_provider_answers_opens_nothing(
    on_postgres: World, idp: FakeProvider, postgres_server: PostgresServer
) -> None:
    client = on_postgres.client()
    callback = callback_of(client, idp)
    idp.hang("token")
    answers: list[TestResponse] = []
    login = Thread(target=lambda: answers.append(client.get(callback)))
    login.start()
    idp.wait_for("token")
    postgres_server.stop()
    idp.release()
    login.join()
    assert is_unavailable(answers[0])
    assert reference_in(answers[0])
    postgres_server.start()
    assert on_postgres.session(client) is None
    assert client.get(callback).status_code in (400, 403, 409, 410)
    assert on_postgres.sign_in(client, idp).status_code == 303


def test_a_restart_of_the_database_in_the_middle_of_a_login_is_not_noticed(
    on_postgres: World, idp: FakeProvider, postgres_server: PostgresServer
) -> None:
    client = on_postgres.client()
    callback = callback_of(client, idp)
    idp.hang("token")
    answers: list[TestResponse] = []
    login = Thread(target=lambda: answers.append(client.get(callback)))
    login.start()
    idp.wait_for("token")
    postgres_server.stop()
    postgres_server.start()
    idp.release()
    login.join()
    assert answers[0].status_code == 303
    assert on_postgres.session(client) is not None


def test_a_logout_that_could_not_be_written_is_not_called_one(
    on_postgres: World, postgres_server: PostgresServer
) -> None:
    client = on_postgres.client()
    assert password_login(client, "alice", PASSWORD).status_code == 303
    postgres_server.stop()
    answer = client.post("/logout")
    assert is_unavailable(answer)
    assert "Set-Cookie" not in answer.headers
    postgres_server.start()
    assert on_postgres.session(client) is not None


# Redis


def test_while_redis_is_away_password_logins_stop_and_nothing_else_does(
    with_redis: World, idp: FakeProvider, redis_server: RedisServer
) -> None:
    by_password, by_sso = with_redis.client(), with_redis.client()
    assert password_login(by_password, "alice", PASSWORD).status_code == 303
    assert with_redis.sign_in(by_sso, idp).status_code == 303
    redis_server.stop()
    refused = password_login(with_redis.client(), "alice", PASSWORD)
    assert is_unavailable(refused)
    trace = with_redis.trace(refused)
    assert (trace["reason"], trace["details"]) == ("store_unavailable", {"store": "redis"})
    assert with_redis.session(by_password) is not None
    assert with_redis.session(by_sso) is not None
    assert with_redis.sign_in(with_redis.client(), idp).status_code == 303
    assert by_sso.get("/account").status_code == 200


def test_while_redis_is_away_the_bridge_stays_ready_and_names_it(with_redis: World, redis_server: RedisServer) -> None:
    redis_server.stop()
    status, dependencies = readiness(with_redis)
    assert status == 200
    assert dependencies["counters"]["ok"] is False
    assert "redis" in str(dependencies["counters"]["reason"])
    assert dependencies["database"]["ok"] is True


def test_readiness_names_a_redis_that_is_full(with_redis: World, redis_server: RedisServer) -> None:
    """It answers a ping; a login would find out."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.config_set("maxmemory", "1")
        status, dependencies = readiness(with_redis)
        client.config_set("maxmemory", "0")
    assert status == 200
    assert dependencies["counters"] == {
        "ok": False,
        "reason": "redis has no memory left: password logins return 503, SSO logins still work",
    }
    assert readiness(with_redis)[1]["counters"]["ok"] is True


def test_password_logins_are_back_with_redis(with_redis: World, redis_server: RedisServer) -> None:
    redis_server.stop()
    assert is_unavailable(password_login(with_redis.client(), "alice", PASSWORD))
    redis_server.start()
    assert password_login(with_redis.client(), "alice", PASSWORD).status_code == 303
    assert readiness(with_redis)[1]["counters"] == {"ok": True, "reason": ""}


def test_a_redis_that_was_away_at_the_start_is_taken_when_it_comes(
    tmp_path: Path, sqlite_url: str, idp: FakeProvider, redis_server: RedisServer
) -> None:
    redis_server.stop()
    world = furnished(World.create(tmp_path, database_url=sqlite_url, redis_url=redis_server.url), idp)
    assert is_unavailable(password_login(world.client(), "alice", PASSWORD))
    assert world.sign_in(world.client(), idp).status_code == 303
    redis_server.start()
    assert password_login(world.client(), "alice", PASSWORD).status_code == 303
    world.close()


def test_a_switched_tenant_refuses_passwords_without_redis_too(with_redis: World, redis_server: RedisServer) -> None:
    redis_server.stop()
    with_redis.bridge.enforcement.switch("acme", LoginPolicy.SSO_ONLY, actor="sam", reason="ticket", override=True)
    assert password_login(with_redis.client(), "alice", PASSWORD).status_code == 403
