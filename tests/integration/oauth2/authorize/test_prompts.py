"""What an app asks about the person's authentication: `prompt`, `max_age`, hints, levels, languages."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.oauth2.client import Scope
from tests.builders import choose, hidden_fields, offered_accounts
from tests.fake_idp import changed
from tests.integration.oauth2.forged import FORGERIES
from tests.oauth2_app import OAuth2App, answered, decide, location, login, query_of, through_provider
from tests.threats.acme import ALICE, PASSWORD, Acme

# Nothing may be shown


def test_nobody_is_signed_in_and_nobody_may_be_asked(acme: Acme, app: OAuth2App) -> None:
    got = answered(app.ask(acme.browser, prompt="none"))

    assert (got["error"], got["state"]) == ("login_required", "the state")


def test_whoever_is_signed_in_is_not_asked_and_answered(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    assert answered(app.ask(acme.browser, prompt="none"))["code"]


def test_what_would_need_consent_says_so(acme: Acme, app: OAuth2App) -> None:
    app.save(trusted=False)
    acme.sign_in()

    assert answered(app.ask(acme.browser, prompt="none"))["error"] == "consent_required"


def test_a_session_of_another_workspace_does_not_do(acme: Acme, app: OAuth2App) -> None:
    acme.world.tenant("globex")
    acme.sign_in()

    assert answered(app.ask(acme.browser, prompt="none", tenant="globex"))["error"] == "login_required"


# A new authentication


def test_a_new_login_goes_to_the_provider_and_is_checked(acme: Acme, app: OAuth2App) -> None:
    login(app, acme)
    before = app_auth_time(acme)
    acme.world.clock.forward(600)

    again = location(app.ask(acme.browser, prompt="login"))
    answer = through_provider(acme, again)

    assert again.startswith("/t/acme/oauth/login?connection=main&")
    asked = acme.idp.requests("authorize")[-1].query
    assert (asked["prompt"], asked["max_age"]) == ("login", "60")
    assert answered(answer)["code"]
    assert app_auth_time(acme) >= before + 590


def test_a_login_that_was_not_asked_for_does_not_do(acme: Acme, app: OAuth2App) -> None:
    login(app, acme)
    acme.world.clock.forward(600)
    onward = query_of(location(app.ask(acme.browser, prompt="login")))["next"]

    around = through_provider(acme, f"/t/acme/oauth/login?next={onward}")

    assert location(around).startswith("/t/acme/oauth/login?"), "the provider had not asked anyone"
    assert location(acme.browser.get(onward)).startswith("/t/acme/oauth/login?")


def test_max_age_counts_from_when_the_app_asked(acme: Acme, app: OAuth2App) -> None:
    login(app, acme)
    acme.world.clock.forward(600)

    assert answered(app.ask(acme.browser, max_age="10000"))["code"]
    again = location(app.ask(acme.browser, max_age="300"))
    assert query_of(again)["max_age"] == "300"
    assert answered(through_provider(acme, again))["code"]


def test_a_password_is_asked_for_again(acme: Acme, app: OAuth2App) -> None:
    acme.password(acme.browser)
    acme.world.clock.forward(600)

    again = location(app.ask(acme.browser, prompt="login"))
    page = acme.browser.get(again)
    assert "You are signed in" not in page.get_data(as_text=True), "no way on without the password"
    fields = {**hidden_fields(page), "username": "alice", "password": PASSWORD}
    back = acme.browser.post(again, data=fields)

    assert answered(acme.browser.get(location(back)))["code"]


# A choice of accounts


def test_a_supervisor_changes_accounts_without_a_new_login_at_the_provider(acme: Acme, app: OAuth2App) -> None:
    lead = acme.world.account(acme.tenant, "lead", email=ALICE, roles=(Role.SUPERVISOR,))
    page = acme.sign_in()
    choose(acme.browser, page, acme.alice.id)
    acme.idp.forget_requests()

    to_chooser = location(app.ask(acme.browser, prompt="select_account"))
    chooser = acme.browser.get(to_chooser)
    assert offered_accounts(chooser) == [acme.alice.id, lead.id]
    back = acme.browser.post(to_chooser, data={**hidden_fields(chooser), "account": lead.id})
    answer = acme.browser.get(location(back))

    assert acme.idp.calls == []
    with acme.world.bridge.database.read() as work:
        live = work.authorizations.live(app.code(answer).authorization_id, now=acme.world.clock.now())
    assert live is not None
    assert live.account.id == lead.id


def test_or_stays_who_she_is(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    to_chooser = location(app.ask(acme.browser, prompt="select_account"))
    chooser = acme.browser.get(to_chooser)
    back = acme.browser.post(to_chooser, data={**hidden_fields(chooser), "account": acme.alice.id})

    assert answered(acme.browser.get(location(back)))["code"]
    assert "Sign in as someone else" in chooser.get_data(as_text=True)


def test_whoever_has_just_signed_in_is_not_asked_again(acme: Acme, app: OAuth2App) -> None:
    assert answered(login(app, acme, prompt="select_account"))["code"]


# Hints


def test_an_id_token_hint_of_another_person_opens_the_chooser_and_then_is_an_error(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()
    hint = id_token_of(acme, app)
    acme.world.account(acme.tenant, "bob", email="bob@acme.example", password=PASSWORD)
    acme.password(acme.browser, username="bob")

    assert answered(app.ask(acme.browser, prompt="none", id_token_hint=hint))["error"] == "login_required"
    to_chooser = location(app.ask(acme.browser, id_token_hint=hint))
    assert to_chooser.startswith("/accounts/choose?")
    assert answered(acme.browser.get(query_of(to_chooser)["next"]))["error"] == "login_required"


def test_an_id_token_hint_of_this_person_changes_nothing(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    assert answered(app.ask(acme.browser, prompt="none", id_token_hint=id_token_of(acme, app)))["code"]


def test_another_clients_id_token_is_no_hint(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()
    hint = id_token_of(acme, app)
    other = OAuth2App.registered(acme.world, "wallboard")

    assert answered(other.ask(acme.browser, id_token_hint=hint))["error"] == "invalid_request"


@pytest.mark.parametrize("way", [way for way in FORGERIES if way != "nothing"])
def test_a_forged_id_token_is_no_hint(acme: Acme, app: OAuth2App, way: str) -> None:
    acme.sign_in()
    forged = FORGERIES[way](acme.world, id_token_of(acme, app))
    answer = app.ask(acme.browser, prompt="none", id_token_hint=forged)
    assert "code=" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("hint", ["nonsense", "a.b.c", "e30.e30."])
def test_what_is_no_id_token_of_ours_is_no_hint(acme: Acme, app: OAuth2App, hint: str) -> None:
    assert answered(app.ask(acme.browser, id_token_hint=hint))["error"] == "invalid_request"


def test_a_login_hint_reaches_the_provider(acme: Acme, app: OAuth2App) -> None:
    to_login = location(app.ask(acme.browser, tenant="acme", login_hint=ALICE))

    assert "login_hint=alice%40acme.example" in acme.browser.get(to_login).get_data(as_text=True)


# Levels and languages


def test_a_level_that_the_connection_knows_is_asked_for_at_the_provider(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()
    provider = replace(acme.main.provider, acr_values=("gold", "silver"))
    acme.idp.on.id_token(changed(acr="gold"))
    acme.world.save(replace(acme.main, provider=provider))

    again = location(app.ask(acme.browser, acr_values="platinum gold"))

    assert query_of(again)["acr_values"] == "gold"
    assert answered(through_provider(acme, again))["code"]


def test_a_level_that_nobody_can_show_is_no_reason_to_refuse(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    assert answered(app.ask(acme.browser, acr_values="gold"))["code"]


def test_the_pages_speak_the_language_that_the_app_asked_for(acme: Acme, app: OAuth2App) -> None:
    app.save(trusted=False)
    page = acme.browser.get(location(app.ask(acme.browser, tenant="acme", ui_locales="de-AT en")))
    assert '<html lang="de"' in page.get_data(as_text=True)
    acme.sign_in()

    consent = acme.browser.get(location(app.ask(acme.browser, ui_locales="hu")))

    assert '<html lang="hu"' in consent.get_data(as_text=True)


# Consent


def test_an_app_of_somebody_else_needs_the_persons_consent_once(acme: Acme, app: OAuth2App) -> None:
    app.save(trusted=False)
    acme.sign_in()

    page = acme.browser.get(location(app.ask(acme.browser, scope="openid email")))
    assert page.status_code == 200
    assert answered(decide(acme.browser, page, "allow"))["code"]

    assert answered(app.ask(acme.browser, scope="openid email"))["code"], "remembered"
    more = acme.browser.get(location(app.ask(acme.browser, scope="openid profile")))
    assert more.status_code == 200, "asked for what is new"
    answered(decide(acme.browser, more, "allow"))
    assert answered(app.ask(acme.browser, scope="openid email profile"))["code"]


def test_whoever_says_no_is_not_asked_for_it_again_at_once(acme: Acme, app: OAuth2App) -> None:
    app.save(trusted=False)
    acme.sign_in()

    page = acme.browser.get(location(app.ask(acme.browser)))
    got = answered(decide(acme.browser, page, "deny"))

    assert (got["error"], got["state"]) == ("access_denied", "the state")
    assert acme.browser.get(location(app.ask(acme.browser))).status_code == 200, "nothing was remembered"


def test_prompt_consent_asks_even_for_what_was_allowed(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    page = acme.browser.get(location(app.ask(acme.browser, prompt="consent")))

    assert page.status_code == 200
    assert answered(decide(acme.browser, page, "allow"))["code"]


def test_the_page_says_in_words_what_is_asked(acme: Acme, app: OAuth2App) -> None:
    with acme.world.bridge.database.write() as work:
        work.clients.save_scope(Scope("users:read", "See who works here, and their status"))
    app.save(trusted=False, scopes=("openid", "email", "users:read", "offline_access"), name="Wall <b>board</b>")
    acme.sign_in()

    page = acme.browser.get(location(app.ask(acme.browser, scope="openid email users:read offline_access")))
    text = page.get_data(as_text=True)

    assert "See who works here, and their status" in text
    assert "See your email address" in text
    assert "up to 90 days" in text
    assert "Wall &lt;b&gt;board&lt;/b&gt;" in text
    assert "desk.example" in text
    assert "Alice" in text


def test_consent_is_in_the_audit(acme: Acme, app: OAuth2App) -> None:
    app.save(trusted=False)
    acme.sign_in()
    page = acme.browser.get(location(app.ask(acme.browser)))

    decide(acme.browser, page, "allow")

    entries = [one.entry for one in acme.world.bridge.audit.entries("acme")]
    given = [entry for entry in entries if entry.action == "consent.given"]
    assert [(entry.actor, entry.subject, entry.after) for entry in given] == [
        ("acme/alice", "agent-desk", {"scopes": ["openid"]})
    ]


def app_auth_time(acme: Acme) -> float:
    session = acme.world.session(acme.browser)
    assert session is not None
    return float(str(session["auth_time"]))


def id_token_of(acme: Acme, app: OAuth2App) -> str:
    """As issued to this app for alice."""
    answer = app.ask(acme.browser)
    with acme.world.bridge.database.read() as work:
        live = work.authorizations.live(app.code(answer).authorization_id, now=acme.world.clock.now())
    assert live is not None
    return acme.world.bridge.oauth2.token_signer.id_token(live)
