"""What anybody can send without an account, a secret or an end fills no store."""

import pytest

from app.adapters.sql.declaration import Base
from app.domain.oauth2.pkce import challenge_of
from app.services.oauth2.limits import FAILURES_MOST
from tests.apps import REDIRECT_URI, VERIFIER, App
from tests.builders import World


def rows(world: World) -> int:
    """Of all tables."""
    with world.bridge.database.engine.connect() as connection:
        names = [table.name for table in Base.metadata.sorted_tables]
        counts = [f'SELECT count(*) FROM "{name}"' for name in names]  # noqa: S608 - the schema's own names
        return sum(connection.exec_driver_sql(count).scalar_one() for count in counts)


def test_names_of_clients_that_nobody_has_registered(world: World, desk: App) -> None:
    sent = [desk.post("/oauth2/token", client_id=f"nobody-{place}", grant_type="x") for place in range(2)]
    before = rows(world)
    sent += [desk.post("/oauth2/token", client_id=f"nobody-{place}", grant_type="refresh_token") for place in range(50)]
    assert rows(world) <= before + 1
    assert [one.status_code for one in sent][-1] == 429
    assert desk.client_credentials(scope="stats").status_code == 200, "who exists is not stopped by who does not"
    assert len(sent) > FAILURES_MOST


@pytest.mark.parametrize("ignored", ["login_hint", "ui_locales"])
def test_pushed_requests_that_are_long_where_nobody_looks(world: World, desk: App, ignored: str) -> None:
    """What is no hint and no language is ignored, however long it is."""
    asked = {
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    before = rows(world)
    assert desk.post("/oauth2/par", **asked, **{ignored: "x" * 15_000}).get_json()["error"] == "invalid_request"
    assert rows(world) == before
    assert desk.post("/oauth2/par", **asked, **{ignored: "x" * 1000}).status_code == 201
