"""A set-up link opens the set-up of one tenant for its recipient, and decides nothing (docs/rules.md, rule 24)."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.setup.setup_link import CODE_AGAIN_S, CODE_S, CODES_MOST, LIFETIME_S, SESSION_S, TRIES_MOST
from app.domain.tenants.tenant import Status
from tests.builders import World, hidden_fields, password_login
from tests.contracts.race import AT_ONCE, all_at_once
from tests.threats.acme import PASSWORD
from tests.threats.setup.newcomer import IT, Newcomer

ADA = Actor("acme/ada")
WRONG = "0000-0000-00"


def closed(browser: FlaskClient, path: str = "/setup/sso") -> bool:
    answer = browser.get(path)
    return answer.status_code == 404 and "No set-up is open in this browser" in answer.get_data(as_text=True)


def test_the_link_and_the_code_open_the_set_up_and_each_step_is_recorded(newcomer: Newcomer) -> None:
    newcomer.open()
    newcomer.begin()
    steps = [(one.action, one.actor) for one in newcomer.audit()]
    by_link = f"set-up link ({IT})"
    assert steps == [
        ("setup_link.sent", "staff/sam"),
        ("setup_link.code_sent", by_link),
        ("setup_link.opened", by_link),
        ("connection.draft_begun", by_link),
    ]
    assert all(one.address == "127.0.0.1" for one in newcomer.audit()[1:])


def test_a_link_forwarded_to_somebody_else_opens_nothing_without_the_mailbox(newcomer: Newcomer) -> None:
    somebody = newcomer.world.client()
    newcomer.ask(somebody)
    assert newcomer.type(WRONG, somebody).status_code == 400
    assert closed(somebody)


def test_a_code_told_to_somebody_else_opens_nothing_in_another_browser(newcomer: Newcomer) -> None:
    newcomer.ask()
    somebody = newcomer.world.client()
    answer = newcomer.type(newcomer.code(), somebody)
    assert answer.status_code == 400
    assert "No code was sent for this browser" in answer.get_data(as_text=True)
    assert closed(somebody)
    assert newcomer.type(newcomer.code()).status_code == 303


def test_a_link_opened_by_a_scanner_is_as_good_as_before(newcomer: Newcomer) -> None:
    scanner = newcomer.world.client()
    for path in (newcomer.url, f"{newcomer.url}/code"):
        for method in ("GET", "HEAD"):
            assert scanner.open(path, method=method).status_code == 200
    assert len(newcomer.mails()) == 1
    newcomer.open()


def test_no_other_site_has_a_code_sent(newcomer: Newcomer) -> None:
    assert newcomer.browser.post(newcomer.url).status_code == 400
    assert len(newcomer.mails()) == 1


def test_a_link_used_twice_opens_once(newcomer: Newcomer) -> None:
    newcomer.ask()
    code = newcomer.code()
    form = hidden_fields(newcomer.browser.get(f"{newcomer.url}/code"))
    assert newcomer.browser.post(f"{newcomer.url}/code", data={**form, "code": code}).status_code == 303
    somebody = newcomer.world.client()
    answer = somebody.get(newcomer.url)
    assert answer.status_code == 410
    assert "has been opened already" in answer.get_data(as_text=True)
    assert newcomer.browser.get(newcomer.url).headers["Location"] == "/setup/sso"


def test_of_many_who_type_the_right_code_at_once_one_gets_in(newcomer: Newcomer) -> None:
    newcomer.ask()
    code, links = newcomer.code(), newcomer.world.bridge.setup_links
    token = newcomer.url.rpartition("/")[2]
    cookie = newcomer.browser.get_cookie("sso_browser")
    assert cookie is not None
    redeemed = all_at_once(lambda _: links.redeem(token, code, cookie.value, client_ip="192.0.2.1"))
    assert sum(bool(one.session) for one in redeemed) == 1


def test_after_72_hours_the_link_opens_nothing_and_what_is_open_ends(newcomer: Newcomer) -> None:
    newcomer.ask()
    code = newcomer.code()
    newcomer.world.clock.forward(LIFETIME_S + 1)
    assert newcomer.browser.get(newcomer.url).status_code == 410
    token = newcomer.url.rpartition("/")[2]
    assert not newcomer.world.bridge.setup_links.redeem(token, code, "b", client_ip="").session


def test_an_open_set_up_ends_with_the_72_hours_of_its_link(newcomer: Newcomer) -> None:
    newcomer.world.clock.forward(LIFETIME_S - 60)
    newcomer.open()
    newcomer.world.clock.forward(61)
    assert closed(newcomer.browser)


def test_an_open_set_up_ends_after_a_working_day(newcomer: Newcomer) -> None:
    newcomer.open()
    newcomer.world.clock.forward(SESSION_S - 10)
    assert newcomer.browser.get("/setup/sso/new").status_code == 200
    newcomer.world.clock.forward(11)
    assert closed(newcomer.browser)


def test_after_its_revocation_a_link_opens_nothing(newcomer: Newcomer) -> None:
    newcomer.ask()
    code = newcomer.code()
    newcomer.world.bridge.setup_links.revoke(newcomer.tenant, newcomer.link.id, by=ADA)
    assert newcomer.browser.get(newcomer.url).status_code == 410
    token = newcomer.url.rpartition("/")[2]
    assert not newcomer.world.bridge.setup_links.redeem(token, code, "b", client_ip="").session


def test_a_revocation_stops_an_open_set_up_at_once(newcomer: Newcomer) -> None:
    newcomer.open()
    draft, token = newcomer.begin(), newcomer.token()
    newcomer.world.bridge.setup_links.revoke(newcomer.tenant, newcomer.link.id, by=ADA)
    for path in ("/setup/sso", "/setup/sso/new", f"/setup/sso/{draft}/activate"):
        assert closed(newcomer.browser, path)
    before = newcomer.audit()
    answer = newcomer.browser.post("/setup/sso/new", data={"csrf_token": token, "preset": "okta", "name": "x"})
    assert answer.status_code == 404
    assert newcomer.audit() == before


def test_a_disabled_tenant_is_not_set_up(newcomer: Newcomer) -> None:
    newcomer.open()
    newcomer.world.save(replace(newcomer.tenant, status=Status.DISABLED))
    assert closed(newcomer.browser)
    other = newcomer.world.client()
    assert other.get(newcomer.url).status_code == 410


def test_guessing_the_code_locks_the_link(newcomer: Newcomer) -> None:
    newcomer.ask()
    for left in range(TRIES_MOST - 1, 0, -1):
        assert f"try {left} more times" in newcomer.type(WRONG).get_data(as_text=True)
    assert newcomer.type(WRONG).status_code == 410
    form = {"code": newcomer.code(), **hidden_fields(newcomer.browser.get("/t/acme/login"))}
    assert newcomer.browser.post(f"{newcomer.url}/code", data=form).status_code == 410
    assert newcomer.audit()[-1].action == "setup_link.locked"


def test_guesses_of_several_codes_are_counted_together(newcomer: Newcomer) -> None:
    for _ in range(2):
        newcomer.ask()
        newcomer.type(WRONG)
        newcomer.world.clock.forward(CODE_AGAIN_S)
    newcomer.ask()
    assert f"try {TRIES_MOST - 3} more times" in newcomer.type(WRONG).get_data(as_text=True)


def test_guesses_made_at_once_are_all_counted(newcomer: Newcomer) -> None:
    newcomer.ask()
    cookie = newcomer.browser.get_cookie("sso_browser")
    assert cookie is not None
    token, links = newcomer.url.rpartition("/")[2], newcomer.world.bridge.setup_links
    all_at_once(lambda _: links.redeem(token, WRONG, cookie.value, client_ip="192.0.2.1"))
    seen = links.one(newcomer.tenant, newcomer.link.id)
    assert seen.link.tries == AT_ONCE


def test_an_old_code_and_one_that_was_replaced_open_nothing(newcomer: Newcomer) -> None:
    newcomer.ask()
    first = newcomer.code()
    newcomer.world.clock.forward(CODE_AGAIN_S)
    newcomer.ask()
    assert newcomer.type(first).status_code == 400
    newcomer.world.clock.forward(CODE_S)
    assert "too old" in newcomer.type(newcomer.code()).get_data(as_text=True)
    assert closed(newcomer.browser)


def test_nobody_floods_the_mailbox(newcomer: Newcomer) -> None:
    newcomer.ask()
    assert newcomer.ask().status_code == 429
    for _ in range(2 * CODES_MOST):
        newcomer.world.clock.forward(CODE_AGAIN_S)
        newcomer.ask()
    assert len(newcomer.mails()) == 1 + CODES_MOST
    assert "No more codes can be sent" in newcomer.ask().get_data(as_text=True)


def test_an_invented_link_is_not_there_and_is_told_apart_from_nothing(world: World) -> None:
    world.tenant("acme")
    for token in ("x" * 43, "sso%00", "%ED%A0%80"):
        assert world.client().get(f"/setup/{token}").status_code == 404


@pytest.mark.parametrize("path", ["/setup/sso/{}/activate", "/setup/sso/{}/guide", "/setup/sso/{}/client"])
def test_another_tenants_draft_is_not_there(newcomer: Newcomer, path: str) -> None:
    newcomer.open()
    globex = newcomer.world.tenant("globex")
    others = Newcomer(newcomer.world, globex)
    others.open()
    draft = others.begin()
    assert newcomer.browser.get(path.format(draft)).status_code == 404
    assert newcomer.browser.post(path.format(draft), data={"csrf_token": newcomer.token()}).status_code == 404


def test_a_draft_of_somebody_with_an_account_is_not_there(newcomer: Newcomer) -> None:
    """An admin's own work, or a proposal that an admin goes on with."""
    newcomer.open()
    drafts = newcomer.world.bridge.drafts
    admins = drafts.begin(newcomer.tenant, "oidc", "admins", by=ADA)
    own = drafts.one(newcomer.tenant, newcomer.begin())
    assert newcomer.browser.get(f"/setup/sso/{admins.draft.id}/activate").status_code == 404
    assert newcomer.browser.get(f"/setup/sso/{own.draft.id}/activate").status_code == 200
    drafts.save(newcomer.tenant, own.draft.id, {"issuer": "https://idp.example"}, version=own.draft.version, by=ADA)
    assert newcomer.browser.get(f"/setup/sso/{own.draft.id}/activate").status_code == 404


