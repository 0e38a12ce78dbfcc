from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import AccountId
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status
from app.ports.repositories import AlreadyStored
from tests.contracts.samples import ACME, ALICE, BOB, GLOBEX, GLOBEX_BOB, NOW, unstorable

SECOND_BOB = replace(
    BOB, id=AccountId("account-bob-2"), username="bob.supervisor", email="BOB@acme.EXAMPLE", status=Status.DISABLED
)


def test_an_account_comes_back_as_it_was_saved(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert work.accounts.get(ACME.id, BOB.id) == BOB
        assert work.accounts.get(ACME.id, ALICE.id) == ALICE


def test_a_username_is_found_without_regard_to_ascii_case(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert work.accounts.by_username(ACME.id, "BOB") == BOB
        assert work.accounts.with_username(ACME.id, "bOB") == [BOB]
        assert work.accounts.by_username(ACME.id, "carol") is None


def test_letters_beyond_ascii_are_never_folded(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.accounts.save(replace(ALICE, username="Ångström"))
    with stored.read() as work:
        assert work.accounts.by_username(ACME.id, "Ångström") is not None
        assert work.accounts.by_username(ACME.id, "ångström") is None
        assert work.accounts.by_username(ACME.id, "alicE") is None


def test_a_username_is_taken_without_regard_to_ascii_case(stored: SqlDatabase) -> None:
    with pytest.raises(AlreadyStored), stored.write() as work:
        work.accounts.save(replace(SECOND_BOB, username="BOB"))


def test_an_email_finds_every_account_that_has_it_of_any_status_by_username(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.accounts.save(SECOND_BOB)
    with stored.read() as work:
        assert work.accounts.with_email(ACME.id, "bob@acme.example") == [BOB, SECOND_BOB]
        assert work.accounts.with_email(ACME.id, "carol@acme.example") == []


def test_an_email_that_was_changed_is_found_by_the_new_one_only(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.accounts.save(replace(BOB, email="robert@bücher.example"))
    with stored.read() as work:
        assert work.accounts.with_email(ACME.id, "bob@acme.example") == []
        assert len(work.accounts.with_email(ACME.id, "robert@xn--bcher-kva.example")) == 1


def test_an_external_id_is_found_exactly(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert work.accounts.with_external_id(ACME.id, "E-1") == [BOB]
        assert work.accounts.with_external_id(ACME.id, "e-1") == []


def test_accounts_of_a_tenant_come_by_username(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert work.accounts.of_tenant(ACME.id) == [ALICE, BOB]


def test_accounts_of_another_tenant_are_absent(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.accounts.set_password_hash(ACME.id, BOB.id, "hash of acme's")
        work.accounts.signed_in(ACME.id, BOB.id, at=NOW, method=Method.SSO)
    with stored.read() as work:
        assert work.accounts.get(GLOBEX.id, ALICE.id) is None
        assert work.accounts.by_username(GLOBEX.id, "alice") is None
        assert work.accounts.with_username(GLOBEX.id, "alice") == []
        assert work.accounts.with_email(GLOBEX.id, "alice@acme.example") == []
        assert work.accounts.with_email(GLOBEX.id, "bob@acme.example") == [GLOBEX_BOB]
        assert work.accounts.with_external_id(GLOBEX.id, "E-1") == [GLOBEX_BOB]
        assert work.accounts.of_tenant(GLOBEX.id) == [GLOBEX_BOB]
        assert work.accounts.password_hash(GLOBEX.id, BOB.id) is None


def test_the_password_hash_is_read_where_it_is_asked_for(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.accounts.set_password_hash(ACME.id, BOB.id, "$argon2id$")
    with stored.read() as work:
        assert work.accounts.password_hash(ACME.id, BOB.id) == "$argon2id$"
        assert work.accounts.password_hash(ACME.id, ALICE.id) is None
        assert work.accounts.password_hash(ACME.id, AccountId("nobody")) is None


def test_saving_an_account_leaves_password_and_last_login_alone(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.accounts.set_password_hash(ACME.id, BOB.id, "$argon2id$")
        work.accounts.signed_in(ACME.id, BOB.id, at=NOW, method=Method.SSO)
        work.accounts.save(replace(BOB, name="Robert"))
    with stored.read() as work:
        assert work.accounts.password_hash(ACME.id, BOB.id) == "$argon2id$"
        assert work.accounts.get(ACME.id, BOB.id) == replace(BOB, name="Robert", last_login_at=NOW, last_sso_at=NOW)


@pytest.mark.parametrize("text", unstorable())
def test_text_that_no_database_can_hold_finds_nobody(stored: SqlDatabase, text: str) -> None:
    with stored.read() as work:
        assert work.accounts.by_username(ACME.id, text) is None
        assert work.accounts.get(ACME.id, AccountId(text)) is None
        assert work.accounts.with_email(ACME.id, text) == []
