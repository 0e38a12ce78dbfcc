"""A small world for outages, and how an outage looks from outside."""

from werkzeug.test import TestResponse

from tests.builders import World
from tests.fake_idp import FakeProvider

PASSWORD = "correct horse battery staple"


def furnished(world: World, idp: FakeProvider) -> World:
    tenant = world.tenant("acme")
    world.account(tenant, "alice", email="alice@acme.example", password=PASSWORD)
    world.connection(tenant, idp)
    return world


def is_unavailable(answer: TestResponse) -> bool:
    """503, and when to come back."""
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def readiness(world: World) -> tuple[int, dict[str, dict[str, object]]]:
    answer = world.client().get("/readyz")
    return answer.status_code, answer.get_json()["dependencies"]
