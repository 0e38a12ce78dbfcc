"""A customer's admin brings her people in by a file."""

import io
from dataclasses import replace
from secrets import token_hex

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.accounts.account_import import ImportId, ImportState
from app.domain.accounts.people_file import ROWS_MOST
from app.domain.audit.audit import Actor
from app.domain.tenants.tenant import Status
from app.services.accounts import account_import
from app.services.accounts.account_changes import AccountRefused
from tests.builders import hidden_fields
from tests.integration.admin.office import Office
from tests.integration.support.counter import words

IMPORT = "/admin/people/import"


def upload(browser: FlaskClient, content: bytes, *, to: str = IMPORT, name: str = "people.csv") -> TestResponse:
    fields = hidden_fields(browser.get(to))
    return browser.post(to, data={**fields, "file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def checked(office: Office, content: bytes) -> str:
    """Where the check of a file is shown."""
    answer = upload(office.browser, content)
    assert answer.status_code == 303, words(answer, status=answer.status_code)
    return answer.headers["Location"]


def confirmed(office: Office, content: bytes) -> str:
    here = checked(office, content)
    answer = office.browser.post(here, data=hidden_fields(office.browser.get(here)))
    assert answer.status_code == 303, words(answer, status=answer.status_code)
    return here


def named(office: Office, username: str) -> Account | None:
    with office.world.bridge.database.read() as work:
        return work.accounts.by_username(office.tenant.id, username)


def test_each_row_says_what_would_happen(office: Office) -> None:
    office.person("bob", Role.AGENT)
    office.person("eve", Role.AGENT)
    page = words(
        office.browser.get(
            checked(
                office,
                b"username,email,roles\n"
                b"new,new@acme.example,\n"
                b"bob,robert@acme.example,agent\n"
                b"eve,eve@acme.example,agent\n"
                b"zoe,not an address,boss\n"
                b"new,again@acme.example,agent\n",
            )
        )
    )
    assert "2 new Create" in page
    assert "3 bob Change Email" in page
    assert "4 eve No change" in page
    assert "5 zoe Error" in page
    assert "Roles: Use “agent”, “supervisor” or “tenant_admin”." in page
    assert "6 new Error Username: " in page
    assert "2 rows are wrong." in page


def test_what_was_confirmed_is_carried_out_by_the_worker_as_a_whole(office: Office) -> None:
    bob = office.person("bob", Role.AGENT)
    browser = office.signed_in("bob")
    here = confirmed(office, b"username;name;email;status\nnew;New Person;new@acme.example;\nbob;Bob;;disabled\n")
    assert "Waiting for the import to start" in words(office.browser.get(here))
    assert named(office, "new") is None
    assert office.world.bridge.import_run.carry_out_waiting() == 1
    page = words(office.browser.get(here))
    assert "The import is done." in page
    new, after = named(office, "new"), named(office, "bob")
    assert new is not None
    assert (new.name, new.email, new.roles) == ("New Person", "new@acme.example", (Role.AGENT,))
    assert after is not None
    assert (after.id, after.email, after.status) == (bob.id, None, Status.DISABLED)
    assert browser.get("/session").status_code == 401, "disabling ends sessions"
    assert "people.csv" in office.read("/admin/activity/changes")


def test_nothing_is_imported_while_a_row_is_wrong(office: Office) -> None:
    here = checked(office, b"username,email\nnew,new@acme.example\nzoe,nobody\n")
    answer = office.browser.post(here, data=hidden_fields(office.browser.get(here)))
    assert answer.status_code == 409
    assert office.world.bridge.import_run.carry_out_waiting() == 0
    assert named(office, "new") is None


def test_an_import_of_somebody_who_was_disabled_meanwhile_is_not_carried_out(office: Office) -> None:
    here = confirmed(office, b"username,roles\nnew,agent\n")
    with office.world.bridge.database.write() as work:
        work.accounts.save(replace(office.ada, status=Status.DISABLED))
    office.world.bridge.import_run.carry_out_waiting()
    assert named(office, "new") is None
    check = office.world.bridge.account_imports.check(
        office.tenant, ImportId(here.rpartition("/")[2]), account=office.ada.id
    )
    assert check.upload.state is ImportState.STOPPED


def test_fifty_thousand_people_are_checked(office: Office) -> None:
    """No two rows are alike, so that hardly anything of the file can be compressed away."""
    lines = [f"{token_hex(8)},{token_hex(8)}@{token_hex(8)}.example" for _ in range(ROWS_MOST)]
    content, by, ada = "\n".join(["username,email", *lines]).encode(), Actor("acme/ada"), office.ada.id
    imports = office.world.bridge.account_imports
    upload = imports.upload(office.tenant, content, file_name="x.csv", by=by, account=ada)
    assert imports.check(office.tenant, upload, account=ada).totals.created == ROWS_MOST


def test_nobody_takes_the_last_administrator_away_by_a_file(office: Office) -> None:
    imports = office.world.bridge.account_imports
    content, by = b"username,roles\nada,agent\n", Actor("staff/olga", "127.0.0.1", "")
    upload = imports.upload(office.tenant, content, file_name="x.csv", by=by, account=AccountId("olga"))
    assert imports.check(office.tenant, upload, account=AccountId("olga")).totals.wrong == 1


def test_the_name_of_a_file_is_one_line_of_printable_text(office: Office) -> None:
    answer = upload(office.browser, b"username\nnew\n", name="a\x00b\u202e.csv")
    assert answer.status_code == 303
    page = office.browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "\x00" not in page
    assert "\u202e" not in page


def test_a_new_file_takes_the_place_of_what_its_uploader_has_not_confirmed(office: Office) -> None:
    first = checked(office, b"username\nfirst\n")
    second = checked(office, b"username\nsecond\n")
    assert office.browser.get(first).status_code == 404
    assert office.browser.get(second).status_code == 200


def test_confirming_twice_imports_once(office: Office) -> None:
    here = confirmed(office, b"username\nnew\n")
    form = {"csrf_token": hidden_fields(office.browser.get(IMPORT))["csrf_token"]}
    assert office.browser.post(here, data=form).status_code == 303
    assert office.world.bridge.import_run.carry_out_waiting() == 1
    assert office.browser.post(here, data=form).status_code == 303
    assert office.world.bridge.import_run.carry_out_waiting() == 0


def test_nobody_takes_their_own_access_away(office: Office) -> None:
    page = words(office.browser.get(checked(office, b"username,roles,status\nada,agent,disabled\n")))
    assert "1 row is wrong." in page
    assert "Roles: " in page
    assert "Status: " in page


def test_an_import_is_not_another_tenants(office: Office) -> None:
    here = checked(office, b"username\nnew\n")
    other = office.world.tenant("other")
    office.person("mallory", Role.TENANT_ADMIN, tenant=other)
    assert office.signed_in("mallory", tenant="other").get(here).status_code == 404


def test_staff_roles_come_by_no_file(office: Office) -> None:
    page = words(office.browser.get(checked(office, b"username,roles\nnew,operator\nzoe,support\n")))
    assert "2 rows are wrong." in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"name\nBob\n", "one of them has to be “username”"),
        (b"username\nJ\xfcrgen\n", "Line 2: This is not a UTF-8 text file."),
        (b"username,name\nbob,Miller, Bob\n", "Line 2: This row has more cells than there are columns."),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence_at_its_field(office: Office, content: bytes, sentence: str) -> None:
    answer = upload(office.browser, content)
    assert sentence in words(answer, status=400)
    assert 'id="file-error"' in answer.get_data(as_text=True)


def test_no_file_is_a_sentence_at_its_field(office: Office) -> None:
    answer = upload(office.browser, b"", name="")
    assert "Choose a CSV file." in words(answer, status=400)


def test_a_file_of_two_hundred_megabytes_is_a_sentence_at_its_field(office: Office) -> None:
    """The server hands on only its size."""
    answer = office.browser.post(
        IMPORT,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024**2)},
    )
    assert "This file is larger than 8 MB." in words(answer, status=413)
    assert 'id="file-error"' in answer.get_data(as_text=True)


