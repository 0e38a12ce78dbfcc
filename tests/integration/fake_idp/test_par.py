from urllib.parse import urlencode

from tests.fake_idp import FakeProvider
from tests.fake_idp.http_client import Answered, ask
from tests.integration.fake_idp.party import CALLBACK, CHALLENGE, Party

REQUEST = {
    "response_type": "code",
    "client_id": "bridge",
    "redirect_uri": CALLBACK,
    "scope": "openid",
    "state": "pushed",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def push(idp: FakeProvider, **instead: str) -> Answered:
    return ask(idp.url("par"), form={**REQUEST, **instead})


def pushed(idp: FakeProvider) -> str:
    answered = push(idp)
    assert answered.status == 201, answered.text
    return str(answered.json["request_uri"])


def go_to(idp: FakeProvider, **parameters: str) -> str:
    return f"{idp.url('authorize')}?{urlencode(parameters)}"


def test_what_was_pushed_counts_and_nothing_beside_it(idp: FakeProvider) -> None:
    url = go_to(idp, client_id="bridge", request_uri=pushed(idp), state="beside", redirect_uri="https://evil.example/")
    response = idp.authorize(url)
    assert response.callback_url.startswith(CALLBACK)
    assert response.parameters["state"] == "pushed"


def test_a_request_serves_one_browser_of_its_own_client_in_time(idp: FakeProvider) -> None:
    name = pushed(idp)
    assert "code" in idp.authorize(go_to(idp, client_id="bridge", request_uri=name)).parameters
    again = {**REQUEST, "request_uri": name}
    assert idp.authorize(go_to(idp, **again)).parameters["error"] == "request_uri_not_supported"
    assert idp.authorize(go_to(idp, client_id="other", request_uri=pushed(idp))).status == 400
    late = pushed(idp)
    idp.clock_offset += 60
    assert idp.authorize(go_to(idp, client_id="bridge", request_uri=late)).status == 400


def test_a_provider_that_demands_it_takes_no_other_request(idp: FakeProvider, party: Party) -> None:
    idp.par = "required"
    assert party.authorize().status == 400
    assert "code" in idp.authorize(go_to(idp, client_id="bridge", request_uri=pushed(idp))).parameters


def test_a_pushed_request_is_checked_and_its_client_too(idp: FakeProvider) -> None:
    assert push(idp, request_uri="urn:x").json["error"] == "invalid_request"
    idp.client("bridge", client_secret="s", redirect_uris=[CALLBACK])
    assert push(idp).json["error"] == "invalid_client"
    assert push(idp, client_secret="s", redirect_uri="https://evil.example/").json["error"] == "invalid_request"
    assert push(idp, client_secret="s").status == 201
