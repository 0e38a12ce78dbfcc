"""The result of a test: what arrived, which setting took it, whom it leads to, and what to change at the provider."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Status
from tests.builders import hidden_fields
from tests.fake_idp import changed, without
from tests.integration.admin.office import TEST, Office
from tests.integration.support.counter import words


def test_every_claim_is_shown_with_its_value_and_the_document_that_carried_it(office: Office) -> None:
    office.idp.claims_in = "userinfo"
    office.idp.person("ada", email="ada@acme.example", department="second line")
    page = words(office.test_connection())
    assert "Claim id_token userinfo" in page
    assert "department – second line" in page
    assert "from userinfo" in page
    assert "Only you see these values" in page


def test_where_the_id_token_is_enough_the_page_says_that_userinfo_was_not_asked(office: Office) -> None:
    assert "The userinfo endpoint was not asked" in words(office.test_connection())


def test_each_setting_says_what_it_took_and_what_it_made_of_it(office: Office) -> None:
    office.world.save(replace(office.tenant, email_domains=("acme.example",)))
    page = words(office.test_connection())
    assert "Email email_claim email from id_token ada@acme.example OK" in page
    assert "Email is verified email_verified_claim email_verified from id_token true OK" in page
    assert "Who it is at the provider subject_claim sub from id_token ada OK" in page
    assert "Email domain email_domains" in page


def test_a_trusted_provider_need_not_say_that_the_email_is_verified(office: Office) -> None:
    office.world.save(replace(office.main, provider=replace(office.main.provider, email_trust="always")))
    office.idp.person("ada", email="ada@acme.example", email_verified=None)
    assert "Not needed: this provider's emails are trusted" in words(office.test_connection())


def test_a_text_is_told_from_a_truth_value(office: Office) -> None:
    office.idp.person("ada", email="ada@acme.example", email_verified="True")
    page = words(office.test_connection(), status=403)
    assert "email_verified_claim email_verified from id_token True Not accepted" in page
    office.idp.person("ada", email="ada@acme.example", email_verified="true")
    assert 'from id_token "true" OK' in words(office.test_connection())


def test_several_accounts_are_named_and_the_person_would_choose(office: Office) -> None:
    desk = office.world.account(office.tenant, "desk", email="ada@acme.example")
    office.world.save(replace(desk, name="Front desk"))
    old = office.world.account(office.tenant, "old", email="ada@acme.example")
    office.world.save(replace(old, status=Status.DISABLED))
    page = words(office.test_connection())
    assert "Several accounts match. The person would choose between these:" in page
    assert "desk (Front desk) has this email" in page
    assert "These match too, but would not be offered: old disabled here" in page


def test_an_account_that_this_sign_in_has_opened_says_so(office: Office) -> None:
    office.world.save(replace(office.tenant, policy=office.policy.SSO_OPTIONAL))
    assert office.world.sign_in(office.world.client(), office.idp).status_code == 303
    assert "ada (Ada) this sign-in has opened it before" in words(office.test_connection())


def test_a_provider_that_sends_no_email_is_diagnosed_and_repaired(office: Office) -> None:
    office.world.save(replace(office.main, provider=replace(office.main.provider, preset="entra")))
    office.test_connection()
    office.idp.on.id_token(without("email", "email_verified"))
    office.idp.on.userinfo(without("email", "email_verified"))
    page = words(office.test_connection(), status=403)
    assert "The test failed" in page
    assert "At Microsoft Entra ID Token configuration, Add optional claim, token type ID: choose email." in page
    assert "Who has to act Tenant IT:" in page
    assert "Compared with the last test that passed:" in page
    assert "Came then, but not now email email_verified" in page
    assert "Email email_claim email – Missing" in page
    assert "email_missing" in page
    office.idp.on.id_token(changed())
    office.idp.on.userinfo(changed())
    assert "The connection works" in words(office.test_connection())


@pytest.mark.parametrize(
    ("preset", "setting"),
    [
        ("okta", "Okta sends the email if the scope email is granted"),
        ("adfs", "tick allatclaims"),
        ("keycloak", "Client scopes: add the scope email"),
        (None, "Let the provider send the claim email"),
    ],
)
def test_the_setting_to_change_is_named_in_the_words_of_the_provider(
    office: Office, preset: str | None, setting: str
) -> None:
    office.world.save(replace(office.main, provider=replace(office.main.provider, preset=preset)))
    office.idp.person("ada")
    assert setting in words(office.test_connection(), status=403)


def test_an_unasked_scope_is_named_before_anything_at_the_provider(office: Office) -> None:
    provider = replace(office.main.provider, scopes=("openid",), preset="entra")
    office.world.save(replace(office.main, provider=provider))
    assert "This connection does not ask for the email" in words(office.test_connection(), status=403)


def test_an_address_that_no_account_has_is_shown_beside_those_that_come_close(office: Office) -> None:
    office.idp.person("ada", email="aada@acme.example")
    page = words(office.test_connection(), status=403)
    assert "Matched by Email: aada@acme.example" in page
    assert "No account has this value. These come close: ada differs by one letter" in page


def test_accounts_that_are_disabled_are_named(office: Office) -> None:
    gone = office.world.account(office.tenant, "gone", email="gone@acme.example")
    office.world.save(replace(gone, status=Status.DISABLED))
    office.idp.person("gone", email="gone@acme.example")
    page = words(office.test_connection(), status=403)
    assert "No account would be opened. These have the value: gone (Gone) disabled here" in page


def test_a_test_that_stops_early_says_that_the_secret_was_not_tried(office: Office) -> None:
    assert "The provider accepted the client ID and secret." in words(office.test_connection())
    office.idp.deny("access_denied")
    page = words(office.test_connection(), status=403)
    assert "The client secret has not been tried" in page
    assert "Assign the application to the people" in page
    assert "None: the test stopped before the provider sent any" in page


def test_a_wrong_secret_is_found_by_a_test(office: Office) -> None:
    office.idp.client("bridge", client_secret="another one, which nobody told the bridge about")
    page = words(office.test_connection(), status=502)
    assert "client_refused" in page
    assert "create a new client secret" in page


def test_a_provider_that_cannot_be_reached_is_explained_on_the_same_page(office: Office) -> None:
    office.idp.stop()
    office.world.save(replace(office.main, provider=replace(office.main.provider, issuer="http://127.0.0.1:9")))
    out = office.press(TEST)
    assert (out.status_code, out.headers["Location"]) == (303, "/account/check")
    page = words(office.browser.get("/account/check"), status=502)
    assert "The test failed" in page
    assert "The bridge refused to connect to 127.0.0.1" in page


def test_more_claims_than_a_cookie_holds_lose_their_values_and_say_so(office: Office) -> None:
    office.idp.person("ada", email="ada@acme.example", **{f"claim_{number:02}": "x" * 200 for number in range(40)})
    answer = office.test_connection()
    page = words(answer)
    assert "Email email_claim email from id_token ada@acme.example OK" in page
    assert "There was no room for the values of:" in page
    cookie = office.browser.get_cookie("sso_check")
    assert cookie
    assert len(cookie.key) + len(cookie.value) < 4096


@pytest.mark.parametrize("value", ["<script>alert(1)</script>", "\u202eevil", "😀" * 300, ["a"] * 5000, 10**400])
def test_whatever_a_provider_sends_is_shown_harmlessly(office: Office, value: object) -> None:
    office.idp.person("ada", email="ada@acme.example", department=value)
    html = office.test_connection().get_data(as_text=True)
    assert "The connection works" in html
    assert "<script>alert" not in html
    assert "\u202e" not in html


def test_the_result_leads_back_to_where_the_test_was_begun_and_offers_another(office: Office) -> None:
    office.press(TEST, next="/admin/activity")
    out = office.press(TEST, next="/admin/activity")
    back = str(office.idp.authorize(out.headers["Location"]).callback_url)
    office.browser.get(back.partition("localhost:8000")[2])
    answer = office.browser.get("/account/check")
    assert 'href="/admin/activity"' in answer.get_data(as_text=True)
    assert hidden_fields(answer)["next"] == "/admin/activity"
    assert f'action="{TEST}"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_result_leads_to_no_other_host(office: Office, elsewhere: str) -> None:
    out = office.press(TEST, next=elsewhere)
    back = str(office.idp.authorize(out.headers["Location"]).callback_url)
    office.browser.get(back.partition("localhost:8000")[2])
    page = office.browser.get("/account/check").get_data(as_text=True)
    assert "evil" not in page
    assert 'href="/admin/"' in page


def test_an_admin_who_becomes_an_agent_sees_no_values(office: Office) -> None:
    office.test_connection()
    office.world.save(replace(office.ada, roles=(Role.AGENT,)))
    page = words(office.browser.get("/account/check"), status=404)
    assert "ada@acme.example" not in page