def test_an_export_is_read_back_without_a_change(office: Office) -> None:
    office.world.account(office.tenant, "=cmd()", email="bob@acme.example", external_id="+49")
    answer = office.browser.get("/admin/people/export.csv")
    assert "'=cmd()" in answer.get_data(as_text=True), "no spreadsheet calculates it"
    page = words(office.browser.get(checked(office, answer.get_data())))
    assert "All accounts are already as the file describes them." in page


def test_a_plain_list_of_addresses_is_compared(office: Office) -> None:
    office.person("bob", Role.AGENT)
    here = "/admin/people/differences"
    answer = office.browser.post(
        here,
        data={
            **hidden_fields(office.browser.get(here)),
            "text": "bob@acme.example\nada@other.example\nnew@acme.example\n",
        },
    )
    page = words(answer)
    assert "1 address leads to an account." in page
    assert "ada@other.example ada@acme.example, in another domain" in page
    assert "Only at the provider 1" in page


def test_old_uploads_are_forgotten(office: Office) -> None:
    here = checked(office, b"username\nnew\n")
    office.world.clock.forward(account_import.KEPT_S + 1)
    assert office.world.bridge.account_imports.forget_some(10) == 1
    office.browser = office.signed_in("ada")
    assert office.browser.get(here).status_code == 404


def test_two_administrators_who_disable_each_other_leave_one(office: Office) -> None:
    """Both pages were opened while both were administrators; the tenant's lock only orders the two clicks."""
    bob = office.person("bob", Role.TENANT_ADMIN)
    changes, by = office.world.bridge.account_changes, Actor("acme/ada", "127.0.0.1", "")
    assert changes.switch("acme", bob.id, Status.DISABLED, by=by, acting=office.ada.id)
    with pytest.raises(AccountRefused):
        changes.switch("acme", office.ada.id, Status.DISABLED, by=by, acting=bob.id)
