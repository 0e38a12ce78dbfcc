"""Redis, emptied before every test."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis

from tests.services.process import LOOPBACK, Service, answers, free_port, private_folder


@dataclass(kw_only=True)
class RedisServer:
    """One server for the whole run; an outage is `stop()` and `start()`."""

    service: Service
    port: int

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        self.service.start()

    def stop(self) -> None:
        self.service.stop()

    def empty(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


def start_redis() -> RedisServer:
    port = free_port()
    folder = private_folder("redis")
    server = RedisServer(
        port=port,
        service=Service(
            name="redis",
            command=[
                "redis-server", "--bind", LOOPBACK, "--port", str(port), "--dir", folder,
                "--save", "", "--appendonly", "no",
            ],
            folder=folder,
            ready=lambda: answers(port),
        ),
    )  # fmt: skip
    server.start()
    return server


@pytest.fixture(scope="session")
def redis_of_this_run() -> Iterator[RedisServer]:
    server = start_redis()
    yield server
    server.service.discard()


@pytest.fixture
def redis_server(redis_of_this_run: RedisServer) -> RedisServer:
    """Running and empty; the test may stop it."""
    redis_of_this_run.start()
    redis_of_this_run.empty()
    return redis_of_this_run


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """An empty Redis."""
    return redis_server.url
