"""The check-up over answers that a real server would not send."""

from app.domain.connections.finding import Level
from tests.unit.adapters.provider.in_memory import World, connection


def test_a_provider_that_sends_no_date_is_nothing_to_warn_about() -> None:
    world = World()
    found = {one.check: one for one in world.provider_client.inspect(connection(), deadline=world.deadline)}
    assert found["clock"].level is Level.OK
    assert "no Date header" in found["clock"].text
