import re
from dataclasses import replace

import pytest

from app.domain.connections.connection import ClientAuth, Connection, MatchBy, Protocol
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from app.domain.tenants.tenant import SessionLimits, Status, Tenant
from tests.builders import CLIENT_SECRET
from tests.fake_idp import FakeProvider
from tests.integration.support.connection_page import (
    MAIN,
    NEW,
    SSO,
    active,
    check,
    fields_of,
    save,
    secret_of,
    settings_page,
    stored,
)
from tests.integration.support.counter import CHANGED_MEANWHILE, Counter, words


@pytest.fixture
def acme(counter: Counter) -> Tenant:
    """With settings that no form of a connection may touch."""
    return counter.world.tenant(
        "acme",
        accent="teal",
        email_domains=("acme.example",),
        security=SecurityPolicy(networks=("10.0.0.0/8",), shared_desk=True),
        limits=SessionLimits(idle_s=600, absolute_s=1200),
    )


@pytest.fixture
def main(counter: Counter, acme: Tenant, idp: FakeProvider) -> Connection:
    return counter.world.connection(
        acme,
        idp,
        authorize_params={"resource": "phone"},
        required_claims={"tid": "12", "staff": True},
        signing_algs=("RS256", "ES256"),
        trusted_audiences=("other",),
        max_age=3600,
        client_auth_encoding="raw",
    )


# A new one


def test_an_operator_chooses_a_provider_and_enters_what_the_customer_sent(counter: Counter, acme: Tenant) -> None:
    browser = counter.browser("olga")
    assert "Microsoft Entra ID" in browser.read(NEW)
    answer = save(
        browser,
        f"{NEW}?preset=okta",
        issuer="https://acme.okta.example",
        client_id="bridge",
        client_secret="s3cret",
    )
    made = stored(counter)
    assert answer.headers["Location"] == f"{SSO}/{made.id}/test"
    assert (made.provider.issuer, made.provider.client_id, made.provider.preset) == (
        "https://acme.okta.example",
        "bridge",
        "okta",
    )
    assert secret_of(counter) == "s3cret"
    assert active(counter).status is Status.DISABLED
    page = browser.read(f"{SSO}/{made.id}")
    assert "Being set up" in page
    assert f"http://localhost:8000/callback/{made.id}" in page
    assert f"http://localhost:8000/backchannel-logout/{made.id}" in page
    begun, changed = sorted(counter.audit(), key=lambda entry: entry.action)
    assert (begun.action, begun.subject, begun.actor, begun.address) == (
        "connection.draft_begun",
        "acme/main",
        "staff/olga",
        "127.0.0.1",
    )
    assert changed.action == "connection.draft_changed"
    assert changed.after["client_secret"] in ("set", "changed")


def test_a_preset_says_what_the_customer_still_has_to_send(counter: Counter, acme: Tenant) -> None:
    browser = counter.browser("olga")
    assert save(browser, f"{NEW}?preset=entra", client_id="kept").status_code == 303
    page = browser.read(f"{SSO}/{stored(counter).id}/activate")
    assert "Is required for preset entra." in page
    assert "“tid” is required for preset entra." in page
    assert stored(counter).provider.client_id == "kept"
    assert active(counter).status is Status.DISABLED


def test_claims_of_a_preset_are_filled_in(counter: Counter, acme: Tenant) -> None:
    save(
        counter.browser("olga"),
        f"{NEW}?preset=entra",
        issuer="https://login.microsoftonline.com/42/v2.0",
        required_claims='tid = 42-a\r\n\r\nstaff = true\r\nroom = "7"',
    )
    assert stored(counter).provider.required_claims == {"tid": "42-a", "staff": True, "room": "7"}
    assert stored(counter).provider.email_trust == "always"


