"""A forgotten password: a link by mail, good once, for its account, for an hour, and for nothing else."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from app.domain.errors import StoreUnavailable
from app.domain.passwords.password_link import LinkKind
from app.domain.reasons import ReasonCode
from app.services.login.tickets import TICKET
from app.services.passwords.password_links import LINK
from app.web.headers import CLOSED
from tests.builders import BASE_URL, World, hidden_fields
from tests.threats.acme import ALICE, PASSWORD, Acme, cookies, session_cookie
from tests.threats.passwords.mailed import NEW, ask, form_of, mails, newest_link, open_link, send, use

HOUR_S = 3600
PAGE = "/t/acme/password/new"


def opens(acme: Acme, password: str) -> bool:
    """Whether alice gets in with it."""
    return acme.password(acme.world.client(), password=password).status_code == 303


def test_a_forgotten_password_is_replaced_by_mail(acme: Acme) -> None:
    asked = ask(acme.browser, "alice")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/t/acme/password/forgot?asked=1")
    (mail,) = mails(acme.world)
    assert mail.to == ALICE
    assert all(word in mail.body for word in ("Alice", "alice", "Acme", "within one hour", "If you did not ask"))
    done = use(acme.browser, newest_link(acme.world))
    assert done.headers["Location"] == "/t/acme/login?new-password=set"
    assert (
        "Your password has been changed. Sign in with your new password."
        in acme.browser.get(done.headers["Location"]).text
    )
    assert session_cookie(done) is None
    assert acme.opened() is None, "nobody is signed in by a link"
    assert not opens(acme, PASSWORD)
    assert opens(acme, NEW)


def test_whoever_was_signed_in_by_the_old_password_is_signed_out(acme: Acme) -> None:
    by_password, by_sso = acme.world.client(), acme.world.client()
    acme.password(by_password)
    acme.sign_in(by_sso)
    bob = acme.world.account(acme.tenant, "bob", password=PASSWORD)
    colleague = acme.world.client()
    acme.password(colleague, username="bob")
    use(acme.world.client(), send(acme.world, acme.alice))
    assert acme.opened(by_password) is None
    assert acme.opened(by_sso) == "alice"
    assert acme.opened(colleague) == bob.username


def test_the_person_is_told_and_one_entry_is_recorded(acme: Acme) -> None:
    link = send(acme.world, acme.alice)
    before = acme.rows()["audit_entries"]
    use(acme.browser, link)
    told = mails(acme.world)[0]
    assert told.to == ALICE
    assert all(word in told.body for word in ("was changed on", "127.0.0.1", "If this was not you", "/password/forgot"))
    assert acme.rows()["audit_entries"] == before + 1
    with acme.world.bridge.database.read() as work:
        entry = work.audit.of_tenant(acme.tenant.id)[-1]
    assert (entry.actor, entry.action, entry.subject) == ("acme/alice", "account.password", "acme/alice")
    assert dict(entry.after) == {"by": "a link (reset)", "sessions_ended": 0}
    assert NEW not in repr(entry)


def test_a_link_is_good_once(acme: Acme) -> None:
    link = send(acme.world, acme.alice)
    form = form_of(acme.browser, link)
    assert acme.browser.post(PAGE, data=form).status_code == 303
    trace = acme.refused(
        acme.browser.post(PAGE, data={**form, "new": "x" * 12, "again": "x" * 12}), ReasonCode.LINK_REFUSED
    )
    assert (trace["method"], trace["tenant"]) == ("password", "acme")
    acme.refused(open_link(acme.browser, link), ReasonCode.LINK_REFUSED)
    assert opens(acme, NEW)


def test_of_two_tabs_that_send_one_link_one_sets_the_password(either_world: World) -> None:
    tenant = either_world.tenant("acme")
    alice = either_world.account(tenant, "alice", email=ALICE, password=PASSWORD)
    link = send(either_world, alice)
    browsers = [either_world.client() for _ in range(4)]
    forms = [form_of(browser, link, new=f"seven lanterns {number}") for number, browser in enumerate(browsers)]

    def sent(pair: tuple[FlaskClient, dict[str, str]]) -> int:
        return pair[0].post(PAGE, data=pair[1]).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(sent, zip(browsers, forms, strict=True)))
    assert answers == [303, 400, 400, 400]
    with either_world.bridge.database.read() as work:
        stored = work.accounts.password_hash(tenant.id, alice.id)
        entries = [entry.action for entry in work.audit.of_tenant(tenant.id)]
    assert [either_world.bridge.hasher.verify(form["new"], stored) for form in forms].count(True) == 1
    assert entries.count("account.password") == 1


def test_looking_at_a_link_uses_nothing_up(acme: Acme) -> None:
    """Mail scanners open every link, some of them twice, in a browser of their own."""
    link = send(acme.world, acme.alice)
    for _ in range(5):
        scanner = acme.world.client()
        assert scanner.head(link).status_code == 303
        assert open_link(scanner, link).status_code == 200
    assert use(acme.browser, link).status_code == 303


def test_a_link_lasts_an_hour_and_an_invitation_seven_days(acme: Acme) -> None:
    guest = acme.world.account(acme.tenant, "guest", email="guest@acme.example")
    for account, kind, good_s in ((acme.alice, LinkKind.RESET, HOUR_S), (guest, LinkKind.INVITATION, 168 * HOUR_S)):
        link = send(acme.world, account, kind)
        acme.world.clock.forward(good_s - 60)
        form = form_of(acme.browser, link)
        acme.world.clock.forward(61)
        acme.refused(acme.browser.post(PAGE, data=form), ReasonCode.LINK_REFUSED)
        trace = acme.refused(open_link(acme.browser, link), ReasonCode.LINK_REFUSED)
        assert trace["details"]["error"] == "it is too old"


def test_a_newer_password_kills_every_link_that_was_sent_before(acme: Acme) -> None:
    first, second = send(acme.world, acme.alice), send(acme.world, acme.alice)
    assert use(acme.browser, second).status_code == 303
    acme.refused(open_link(acme.browser, first), ReasonCode.LINK_REFUSED)


def test_a_change_of_email_kills_the_links_that_went_to_the_old_one(acme: Acme) -> None:
    link = send(acme.world, acme.alice)
    form = form_of(acme.browser, link)
    acme.world.save(replace(acme.alice, email="new@acme.example"))
    acme.refused(acme.browser.post(PAGE, data=form), ReasonCode.LINK_REFUSED)
    assert opens(acme, PASSWORD)


@pytest.mark.parametrize("what", ["account", "tenant"])
def test_a_link_of_what_is_switched_off_sets_nothing(acme: Acme, what: str) -> None:
    link = send(acme.world, acme.alice)
    form = form_of(acme.browser, link)
    acme.switch_off(what)
    code = ReasonCode.LINK_REFUSED if what == "account" else ReasonCode.TENANT_DISABLED
    acme.refused(acme.browser.post(PAGE, data=form), code)
    acme.refused(open_link(acme.browser, link), code)
    acme.world.save(acme.alice)
    acme.world.save(acme.tenant)
    assert opens(acme, PASSWORD)


def test_a_link_of_another_tenant_is_none_of_this_one(acme: Acme) -> None:
    globex = acme.world.tenant("globex")
    acme.world.account(globex, "alice", email=ALICE, password=PASSWORD)
    link = send(acme.world, acme.alice)
    foreign = link.replace("/t/acme/", "/t/globex/")
    trace = acme.refused(open_link(acme.browser, foreign), ReasonCode.LINK_REFUSED)
    assert (trace["tenant"], trace["details"]["error"]) == ("globex", "it belongs to another tenant")
    form = form_of(acme.browser, link)
    acme.refused(acme.browser.post("/t/globex/password/new", data=form), ReasonCode.LINK_REFUSED)
    assert opens(acme, PASSWORD)


@pytest.mark.parametrize("link", ["", "x", "A" * 300, "é", "\x00", "A" * 5000])
def test_what_we_did_not_seal_is_no_link(steady: Acme, link: str) -> None:
    steady.refused(open_link(steady.browser, f"{PAGE}?link={link}"), ReasonCode.LINK_REFUSED)
    form = hidden_fields(steady.browser.get("/t/acme/password/forgot"))
    data = {**form, "link": link, "new": NEW, "again": NEW}
    steady.refused(steady.browser.post(PAGE, data=data), ReasonCode.LINK_REFUSED)


def test_what_we_sealed_for_something_else_is_no_link(acme: Acme) -> None:
    link = send(acme.world, acme.alice)
    sealer = acme.world.bridge.sealer
    text = sealer.open(link.partition("link=")[2], purpose=LINK.purpose)
    other = sealer.seal(text, purpose=TICKET.purpose)
    acme.refused(open_link(acme.browser, f"{PAGE}?link={other}"), ReasonCode.LINK_REFUSED)


def test_a_link_says_little_and_nothing_that_helps_to_guess(acme: Acme) -> None:
    sealed = send(acme.world, acme.alice).partition("link=")[2]
    assert len(sealed) < 400
    said = json.loads(acme.world.bridge.sealer.open(sealed, purpose=LINK.purpose))
    with acme.world.bridge.database.read() as work:
        stored = work.accounts.password_hash(acme.tenant.id, acme.alice.id)
    assert stored not in said
    assert "$argon2" not in json.dumps(said)


def test_the_address_of_the_page_holds_no_link_and_neither_do_its_neighbours(
    acme: Acme, capfd: pytest.CaptureFixture[str]
) -> None:
    link = send(acme.world, acme.alice)
    sealed = link.partition("link=")[2]
    first = acme.browser.get(link)
    assert (first.status_code, first.headers["Location"]) == (303, PAGE)
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert first.headers["Content-Security-Policy"] == CLOSED
    shown = acme.browser.get(PAGE)
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["Cache-Control"] == "no-store"
    assert use(acme.browser, link).status_code == 303
    acme.refused(open_link(acme.browser, link), ReasonCode.LINK_REFUSED)
    with acme.world.bridge.database.read() as work:
        kept = repr([work.audit.of_tenant(acme.tenant.id), work.traces.recent(acme.tenant.id, most=50)])
    said = capfd.readouterr()
    assert sealed not in kept + said.out + said.err


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded", "X-Original-Host"])
def test_a_link_leads_to_the_bridge_whatever_host_a_request_names(acme: Acme, header: str) -> None:
    path = "/t/acme/password/forgot"
    form = {**hidden_fields(acme.browser.get(path)), "username": "alice"}
    jar = "; ".join(f"{name}={value}" for name, value in cookies(acme.browser).items())
    headers = {"Cookie": jar, header: "host=evil.example" if header == "Forwarded" else "evil.example"}
    assert acme.world.app.test_client(use_cookies=False).post(path, data=form, headers=headers).status_code == 303
    (mail,) = mails(acme.world)
    assert "evil" not in mail.body
    assert all(link.startswith(f"{BASE_URL}/t/acme/") for link in mail.links)


def test_a_form_that_another_site_posts_sends_and_sets_nothing(acme: Acme) -> None:
    link = send(acme.world, acme.alice)
    form = form_of(acme.browser, link)
    sent = len(mails(acme.world))
    for token in ("", "x", form_of(acme.world.client(), link)["csrf_token"]):
        answer = acme.browser.post(PAGE, data={**form, "csrf_token": token})
        assert acme.refused(answer, ReasonCode.CSRF)["method"] == "password"
        data = {"username": "alice", "csrf_token": token}
        acme.refused(acme.browser.post("/t/acme/password/forgot", data=data), ReasonCode.CSRF)
    assert len(mails(acme.world)) == sent
    assert opens(acme, PASSWORD)


def test_two_links_in_two_tabs_set_each_its_own_password(acme: Acme) -> None:
    bob = acme.world.account(acme.tenant, "bob", email=ALICE, password=PASSWORD)
    alices, bobs = send(acme.world, acme.alice), send(acme.world, bob)
    first = form_of(acme.browser, alices, new="alices new lantern")
    second = form_of(acme.browser, bobs, new="the other one of two")
    assert acme.browser.post(PAGE, data=first).status_code == 303
    assert acme.browser.post(PAGE, data=second).status_code == 303
    assert opens(acme, "alices new lantern")
    assert acme.password(acme.world.client(), username="bob", password="the other one of two").status_code == 303


def test_a_login_with_the_old_password_that_is_under_way_opens_nothing(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher, link = acme.world.bridge.hasher, send(acme.world, acme.alice)
    verify, other = hasher.verify, acme.world.client()

    def meanwhile(password: str, stored: str | None) -> bool:
        assert use(other, link).status_code == 303
        return verify(password, stored)

    monkeypatch.setattr(hasher, "verify", meanwhile)
    acme.refused(acme.password(acme.browser), ReasonCode.WRONG_PASSWORD)
    assert acme.opened() is None


def test_a_network_that_may_not_log_in_may_not_set_a_password_either(acme: Acme) -> None:
    link = send(acme.world, acme.alice)
    form = form_of(acme.browser, link)
    security = replace(acme.tenant.security, networks=("203.0.113.0/24",))
    acme.world.save(replace(acme.tenant, security=security))
    acme.refused(acme.browser.post(PAGE, data=form), ReasonCode.NETWORK_NOT_ALLOWED)


def test_without_a_store_for_counters_nobody_is_sent_anything(acme: Acme) -> None:
    class Away:
        def hit(self, limits: object) -> int:
            raise StoreUnavailable("redis")

    object.__setattr__(acme.world.bridge.password_links, "counters", Away())
    acme.refused(ask(acme.browser, "alice"), ReasonCode.STORE_UNAVAILABLE)
    assert mails(acme.world) == []


def test_support_never_sees_a_link(acme: Acme) -> None:
    """What `send` leaves behind is a mail to the person and an entry that says so."""
    send(acme.world, acme.alice)
    with acme.world.bridge.database.read() as work:
        entry = work.audit.of_tenant(acme.tenant.id)[-1]
    assert (entry.actor, entry.address, entry.reason) == ("staff/sam", "192.0.2.1", "ticket 4711")
    assert dict(entry.after) == {"kind": "reset", "to": ALICE, "sets_password": True}


def test_the_page_of_a_refused_link_leads_to_a_new_one(acme: Acme) -> None:
    page = open_link(acme.browser, f"{PAGE}?link=x").text
    assert 'href="/t/acme/password/forgot"' in page
    assert "Request a new link" in page
