"""Any part of a name finds somebody, whatever they are called, and only where they belong."""

from dataclasses import replace

import pytest

from app.adapters.sql.accounts.search import Shape, found
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.people import STORED, PeopleFilter, PeopleOrder, PeopleQuery, Place
from app.domain.accounts.search_text import search_parts
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status
from tests.contracts.plans import plan_of
from tests.contracts.samples import ACME, ALICE, BOB, GLOBEX, GLOBEX_BOB, NOW, unstorable

ANNA = Account(
    id=AccountId("account-anna"),
    tenant_id=ACME.id,
    username="a.nowak",
    name="Anna Łucja Nowak",
    email="anna@bücher.example",
    external_id="HR-0042",
)
PARTS = {f"part_{number}": "" for number in range(3)}


@pytest.fixture
def people(stored: SqlDatabase) -> SqlDatabase:
    with stored.write() as work:
        work.accounts.save(ANNA)
    return stored


def look(database: SqlDatabase, query: PeopleQuery, *, most: int = 9, after: str = "") -> list[str]:
    with database.read() as work:
        return list(work.people.find(ACME.id, query, most=most, after=Place(after) if after else None))


def typed(database: SqlDatabase, text: str) -> list[str]:
    return look(database, PeopleQuery(search_parts(text)))


@pytest.mark.parametrize(
    "text",
    ["nowak", "OWA", "anna nowak", "Nowak  anna", "łucja", "LUCJA", "@bucher", "bücher.EXAMPLE", "r-0042", "a@b"],
)
def test_somebody_is_found_by_any_part_of_what_they_are_called(people: SqlDatabase, text: str) -> None:
    assert typed(people, text) == [ANNA.id]


@pytest.mark.parametrize("text", ["%", "_", "a_nowak", "nowak\\", "anna zoe", "nowakanna", *unstorable()])
def test_nothing_typed_is_a_pattern(people: SqlDatabase, text: str) -> None:
    assert typed(people, text) == []


def test_everybody_is_listed_by_username_and_page_by_page(people: SqlDatabase) -> None:
    assert look(people, PeopleQuery()) == [ANNA.id, ALICE.id, BOB.id]
    assert look(people, PeopleQuery(), most=1, after="A.NOWAK") == [ALICE.id]
    assert look(people, PeopleQuery(search_parts("example")), most=1, after="alice") == [BOB.id]
    assert look(people, PeopleQuery(), after="\x00") == []


def test_a_changed_account_is_found_by_its_new_name_only(people: SqlDatabase) -> None:
    with people.write() as work:
        work.accounts.save(replace(ANNA, name="Anna Kowalska", username="a.kowalska"))
    assert typed(people, "kowalska") == [ANNA.id]
    assert typed(people, "nowak") == []


def test_filters_narrow_and_combine(people: SqlDatabase) -> None:
    with people.write() as work:
        work.accounts.signed_in(ACME.id, BOB.id, at=NOW, method=Method.SSO)
        work.accounts.save(replace(ALICE, status=Status.DISABLED, email="BOB@acme.example"))
    assert look(people, PeopleQuery(filters=frozenset({PeopleFilter.NEVER_SSO}))) == [ANNA.id, ALICE.id]
    assert look(people, PeopleQuery(filters=frozenset({PeopleFilter.DISABLED}))) == [ALICE.id]
    assert look(people, PeopleQuery(filters=frozenset({PeopleFilter.SHARED_EMAIL}))) == [ALICE.id, BOB.id]
    assert look(people, PeopleQuery(filters=STORED)) == [ALICE.id]
    assert look(people, PeopleQuery(search_parts("bob"), frozenset({PeopleFilter.NEVER_SSO}))) == [ALICE.id]
    assert look(people, PeopleQuery(only=[BOB.id, ALICE.id, AccountId("nobody")])) == [ALICE.id, BOB.id]
    assert look(people, PeopleQuery(search_parts("alice"), only=[BOB.id])) == []
    assert look(people, PeopleQuery(only=[])) == []


