"""A click is answered before it is written: neither a server that stops nor one that writes late changes who is in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from app.adapters.sql.tables import SessionRow
from app.domain.sessions.session import SEEN_EVERY_S, session_id
from tests.fake_idp import FakeProvider
from tests.integration.customer import new_customer
from tests.integration.server import Server, Visitor


@pytest.fixture
def server(tmp_path: Path, either_database_url: str) -> Iterator[Server]:
    running = Server.start(tmp_path, either_database_url)
    yield running
    running.close()


def last_click(visitor: Visitor) -> float | None:
    """None if the session has ended."""
    world = visitor.server.world
    with world.bridge.database.read() as work:
        found = work.sessions.summary(session_id(visitor.cookies["sso_session"]), now=world.clock.now())
    return found.last_seen_at if found else None


def test_a_server_that_stops_writes_what_it_has_answered_and_revives_nobody(server: Server, idp: FakeProvider) -> None:
    customer = new_customer(server, idp)
    at_work, signed_out = customer.by_password(), customer.by_password()
    earlier = server.world.clock.now() - 2 * SEEN_EVERY_S
    with server.world.bridge.database.engine.begin() as connection:
        connection.execute(update(SessionRow).values(last_seen_at=earlier))
    for visitor in (at_work, signed_out):
        assert server.get("/forward-auth", cookies=visitor.cookies).status_code == 200
    server.world.bridge.sessions.end(session_id(signed_out.cookies["sso_session"]))
    server.service.stop()
    clicked_at = last_click(at_work)
    assert clicked_at is not None
    assert clicked_at > earlier
    assert last_click(signed_out) is None
