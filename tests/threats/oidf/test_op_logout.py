"""OpenID Foundation provider tests for RP-initiated logout and key rotation, named by their module ids."""

from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from app.domain.audit.audit import Actor
from app.domain.oauth2.client import ClientId
from app.domain.tenants.tenant import Status
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.integration.oauth2.at_an_app import BACK, DESK, AtAnApp
from tests.integration.oauth2.forged import FORGERIES, modified, unsigned
from tests.integration.oauth2.issued import published


@pytest.fixture
def alice(world: World, idp: FakeProvider) -> AtAnApp:
    idp.person("alice", email="alice@acme.example")
    return AtAnApp(world, idp)


def asked(response: TestResponse, app: AtAnApp) -> bool:
    """Whether the person is asked, and nothing has happened yet."""
    return response.status_code == 200 and "Sign out?" in response.get_data(as_text=True) and app.session is not None


def confirm(app: AtAnApp, page: TestResponse) -> TestResponse:
    return app.browser.post("/oauth2/logout/confirmed", data=hidden_fields(page))


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(world: World) -> None:
    metadata = world.client().get("/.well-known/openid-configuration").get_json()
    assert metadata["end_session_endpoint"] == "http://localhost:8000/oauth2/logout"


def test_oidcc_rp_initiated_logout_ends_the_session_here_and_at_the_provider_and_returns(alice: AtAnApp) -> None:
    out = alice.log_out(id_token_hint=alice.id_token, post_logout_redirect_uri=BACK, state="s 1")
    assert out.status_code == 303
    assert alice.session is None
    back = alice.come_back(out)
    assert back.headers["Location"] == "https://desk.example/bye?from=bridge&state=s+1"


def test_oidcc_rp_initiated_logout_no_state_returns_without_one(alice: AtAnApp) -> None:
    out = alice.log_out(id_token_hint=alice.id_token, post_logout_redirect_uri=BACK)
    assert alice.come_back(out).headers["Location"] == BACK


def test_oidcc_rp_initiated_logout_no_params_asks_the_person(alice: AtAnApp) -> None:
    page = alice.log_out()
    assert asked(page, alice)
    done = alice.come_back(confirm(alice, page))
    assert "You are signed out" in done.get_data(as_text=True)
    assert alice.session is None


def test_oidcc_rp_initiated_logout_only_state_asks_the_person_and_returns_nowhere(alice: AtAnApp) -> None:
    page = alice.log_out(state="s")
    assert asked(page, alice)
    assert alice.come_back(confirm(alice, page)).status_code == 200


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri_ends_here(alice: AtAnApp) -> None:
    out = alice.log_out(id_token_hint=alice.id_token, state="s")
    assert "You are signed out" in alice.come_back(out).get_data(as_text=True)


@pytest.mark.parametrize("uri", ["https://evil.example/", BACK + "/", "https://desk.example/bye", ""])
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri_does_not_redirect(alice: AtAnApp, uri: str) -> None:
    page = alice.log_out(id_token_hint=alice.id_token, post_logout_redirect_uri=uri, state="s")
    assert asked(page, alice)
    assert alice.come_back(confirm(alice, page)).status_code == 200


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri_does_not_redirect(alice: AtAnApp) -> None:
    page = alice.log_out(id_token_hint=alice.id_token, post_logout_redirect_uri=BACK + "&more=1")
    assert asked(page, alice)
    assert alice.come_back(confirm(alice, page)).status_code == 200


def test_oidcc_rp_initiated_logout_no_id_token_hint_does_not_redirect(alice: AtAnApp) -> None:
    page = alice.log_out(client_id=DESK.client_id, post_logout_redirect_uri=BACK, state="s")
    assert asked(page, alice)
    assert alice.come_back(confirm(alice, page)).status_code == 200


@pytest.mark.parametrize("hint", ["", "x", "a.b.c", "..", "\u00e9.\u00e9.\u00e9", "x" * 20_000])
def test_oidcc_rp_initiated_logout_bad_id_token_hint_does_not_redirect(alice: AtAnApp, hint: str) -> None:
    page = alice.log_out(id_token_hint=hint, post_logout_redirect_uri=BACK)
    assert asked(page, alice)
    assert alice.come_back(confirm(alice, page)).status_code == 200


def test_oidcc_rp_initiated_logout_modified_id_token_hint_does_not_redirect(alice: AtAnApp) -> None:
    """The module takes the signature away: `alg` none."""
    for forged in (unsigned(alice.id_token), modified(alice.id_token, sub="bob")):
        page = alice.log_out(id_token_hint=forged, post_logout_redirect_uri=BACK)
        assert asked(page, alice)


