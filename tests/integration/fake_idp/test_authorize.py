import pytest

from tests.fake_idp import FakeProvider, changed
from tests.fake_idp.http_client import ask
from tests.integration.fake_idp.party import CALLBACK, Party


def test_the_person_comes_back_with_code_state_and_issuer(idp: FakeProvider, party: Party) -> None:
    response = party.authorize()
    assert response.callback_url.startswith(f"{CALLBACK}?code=")
    assert set(response.parameters) == {"code", "state", "iss"}
    assert response.parameters["state"] == "s-1"
    assert response.parameters["iss"] == idp.issuer


def test_a_query_in_the_redirect_uri_stays(party: Party) -> None:
    assert party.authorize(redirect_uri=f"{CALLBACK}?a=1").callback_url.startswith(f"{CALLBACK}?a=1&code=")


def test_form_post_sends_the_same_in_a_form(idp: FakeProvider, party: Party) -> None:
    response = party.authorize(response_mode="form_post", state='"><script>')
    assert response.status == 200
    assert response.form.action == CALLBACK
    assert set(response.form.fields) == {"code", "state", "iss"}
    assert response.parameters["state"] == '"><script>'


def test_the_request_may_be_posted(idp: FakeProvider, party: Party) -> None:
    url, _, query = party.authorization_url().partition("?")
    form = [(name, value) for name, _, value in (part.partition("=") for part in query.split("&"))]
    assert ask(url, form=[*form, ("redirect_uri", CALLBACK)]).status == 400
    plain = {"response_type": "code", "client_id": "bridge", "redirect_uri": CALLBACK}
    assert ask(url, form=plain).headers["location"].startswith(CALLBACK)


def test_issuer_in_the_response_can_be_switched_off(idp: FakeProvider, party: Party) -> None:
    idp.iss_in_response = False
    assert set(party.authorize(state=None).parameters) == {"code"}


@pytest.mark.parametrize("wrong", [
    {"client_id": "stranger"},
    {"client_id": None},
    {"redirect_uri": f"{CALLBACK}/"},
    {"redirect_uri": None},
])  # fmt: skip
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    idp: FakeProvider, party: Party, wrong: dict[str, str | None]
) -> None:
    idp.client("bridge", redirect_uris=[CALLBACK])
    response = party.authorize(**wrong)
    assert response.status == 400
    with pytest.raises(AssertionError, match="did not redirect"):
        _ = response.callback_url
    with pytest.raises(AssertionError, match="no form"):
        _ = response.form


@pytest.mark.parametrize(("instead", "error"), [
    ({"response_type": None}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "none"}, "login_required"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"request": "e30"}, "request_not_supported"),
    ({"request_uri": "https://bridge.example/r"}, "request_uri_not_supported"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
])  # fmt: skip
def test_other_faults_are_told_to_the_client(party: Party, instead: dict[str, str | None], error: str) -> None:
    told = party.authorize(**instead).parameters
    assert told["error"] == error
    assert told["state"] == "s-1"
    assert told["iss"] == party.idp.issuer


def test_a_repeated_parameter_is_a_fault(idp: FakeProvider, party: Party) -> None:
    assert idp.authorize(f"{party.authorization_url()}&nonce=n-2").parameters["error"] == "invalid_request"


def test_pkce_may_be_required_or_refused(idp: FakeProvider, party: Party) -> None:
    without: dict[str, str | None] = {"code_challenge": None, "code_challenge_method": None}
    assert "code" in party.authorize(**without).parameters
    idp.pkce = "required"
    assert party.authorize(**without).parameters["error"] == "invalid_request"
    idp.pkce = "refused"
    assert party.authorize().parameters["error"] == "invalid_request"
    assert "code" in party.authorize(**without).parameters


def test_a_test_can_have_the_request_denied(idp: FakeProvider, party: Party) -> None:
    idp.deny("access_denied", description="Not assigned to this app")
    told = party.authorize(response_mode="form_post").form.fields
    assert told == {
        "error": "access_denied",
        "error_description": "Not assigned to this app",
        "state": "s-1",
        "iss": idp.issuer,
    }
    idp.honest()
    assert "code" in party.authorize().parameters


def test_the_response_can_be_changed_and_a_parameter_repeated(idp: FakeProvider, party: Party) -> None:
    idp.on.authorization_response(changed(state=["s-1", "s-2"]))
    assert "state=s-1&state=s-2" in party.authorize().callback_url


def test_a_signed_in_person_is_recognised_silently_until_the_login_is_too_old(idp: FakeProvider, party: Party) -> None:
    first = party.verified(party.tokens()["id_token"]).claims["auth_time"]
    idp.clock_offset = 100
    assert party.verified(party.tokens(prompt="none", max_age="100")["id_token"]).claims["auth_time"] == first
    assert party.authorize(prompt="none", max_age="99").parameters["error"] == "login_required"
    assert party.verified(party.tokens(max_age="99")["id_token"]).claims["auth_time"] == first + 100


def test_prompt_login_signs_in_anew(idp: FakeProvider, party: Party) -> None:
    first = party.verified(party.tokens()["id_token"]).claims
    idp.clock_offset = 5
    second = party.verified(party.tokens(prompt="login")["id_token"]).claims
    assert second["auth_time"] == first["auth_time"] + 5
    assert second["sid"] != first["sid"]


def test_who_signs_in_can_be_chosen(idp: FakeProvider, party: Party) -> None:
    idp.person("bob", email="bob@acme.example")
    assert party.verified(party.tokens()["id_token"]).claims["sub"] == "bob"
    idp.signed_in = "alice"
    assert party.verified(party.tokens()["id_token"]).claims["sub"] == "alice"
    with pytest.raises(KeyError, match="carol"):
        idp.signed_in = "carol"


def test_without_anybody_the_login_page_stays(idp: FakeProvider, party: Party) -> None:
    idp.signed_in = None
    assert "Sign in" in party.authorize().text
    assert party.authorize(prompt="none").parameters["error"] == "login_required"


def test_only_the_provider_is_visited(idp: FakeProvider) -> None:
    with pytest.raises(AssertionError, match="does not lead to the provider"):
        idp.authorize("https://elsewhere.example/authorize")