def test_people_of_another_tenant_are_absent(people: SqlDatabase) -> None:
    with people.write() as work:
        work.accounts.save(
            replace(GLOBEX_BOB, id=AccountId("only-globex"), username="gina", email="gina@globex.example")
        )
    assert typed(people, "gina") == []
    assert look(people, PeopleQuery(only=[AccountId("only-globex")])) == []
    with people.read() as work:
        assert work.people.find(GLOBEX.id, PeopleQuery(search_parts("nowak")), most=9) == []
        shared = PeopleQuery(filters=frozenset({PeopleFilter.SHARED_EMAIL}))
        assert work.people.find(GLOBEX.id, shared, most=9) == []


@pytest.fixture
def crowded(stored: SqlDatabase) -> SqlDatabase:
    """Another tenant has far more people."""
    others = [replace(GLOBEX_BOB, id=AccountId(f"id-{n}"), username=f"agent-{n}", email=None) for n in range(3000)]
    with stored.write() as work:
        work.accounts.save(*others)
    with stored.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return stored


def test_only_the_tenants_own_rows_are_read_in_each_of_the_statements(crowded: SqlDatabase) -> None:
    every = [frozenset[PeopleFilter](), *(frozenset({one}) for one in STORED), STORED]
    for filters, by_text in [(filters, by_text) for filters in every for by_text in (True, False)]:
        require_own_rows(crowded, Shape(by_text, filters))


@pytest.mark.parametrize("order", PeopleOrder)
@pytest.mark.parametrize("descending", [True, False])
def test_only_the_tenants_own_rows_are_read_in_every_order(
    crowded: SqlDatabase, order: PeopleOrder, *, descending: bool
) -> None:
    for by_text in (True, False):
        require_own_rows(crowded, Shape(by_text, order=order, descending=descending))


def require_own_rows(database: SqlDatabase, shape: Shape) -> None:
    parts = PARTS if shape.by_text else {}
    at = {} if shape.order is PeopleOrder.USERNAME else {"after_at": 0.0}
    plan = plan_of(database, found(shape), tenant=ACME.id, after="", most=50, **parts, **at)
    assert "tenant_id" in plan
    assert "Seq Scan" not in plan, plan
    assert "SCAN account" not in plan, plan


def test_people_are_sorted_by_their_last_login_page_by_page(people: SqlDatabase) -> None:
    """Whoever never signed in counts as the oldest."""
    with people.write() as work:
        work.accounts.signed_in(ACME.id, BOB.id, at=NOW, method=Method.SSO)
        work.accounts.signed_in(ACME.id, ALICE.id, at=NOW + 1, method=Method.PASSWORD)
    newest = PeopleQuery(order=PeopleOrder.LAST_LOGIN, descending=True)
    assert look(people, newest) == [ALICE.id, BOB.id, ANNA.id]
    assert look(people, replace(newest, descending=False)) == [ANNA.id, BOB.id, ALICE.id]
    assert look(people, PeopleQuery(search_parts("b"), order=PeopleOrder.LAST_SSO, descending=True))[0] == BOB.id
    with people.read() as work:
        after_alice = Place(ALICE.username, NOW + 1)
        assert work.people.find(ACME.id, newest, most=1, after=after_alice) == [BOB.id]
        assert work.people.find(ACME.id, newest, most=9, after=Place(BOB.username, NOW)) == [ANNA.id]


def test_people_with_the_same_time_are_all_listed_once(people: SqlDatabase) -> None:
    for descending in (True, False):
        query = PeopleQuery(order=PeopleOrder.LAST_LOGIN, descending=descending)
        listed = look(people, query)
        paged: list[AccountId] = []
        place: Place | None = None
        with people.read() as work:
            while found := work.people.find(ACME.id, query, most=1, after=place):
                paged += found
                account = work.accounts.get(ACME.id, found[0])
                assert account
                place = Place(account.username, account.last_login_at or 0.0)
        assert paged == listed
        assert len(listed) == len({*listed}) == 3


def test_the_list_by_username_can_be_turned_round(people: SqlDatabase) -> None:
    assert look(people, PeopleQuery(descending=True)) == [BOB.id, ALICE.id, ANNA.id]
    assert look(people, PeopleQuery(descending=True), after="BOB") == [ALICE.id, ANNA.id]