@pytest.mark.parametrize("way", list(FORGERIES))
def test_a_forged_hint_signs_nobody_out_and_leads_nowhere(world: World, alice: AtAnApp, way: str) -> None:
    page = alice.log_out(id_token_hint=FORGERIES[way](world, alice.id_token), post_logout_redirect_uri=BACK)
    assert asked(page, alice)


def test_an_expired_id_token_is_a_good_hint(alice: AtAnApp) -> None:
    alice.world.clock.forward(2 * 3600)
    out = alice.log_out(id_token_hint=alice.id_token, post_logout_redirect_uri=BACK)
    assert alice.come_back(out).headers["Location"] == BACK


def test_a_client_id_that_is_not_the_hints_counts_as_no_hint(alice: AtAnApp) -> None:
    page = alice.log_out(id_token_hint=alice.id_token, client_id="another", post_logout_redirect_uri=BACK)
    assert asked(page, alice)
    assert alice.come_back(confirm(alice, page)).status_code == 200


def test_a_hint_of_another_session_asks_the_person_who_is_signed_in_now(alice: AtAnApp) -> None:
    old = alice.id_token
    alice.log_out(id_token_hint=old)
    assert alice.world.sign_in(alice.browser, alice.idp).status_code == 303
    page = alice.log_out(id_token_hint=old, post_logout_redirect_uri=BACK)
    assert asked(page, alice)
    assert "Agent Desk" in page.get_data(as_text=True)
    assert alice.come_back(confirm(alice, page)).headers["Location"] == BACK


@pytest.mark.parametrize("wrong", [{"status": Status.DISABLED}, {"post_logout_redirect_uris": ()}])
def test_an_app_that_is_disabled_or_has_lost_the_uri_gets_nobody_back(alice: AtAnApp, wrong: dict[str, object]) -> None:
    with alice.world.bridge.database.write() as work:
        work.clients.save(replace(DESK, **wrong))  # type: ignore[arg-type]  # fields of the dataclass
    page = alice.log_out(id_token_hint=alice.id_token, post_logout_redirect_uri=BACK)
    assert asked(page, alice)
    assert alice.come_back(confirm(alice, page)).status_code == 200


def test_an_app_returns_nobody_to_another_apps_uri(alice: AtAnApp) -> None:
    other = replace(DESK, client_id=ClientId("other"), post_logout_redirect_uris=("https://other.example/bye",))
    alice.authorize(other)
    page = alice.log_out(id_token_hint=alice.id_token, post_logout_redirect_uri="https://other.example/bye")
    assert asked(page, alice)


def test_whoever_is_signed_out_already_returns_at_once(alice: AtAnApp) -> None:
    stranger = alice.world.client()
    query = {"id_token_hint": alice.id_token, "post_logout_redirect_uri": BACK, "state": "s"}
    assert stranger.get("/oauth2/logout", query_string=query).headers["Location"] == BACK + "&state=s"
    del query["id_token_hint"]
    assert stranger.get("/oauth2/logout", query_string=query).headers["Location"] == "/logged-out"


def test_an_app_may_post_and_the_cookies_come_with_the_get_that_follows(alice: AtAnApp) -> None:
    form = {"id_token_hint": alice.id_token, "post_logout_redirect_uri": BACK}
    elsewhere = alice.world.client().post("/oauth2/logout", data=form)
    assert elsewhere.status_code == 303
    out = alice.browser.get(elsewhere.headers["Location"])
    assert alice.come_back(out).headers["Location"] == BACK


@pytest.mark.parametrize("name", ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"])
def test_a_parameter_that_comes_twice_is_refused(alice: AtAnApp, name: str) -> None:
    assert alice.browser.get(f"/oauth2/logout?{name}=a&{name}=b").status_code == 400
    assert alice.session is not None


def test_nobody_is_signed_out_by_another_sites_form(alice: AtAnApp) -> None:
    page = alice.log_out()
    fields = {**hidden_fields(page), "csrf_token": "forged"}
    assert alice.browser.post("/oauth2/logout/confirmed", data=fields).status_code == 400
    assert alice.session is not None


def test_oidcc_server_rotate_keys_publishes_the_new_key_beside_the_old_one(alice: AtAnApp) -> None:
    before = {str(key.kid) for key in published(alice.world).keys}
    alice.world.bridge.oauth2.signing_keys.rotate(withdraw=False, by=Actor("command line"))
    assert before < {str(key.kid) for key in published(alice.world).keys}