def test_the_cookie_of_a_set_up_opens_no_console_and_no_account(newcomer: Newcomer) -> None:
    newcomer.open()
    for rule in newcomer.world.app.url_map.iter_rules():
        if not rule.rule.startswith(("/admin", "/support", "/account")) or rule.arguments - {"slug"}:
            continue
        path = rule.rule.replace("<slug>", "acme")
        if "GET" in (rule.methods or ()):
            answer = newcomer.browser.get(path)
            assert answer.status_code in (302, 303, 404), path
            assert "acme" not in answer.get_data(as_text=True).lower().replace(path, ""), path
    assert newcomer.browser.get("/session").status_code == 401


def test_the_session_of_an_account_opens_no_set_up(newcomer: Newcomer) -> None:
    newcomer.world.account(newcomer.tenant, "ada", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    newcomer.open()
    draft = newcomer.begin()
    ada = newcomer.world.client()
    assert password_login(ada, "ada", PASSWORD).status_code == 303
    for path in ("/setup/sso", "/setup/sso/new", f"/setup/sso/{draft}/activate"):
        assert closed(ada, path)
    token = hidden_fields(ada.get("/account"))["csrf_token"]
    assert ada.post("/setup/sso/new", data={"csrf_token": token, "preset": "oidc"}).status_code == 404
    assert newcomer.browser.post("/setup/sso/new", data={"csrf_token": token, "preset": "oidc"}).status_code == 400


def test_a_set_up_activates_nothing(newcomer: Newcomer) -> None:
    """Neither by what it proposes, nor by any address that asks an account for a fresh authentication."""
    newcomer.open()
    draft = newcomer.begin()
    token = newcomer.token()
    for rule in newcomer.world.app.url_map.iter_rules():
        if rule.rule.startswith("/setup/") and "POST" in (rule.methods or ()) and "token" not in rule.arguments:
            path = rule.rule.replace("<connection_id>", draft).replace("<step>", "client")
            if not path.endswith("/leave"):
                newcomer.browser.post(path, data={"csrf_token": token})
    with newcomer.world.bridge.database.read() as work:
        connections = work.connections.of_tenant(newcomer.tenant.id)
    assert {one.status for one in connections} == {Status.DISABLED}
    actions = {one.action for one in newcomer.audit()}
    assert not actions & {"connection.created", "connection.changed", "connection.restored"}


def test_the_keys_of_an_own_draft_are_shown_and_not_changed(newcomer: Newcomer) -> None:
    newcomer.open()
    here = f"/setup/sso/{newcomer.begin()}/keys"
    page = newcomer.browser.get(here).get_data(as_text=True)
    assert "http://localhost:8000/t/acme/jwks/main" in page
    assert "/keys/new" not in page
    for act in ("new", "retire", "withdraw"):
        assert newcomer.browser.get(f"{here}/{act}").status_code == 404
        assert newcomer.browser.post(f"{here}/{act}", data={"csrf_token": newcomer.token()}).status_code == 404


def test_neither_link_nor_code_nor_cookie_is_stored_as_it_is(newcomer: Newcomer) -> None:
    newcomer.ask()
    code = newcomer.code()
    newcomer.type(code)
    cookie = newcomer.browser.get_cookie("sso_setup")
    assert cookie is not None
    secrets = (newcomer.url.rpartition("/")[2], code, code.replace("-", ""), cookie.value)
    with newcomer.world.bridge.database.engine.connect() as connection:
        for table in ("setup_links", "outbox", "audit_entries", "traces"):
            rows = str(connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall())  # noqa: S608 - fixed names
            assert not [secret for secret in secrets if secret in rows], table


def test_who_ends_the_set_up_is_out(newcomer: Newcomer) -> None:
    newcomer.open()
    assert newcomer.browser.post("/setup/leave", data={"csrf_token": newcomer.token()}).status_code == 303
    assert closed(newcomer.browser)
    assert newcomer.audit()[-1].action == "setup_link.left"
