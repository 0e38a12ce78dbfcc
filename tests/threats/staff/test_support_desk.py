"""What somebody could make support do, or see, on the pages for those who call (docs/rules.md, rules 1 and 13)."""

import re
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, Role
from app.domain.sessions.session import session_id
from app.domain.tenants.tenant import Status, Tenant
from tests.builders import World, hidden_fields, password_login, reference_in
from tests.contracts.audit.audited import broken
from tests.fake_idp import FakeProvider, changed
from tests.threats.acme import ALICE, PASSWORD, Acme, cookies

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
LIVE_MARKUP = re.compile(r"<script>alert|<img src=x|onerror=alert\(2\)>|\"'><")
TURNED = "\u202egnp.exe"


@dataclass
class Desk:
    """Acme, whose alice is signed in; another tenant, globex; and sam of the vendor's support, who has just come in."""

    acme: Acme
    globex: Tenant
    gina: Account

    @property
    def world(self) -> World:
        return self.acme.world

    def __post_init__(self) -> None:
        staff = self.world.tenant("staff", name="Vendor")
        self.world.account(staff, "sam", password=PASSWORD, roles=[Role.SUPPORT])
        self.sam = self.world.client()
        assert password_login(self.sam, "sam", PASSWORD, tenant="staff").status_code == 303
        self.gina_browser = self.world.client()
        assert password_login(self.gina_browser, "gina", PASSWORD, tenant="globex").status_code == 303

    def of_gina(self) -> str:
        """The id of her session, as it stands in the addresses of pages."""
        return session_id(cookies(self.gina_browser)["sso_session"])

    def post(self, path: str) -> TestResponse:
        csrf = hidden_fields(self.sam.get("/account"))["csrf_token"]
        return self.sam.post(path, data={"csrf_token": csrf, "reason": "by mistake", "decision": "accept"})

    def look_up(self, reference: str) -> str:
        return self.sam.get(f"/support/references?q={reference}").get_data(as_text=True)


@pytest.fixture
def desk(acme: Acme) -> Desk:
    globex = acme.world.tenant("globex")
    gina = acme.world.account(globex, "gina", email="gina@globex.example", password=PASSWORD)
    return Desk(acme=acme, globex=globex, gina=gina)


@pytest.mark.parametrize("act", ["", "/disable", "/sessions", "/reset", "/invite", "/second-factor", "/enable"])
def test_an_account_of_another_tenant_is_as_good_as_absent(desk: Desk, act: str) -> None:
    path = f"/support/tenants/acme/people/{desk.gina.id}{act}"
    assert desk.sam.get(path).status_code == 404
    if act:
        assert desk.post(path).status_code == 404
    with desk.world.bridge.database.read() as work:
        gina = work.accounts.get(desk.globex.id, desk.gina.id)
        assert gina
        assert gina.status is Status.ACTIVE
        assert not work.audit.of_tenant(desk.globex.id)
        assert not work.audit.of_tenant(desk.acme.tenant.id)
    assert desk.world.session(desk.gina_browser)


def test_a_session_of_another_tenant_is_as_good_as_absent(desk: Desk) -> None:
    path = f"/support/tenants/acme/activity/sessions/{desk.of_gina()}/end"
    assert desk.sam.get(path).status_code == 404
    assert desk.post(path).status_code == 404
    assert desk.world.session(desk.gina_browser)
    assert desk.post(path.replace("acme", "globex")).status_code == 303
    assert desk.world.session(desk.gina_browser) is None


def test_the_cookie_of_a_session_stands_on_no_page(desk: Desk) -> None:
    cookie = cookies(desk.gina_browser)["sso_session"]
    for path in ("activity/sessions", f"people/{desk.gina.id}"):
        page = desk.sam.get(f"/support/tenants/globex/{path}").get_data(as_text=True)
        assert desk.of_gina() in page
        assert cookie not in page


def test_the_id_of_a_session_opens_nothing(desk: Desk) -> None:
    thief = desk.world.client()
    thief.set_cookie("sso_session", desk.of_gina())
    assert desk.world.session(thief) is None


