"""What anybody can send without an account, a secret or an end fills no store."""

from app.adapters.sql.tables import Base
from app.services.oauth2.limits import FAILURES_MOST
from tests.apps import App
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
    assert FAILURES_MOST < len(sent)
