import re
from dataclasses import replace

import pytest

from app.domain.connections.connection import ClientAuth, Connection, MatchBy, Protocol
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from app.domain.tenants.tenant import SessionLimits, Status, Tenant
from tests.builders import CLIENT_SECRET
from tests.fake_idp import FakeProvider
from tests.integration.support.connection_page import MAIN, NEW, check, fields_of, save, secret_of, stored
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
    assert answer.headers["Location"] == f"{MAIN}?saved"
    made = stored(counter)
    assert (made.provider.issuer, made.provider.client_id, made.provider.preset) == (
        "https://acme.okta.example",
        "bridge",
        "okta",
    )
    assert secret_of(counter) == "s3cret"
    page = browser.read(f"{MAIN}?saved")
    assert "Saved. The connection counts as untested" in page
    assert f"http://localhost:8000/callback/{made.id}" in page
    assert f"http://localhost:8000/backchannel-logout/{made.id}" in page
    (entry,) = counter.audit()
    assert (entry.action, entry.subject, entry.actor, entry.address) == (
        "connection.created",
        "acme/main",
        "staff/olga",
        "127.0.0.1",
    )
    assert entry.after["client_secret"] == "set"


def test_a_preset_says_what_the_customer_still_has_to_send(counter: Counter, acme: Tenant) -> None:
    answer = save(counter.browser("olga"), f"{NEW}?preset=entra", client_id="kept")
    page = words(answer, status=400)
    assert "Nothing was saved." in page
    assert page.count("Is required for preset entra.") == 1
    assert "“tid” is required for preset entra." in page
    assert 'value="kept"' in answer.get_data(as_text=True)
    assert counter.audit() == []


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


@pytest.mark.parametrize(
    ("name", "said"), [("new", "Cannot be “new”."), ("", "Must not be empty."), ("a\tb", "one line")]
)
def test_a_name_that_cannot_be_is_refused(counter: Counter, acme: Tenant, name: str, said: str) -> None:
    answer = save(counter.browser("olga"), f"{NEW}?preset=okta", name=name, issuer="https://acme.okta.example")
    assert said in words(answer, status=400)


@pytest.mark.parametrize("name", ["the contractors’ provider", "a/b", "50% off?#", "../acme", "ÄÖÜ"])
def test_a_connection_of_any_name_has_a_page(counter: Counter, acme: Tenant, name: str, idp: FakeProvider) -> None:
    counter.world.connection(acme, idp, name=name)
    browser = counter.browser("olga")
    links = re.findall(
        r'href="(/support/tenants/acme/connections/[^"]+)"', browser.get("/support/tenants/acme").get_data(as_text=True)
    )
    assert [f"Connection {name}" in browser.read(link) for link in links if not link.endswith("/new")] == [True]


# One that exists


def test_saving_an_untouched_form_changes_nothing(counter: Counter, main: Connection) -> None:
    assert save(counter.browser("olga"), MAIN).status_code == 303
    assert stored(counter) == main
    assert counter.audit() == []


def test_saving_one_field_resets_no_other_of_connection_or_tenant(counter: Counter, main: Connection) -> None:
    before = counter.tenant()
    save(counter.browser("olga"), MAIN, client_id="other")
    assert stored(counter) == replace(main, provider=replace(main.provider, client_id="other"))
    assert counter.tenant() == before
    (entry,) = counter.audit()
    assert (entry.action, entry.before, entry.after) == (
        "connection.changed",
        {"client_id": "bridge"},
        {"client_id": "other"},
    )


def test_the_secret_is_never_shown_and_an_empty_field_keeps_it(counter: Counter, main: Connection) -> None:
    browser = counter.browser("olga")
    for page in (browser.get(MAIN), check(browser, MAIN), check(browser, MAIN, client_secret="typed just now")):
        html = page.get_data(as_text=True)
        assert CLIENT_SECRET not in html
        assert "typed just now" not in html
        assert str(main.client_secret) not in html
    save(browser, MAIN, scopes="openid email")
    assert secret_of(counter) == CLIENT_SECRET
    save(browser, MAIN, client_secret=" with spaces ")
    assert secret_of(counter) == " with spaces "


def test_an_emptied_field_goes_back_to_its_default(counter: Counter, main: Connection) -> None:
    save(counter.browser("olga"), MAIN, required_claims="", email_claim="", match_by="username")
    now = stored(counter).provider
    assert (now.required_claims, now.email_claim, now.match_by) == ({}, "email", MatchBy.USERNAME)


def test_a_connection_can_be_switched_off_and_on_again(counter: Counter, main: Connection) -> None:
    browser = counter.browser("olga")
    save(browser, MAIN, status="disabled")
    assert stored(counter).status is Status.DISABLED
    save(browser, MAIN, status="active")
    assert stored(counter) == main


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"issuer": "nonsense"}, "Must be a URL like https://idp.example.com."),
        ({"issuer": ""}, "Is required for protocol oidc."),
        ({"scopes": "email"}, "Must include openid for protocol oidc."),
        ({"signing_algs": "none"}, "must be one of RS256"),
        ({"client_auth": "tls_client_auth"}, "Is required for client_auth tls_client_auth."),
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
    form = {**fields_of(second.get(MAIN)), "action": "save", "email_trust": "always"}
    page = second.get(MAIN)
    save(first, MAIN, client_id="of the first")
    stale = re.findall(r'name="(csrf_token|version)" value="([^"]+)"', page.get_data(as_text=True))
    answer = second.client.post(MAIN, data={**form, **dict(stale)})
    assert CHANGED_MEANWHILE in words(answer, status=409)
    assert 'value="of the first"' in answer.get_data(as_text=True)
    assert stored(counter).provider.email_trust == "verified"


# The check-up


def test_a_check_looks_at_what_would_be_saved_and_saves_nothing(
    counter: Counter, main: Connection, idp: FakeProvider
) -> None:
    browser = counter.browser("olga")
    page = words(check(browser, MAIN))
    assert "Check results" in page
    assert "endpoints OK all there" in page
    worse = words(check(browser, MAIN, issuer=f"{idp.issuer}/elsewhere"))
    assert "discovery Problem" in worse
    assert stored(counter) == main
    assert counter.audit() == []


def test_a_check_says_what_the_customer_has_not_sent(counter: Counter, acme: Tenant, idp: FakeProvider) -> None:
    page = check(counter.browser("olga"), f"{NEW}?preset=oidc", issuer=idp.issuer)
    assert "credentials Problem client_id is missing Tenant admin: send the client ID." in words(page)
    page = check(counter.browser("olga"), f"{NEW}?preset=oidc", issuer=idp.issuer, client_id="x", client_secret="y")
    assert "access details" not in words(page)
    assert "Enter the client secret again" in words(page)


def test_a_check_of_what_cannot_be_saved_says_why(counter: Counter, main: Connection) -> None:
    assert "Must be a URL" in words(check(counter.browser("olga"), MAIN, issuer="nonsense"), status=400)


def test_a_staff_tenant_has_connections_too(counter: Counter, idp: FakeProvider) -> None:
    counter.world.save(replace(counter.staff, policy=LoginPolicy.SSO_OPTIONAL))
    counter.world.connection(counter.staff, idp)
    assert "Connection main" in counter.browser("olga").read("/support/tenants/staff/connections/main")