def test_a_plain_oauth_server_is_entered_by_its_endpoints(counter: Counter, acme: Tenant) -> None:
    save(
        counter.browser("olga"),
        f"{NEW}?preset=versature",
        name="phones",
        userinfo_endpoint="https://phones.example/me",
        subject_claim="user.id",
    )
    made = stored(counter, "phones").provider
    assert (made.protocol, made.scopes, made.client_auth) == (Protocol.OAUTH2, (), ClientAuth.POST)
    assert made.token_endpoint == "https://integrate.versature.com/api/oauth/token/"


def test_a_connection_of_the_same_name_is_not_overwritten(counter: Counter, main: Connection) -> None:
    answer = save(counter.browser("olga"), f"{NEW}?preset=okta", issuer="https://evil.example")
    assert "Is already used by another connection." in words(answer, status=400)
    assert stored(counter) == main


@pytest.mark.parametrize(("name", "said"), [("", "Must not be empty."), ("a\tb", "one line")])
def test_a_name_that_cannot_be_is_refused(counter: Counter, acme: Tenant, name: str, said: str) -> None:
    answer = save(counter.browser("olga"), f"{NEW}?preset=okta", name=name, issuer="https://acme.okta.example")
    assert said in words(answer, status=400)


@pytest.mark.parametrize("name", ["the contractors’ provider", "a/b", "50% off?#", "../acme", "ÄÖÜ"])
def test_a_connection_of_any_name_has_a_page(counter: Counter, acme: Tenant, name: str, idp: FakeProvider) -> None:
    counter.world.connection(acme, idp, name=name)
    browser = counter.browser("olga")
    (link, *_) = re.findall(r'<h3 [^>]*><a href="([^"]+)"', browser.get(SSO).get_data(as_text=True))
    assert f"Connections / {name}" in browser.read(link)


# One that exists


def test_saving_an_untouched_form_changes_nothing(counter: Counter, main: Connection) -> None:
    assert save(counter.browser("olga"), MAIN).status_code == 303
    assert stored(counter) == main
    assert [entry.action for entry in counter.audit()] == ["connection.draft_begun"]


def test_saving_one_field_resets_no_other_of_connection_or_tenant(counter: Counter, main: Connection) -> None:
    before = counter.tenant()
    save(counter.browser("olga"), MAIN, client_id="other")
    assert stored(counter) == replace(main, provider=replace(main.provider, client_id="other"))
    assert counter.tenant() == before
    assert active(counter) == main
    (entry,) = [entry for entry in counter.audit() if entry.action != "connection.draft_begun"]
    assert (entry.action, entry.before, entry.after) == (
        "connection.draft_changed",
        {"client_id": "bridge"},
        {"client_id": "other"},
    )


def test_the_secret_is_never_shown_and_an_empty_field_keeps_it(counter: Counter, main: Connection) -> None:
    browser = counter.browser("olga")
    for page in (
        browser.get(settings_page(browser)),
        check(browser, "client"),
        check(browser, "client", client_secret="typed just now"),
        save(browser, MAIN, client_secret="typed just now", max_age="soon"),
    ):
        html = page.get_data(as_text=True)
        assert CLIENT_SECRET not in html
        assert "typed just now" not in html
        assert str(main.client_secret) not in html
    save(browser, MAIN, scopes="openid email")
    assert secret_of(counter) == "typed just now"
    save(browser, MAIN, client_secret=" with spaces ")
    assert secret_of(counter) == " with spaces "


def test_an_emptied_field_goes_back_to_its_default(counter: Counter, main: Connection) -> None:
    save(counter.browser("olga"), MAIN, required_claims="", email_claim="", match_by="username")
    now = stored(counter).provider
    assert (now.required_claims, now.email_claim, now.match_by) == ({}, "email", MatchBy.USERNAME)


