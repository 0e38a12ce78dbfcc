from dataclasses import replace

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.connections.connection import ConnectionId, Sealed
from app.domain.connections.connection_key import SLOTS, ConnectionKey
from tests.contracts.race import all_at_once
from tests.contracts.removal import remove_all
from tests.contracts.samples import ACME, GLOBEX, GLOBEX_MAIN, MAIN, NOW, SPARE


def keys(prefix: str, *, generation: int = 1, connection_id: ConnectionId = MAIN.id) -> list[ConnectionKey]:
    """One of each kind."""
    return [
        ConnectionKey(
            kid=f"{prefix}-{use}-{key_type}",
            tenant_id=ACME.id,
            connection_id=connection_id,
            use=use,
            key_type=key_type,
            generation=generation,
            public={"kty": key_type.value, "n": "x", "kid": prefix},
            private=Sealed("sealed-key"),
            made_at=NOW,
        )
        for use, key_type in SLOTS
    ]


def stored_keys(database: SqlDatabase) -> list[ConnectionKey]:
    with database.read() as work:
        return list(work.connection_keys.of_connection(ACME.id, MAIN.id))


def test_keys_come_back_as_they_were_added_the_newest_first(stored: SqlDatabase) -> None:
    old, new = keys("old"), keys("new", generation=2)
    with stored.write() as work:
        assert work.connection_keys.add(old)
        assert work.connection_keys.add(new)
        assert work.connection_keys.add(keys("spare", connection_id=SPARE.id))
    assert stored_keys(stored) == [*new, *old]


def test_keys_of_another_tenant_are_absent(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.connection_keys.add(keys("old"))
    with stored.read() as work:
        assert work.connection_keys.of_connection(GLOBEX.id, MAIN.id) == []
        assert work.connection_keys.of_connection(ACME.id, GLOBEX_MAIN.id) == []


def test_a_generation_is_made_once(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.connection_keys.add(keys("first"))
    with stored.write() as work:
        assert not work.connection_keys.add(keys("second"))
    assert stored_keys(stored) == keys("first")


def test_one_of_many_makers_at_the_same_moment_wins_with_all_its_keys(stored: SqlDatabase) -> None:
    def make(number: int) -> bool:
        with stored.write() as work:
            return work.connection_keys.add(keys(f"maker-{number}"))

    answers = all_at_once(make)
    assert sum(answers) == 1
    assert stored_keys(stored) == keys(f"maker-{answers.index(True)}")


def test_older_generations_are_retired_and_keep_an_earlier_end(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for generation in (1, 2, 3):
            work.connection_keys.add(keys(str(generation), generation=generation))
        work.connection_keys.retire(ACME.id, MAIN.id, before=2, at=NOW + 10)
        work.connection_keys.retire(ACME.id, MAIN.id, before=3, at=NOW + 20)
        work.connection_keys.retire(GLOBEX.id, MAIN.id, before=9, at=NOW)
    ends = {key.generation: key.expires_at for key in stored_keys(stored)}
    assert ends == {1: NOW + 10, 2: NOW + 20, 3: None}
    with stored.write() as work:
        work.connection_keys.retire(ACME.id, MAIN.id, before=3, at=NOW)
    assert {key.expires_at for key in stored_keys(stored) if key.generation < 3} == {NOW}


def test_keys_whose_time_is_over_are_purged(stored: SqlDatabase) -> None:
    ended = [replace(key, expires_at=NOW) for key in keys("old")]
    with stored.write() as work:
        work.connection_keys.add(ended)
        work.connection_keys.add(keys("new", generation=2))
    stored.purge(NOW + 86_400, remove_all)
    assert stored_keys(stored) == keys("new", generation=2)