def test_what_a_provider_says_is_text_on_the_page_of_a_reference(desk: Desk) -> None:
    desk.acme.idp.answer("token", status=400, body={"error": "invalid_client", "error_description": SCRIPT + TURNED})
    page = desk.look_up(reference_in(desk.acme.sign_in()))
    desk.acme.idp.honest()
    assert "client_refused" in page
    assert "alert(1)" in page
    assert not LIVE_MARKUP.search(page)
    assert "\u202e" not in page


def test_names_of_claims_and_what_was_received_are_text(desk: Desk) -> None:
    idp = desk.acme.idp
    idp.on.id_token(changed(**{SCRIPT: "1", TURNED: "1", "email": None}))
    idp.on.userinfo(changed(email=None))
    pages = [desk.look_up(reference_in(desk.acme.sign_in()))]
    idp.honest()
    idp.on.id_token(changed(iss=f"https://idp.example/{SCRIPT}{TURNED}"))
    pages.append(desk.look_up(reference_in(desk.acme.sign_in())))
    idp.honest()
    for page in pages:
        assert "alert(1)" in page
        assert not LIVE_MARKUP.search(page)
        assert "\u202e" not in page


def test_names_that_people_have_or_type_are_text_on_every_page(desk: Desk) -> None:
    world = desk.world
    odd = world.account(desk.globex, SCRIPT, email=ALICE, password=PASSWORD)
    browser = world.client()
    password_login(browser, SCRIPT, PASSWORD, tenant="globex")
    for _ in range(11):
        password_login(world.client(), SCRIPT, "a guess", tenant="globex")
    paths = ["people", "people?q=%3Cscript", f"people/{odd.id}", f"people/{odd.id}/disable", "activity/sessions"]
    for path in [*(f"/support/tenants/globex/{path}" for path in paths), "/support/throttled"]:
        page = desk.sam.get(path).get_data(as_text=True)
        assert "alert(1)" in page, path
        assert not LIVE_MARKUP.search(page), path


def test_a_subject_and_an_issuer_that_are_held_are_text(desk: Desk, idp: FakeProvider) -> None:
    desk.acme.sign_in()
    idp.person(SCRIPT[:200], email=ALICE)
    reference = reference_in(desk.acme.sign_in(desk.world.client()))
    pages = [desk.look_up(reference), desk.sam.get("/support/held").get_data(as_text=True)]
    assert "alert(1)" in pages[1]
    assert not any(LIVE_MARKUP.search(page) for page in pages)


@pytest.mark.parametrize("typed", [SCRIPT, TURNED, "'; DROP TABLE traces; --", "%27"])
def test_what_support_types_comes_back_as_text(desk: Desk, typed: str) -> None:
    for path, name in (("/support/references", "q"), ("/support/tenants/globex/people", "q")):
        page = desk.sam.get(path, query_string={name: typed}).get_data(as_text=True)
        assert not LIVE_MARKUP.search(page)


def test_a_release_stands_in_the_audit_of_the_tenant_it_is_about(desk: Desk) -> None:
    for _ in range(11):
        password_login(desk.world.client(), "gina", "a guess", tenant="globex")
    page = desk.sam.get("/support/throttled")
    keys = re.findall(r'name="key" value="([^"]+)"', page.get_data(as_text=True))
    desk.sam.post("/support/throttled", data={**hidden_fields(page), "key": keys, "reason": "gina called"})
    with desk.world.bridge.database.read() as work:
        entries = work.audit.of_tenant(desk.globex.id)
        assert not work.audit.of_tenant(desk.acme.tenant.id)
    assert [(entry.action, entry.actor, entry.subject, entry.reason) for entry in entries] == [
        ("throttle.released", "staff/sam", "globex/gina", "gina called")
    ] * len(keys)
    assert not broken(desk.world.bridge.audit)


def test_a_password_typed_as_a_name_is_written_nowhere_before_it_is_stopped(desk: Desk) -> None:
    for _ in range(9):
        password_login(desk.world.client(), "my-secret-passphrase", "x", tenant="globex")
    with desk.world.bridge.database.engine.connect() as connection:
        assert "my-secret-passphrase" not in str(connection.exec_driver_sql("SELECT * FROM counters").all())
