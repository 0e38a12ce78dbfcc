from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.connections.connection import Sealed
from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.oauth2.signing_key import SigningKey
from tests.contracts.race import all_at_once
from tests.contracts.removal import remove_all
from tests.contracts.samples import NOW, unstorable


def keys(prefix: str, *, generation: int = 1) -> list[SigningKey]:
    """One for each algorithm."""
    return [
        SigningKey(
            kid=f"{prefix}-{algorithm}",
            algorithm=algorithm,
            generation=generation,
            public={"kid": prefix, "alg": algorithm.value},
            private=Sealed("sealed-key"),
            made_at=NOW,
            signs_from=NOW + 1,
        )
        for algorithm in SigningAlg
    ]


def stored_keys(database: SqlDatabase) -> list[SigningKey]:
    with database.read() as work:
        return list(work.signing_keys.all())


def test_keys_come_back_as_they_were_added_the_newest_first(database: SqlDatabase) -> None:
    old, new = keys("old"), keys("new", generation=2)
    with database.write() as work:
        assert work.signing_keys.add(old)
        assert work.signing_keys.add(new)
    assert stored_keys(database) == [*new, *old]


def test_a_key_is_found_by_its_id(database: SqlDatabase) -> None:
    one, other = keys("old")
    with database.write() as work:
        work.signing_keys.add([one, other])
    with database.read() as work:
        assert work.signing_keys.get(other.kid) == other
        assert work.signing_keys.get("nothing") is None


@pytest.mark.parametrize("text", unstorable())
def test_an_id_that_no_database_stores_is_not_found(database: SqlDatabase, text: str) -> None:
    with database.read() as work:
        assert work.signing_keys.get(text) is None


def test_one_of_many_makers_at_the_same_moment_wins_with_all_its_keys(database: SqlDatabase) -> None:
    def make(number: int) -> bool:
        with database.write() as work:
            return work.signing_keys.add(keys(f"maker-{number}"))

    answers = all_at_once(make)
    assert sum(answers) == 1
    assert stored_keys(database) == keys(f"maker-{answers.index(True)}")


def test_older_generations_are_retired_and_keep_an_earlier_end(database: SqlDatabase) -> None:
    with database.write() as work:
        for generation in (1, 2, 3):
            work.signing_keys.add(keys(str(generation), generation=generation))
        work.signing_keys.retire(before=2, at=NOW + 10)
        work.signing_keys.retire(before=3, at=NOW + 20)
    ends = {key.generation: key.expires_at for key in stored_keys(database)}
    assert ends == {1: NOW + 10, 2: NOW + 20, 3: None}


def test_keys_whose_time_is_over_are_purged(database: SqlDatabase) -> None:
    with database.write() as work:
        work.signing_keys.add([replace(key, expires_at=NOW) for key in keys("old")])
        work.signing_keys.add(keys("new", generation=2))
    database.purge(NOW + 86_400, remove_all)
    assert stored_keys(database) == keys("new", generation=2)