def test_a_connection_can_be_switched_off_and_on_again(counter: Counter, main: Connection) -> None:
    browser, page = counter.browser("olga"), f"{SSO}/{main.id}/status"
    assert "Everyone who signed in through it is signed out at once." in browser.read(page)
    browser.fill(page, {})
    assert active(counter).status is Status.DISABLED
    browser.fill(page, {})
    assert active(counter) == main


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"issuer": "nonsense"}, "Must be a URL like https://idp.example.com."),
        ({"scopes": "email"}, "Must include openid for protocol oidc."),
        ({"signing_algs": "none"}, "must be one of RS256"),
        ({"match_by": "shoe size"}, "Must be one of email, username, external_id."),
        ({"required_claims": "= 1"}, "Must not be empty."),
        ({"required_claims": "tid"}, "Must have a name, = and a value on each line."),
        ({"email_claim": "a\x00b"}, "Must be one line without control characters."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    counter: Counter, main: Connection, changed: dict[str, str], said: str
) -> None:
    answer = save(counter.browser("olga"), MAIN, **changed)
    assert said.lower() in words(answer, status=400).lower()
    assert stored(counter) == main


def test_what_is_missing_for_a_setting_is_said_before_it_can_be_activated(counter: Counter, main: Connection) -> None:
    browser = counter.browser("olga")
    assert save(browser, MAIN, client_auth="tls_client_auth").status_code == 303
    page = browser.read(settings_page(browser).replace("advanced", "activate"))
    assert "Private key : Is required for client_auth tls_client_auth." in page
    assert active(counter) == main


def test_a_form_cannot_read_the_servers_files_or_environment(counter: Counter, main: Connection) -> None:
    browser = counter.browser("olga")
    save(browser, MAIN, client_secret="file:/etc/hostname", client_id="env:HOME")
    assert secret_of(counter) == "file:/etc/hostname"
    assert stored(counter).provider.client_id == "env:HOME"


def test_keys_that_the_form_does_not_have_cannot_be_set(counter: Counter, main: Connection) -> None:
    save(
        counter.browser("olga"),
        MAIN,
        private_key="x",
        jwks='{"keys": []}',
        max_age="1",
        protocol="oauth2",
        preset="github",
    )
    assert stored(counter) == main


def test_of_two_people_at_once_the_second_is_told_and_loses_nothing_of_the_first(
    counter: Counter, main: Connection
) -> None:
    first, second = counter.browser("olga"), counter.browser("olga")
    path = settings_page(second)
    page = second.get(path)
    form = {**fields_of(page), "email_trust": "always"}
    save(first, MAIN, client_id="of the first")
    stale = re.findall(r'name="(csrf_token|version)" value="([^"]+)"', page.get_data(as_text=True))
    answer = second.client.post(path, data={**form, **dict(stale)})
    assert CHANGED_MEANWHILE in words(answer, status=409)
    assert 'value="of the first"' in answer.get_data(as_text=True)
    assert stored(counter).provider.email_trust == "verified"


# The check-up


def test_a_check_looks_at_what_was_saved_and_changes_no_login(
    counter: Counter, main: Connection, idp: FakeProvider
) -> None:
    browser = counter.browser("olga")
    assert check(browser, "address").headers["Location"].endswith("/client?checked")
    worse = words(check(browser, "address", issuer=f"{idp.issuer}/elsewhere"))
    assert "answered with status 404" in worse
    assert active(counter) == main


def test_what_the_customer_has_not_sent_is_said(counter: Counter, acme: Tenant, idp: FakeProvider) -> None:
    browser = counter.browser("olga")
    save(browser, f"{NEW}?preset=oidc", issuer=idp.issuer)
    page = browser.read(f"{SSO}/{stored(counter).id}/test")
    assert "Client ID : Is required." in page
    assert "Client secret : Is required." in page
    assert "Start the test" not in page


def test_a_check_of_what_cannot_be_saved_says_why(counter: Counter, main: Connection) -> None:
    assert "Must be a URL" in words(check(counter.browser("olga"), "address", token_endpoint="nonsense"), status=400)


def test_a_staff_tenant_has_connections_too(counter: Counter, idp: FakeProvider) -> None:
    counter.world.save(replace(counter.staff, policy=LoginPolicy.SSO_OPTIONAL))
    connection = counter.world.connection(counter.staff, idp)
    assert "Connections / main" in counter.browser("olga").read(f"/support/tenants/staff/sso/{connection.id}")
