"""The client over stubbed answers: `responses` stands in for the adapter's `send`."""

import gzip

import pytest
import requests  # noqa: TID251  # its exceptions are what a stub raises
import responses

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import OutboundRequest
from tests.integration.http.sending import MovableClock, sender

URL = "https://idp.example/token"


@responses.activate
def test_a_stubbed_answer_comes_back_like_a_real_one() -> None:
    responses.post(URL, json={"a": 1}, status=201, headers={"X-Some": "thing"})
    with sender(clock=MovableClock()) as browser:
        answer = browser.send(OutboundRequest("POST", URL, {"Accept": "application/json"}, b"code=x"))
    assert (answer.status, answer.body, answer.took_ms) == (201, b'{"a": 1}', 0)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-some"] == "thing"
    sent = responses.calls[0].request
    assert (sent.url, sent.method, sent.body) == (URL, "POST", b"code=x")
    assert sent.headers["User-Agent"] == "sso-bridge"


@responses.activate
def test_a_stubbed_redirect_is_an_answer() -> None:
    responses.get(URL, status=302, headers={"Location": "https://elsewhere.example/"})
    with sender() as browser:
        answer = browser.get(URL)
    assert (answer.status, answer.headers["location"]) == (302, "https://elsewhere.example/")


@responses.activate
def test_a_stubbed_packed_answer_is_unpacked_under_the_cap() -> None:
    responses.get(URL, body=gzip.compress(b"x" * 10, mtime=0), headers={"Content-Encoding": "gzip"})
    responses.get(URL, body=gzip.compress(b"x" * 300_000, mtime=0), headers={"Content-Encoding": "gzip"})
    with sender() as browser:
        assert browser.get(URL).body == b"x" * 10
        with pytest.raises(SsoError) as stopped:
            browser.get(URL)
    assert stopped.value.code is ReasonCode.ANSWER_TOO_LARGE


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (requests.exceptions.ConnectTimeout(), ReasonCode.PROVIDER_TIMEOUT),
        (requests.exceptions.ReadTimeout(), ReasonCode.PROVIDER_TIMEOUT),
        (requests.exceptions.SSLError(), ReasonCode.PROVIDER_TLS),
        (requests.exceptions.ConnectionError(), ReasonCode.PROVIDER_UNREACHABLE),
        (requests.exceptions.ChunkedEncodingError(), ReasonCode.ANSWER_INVALID),
    ],
)
@responses.activate
def test_a_stubbed_failure_has_a_reason(raised: Exception, code: ReasonCode) -> None:
    responses.get(URL, body=raised)
    with sender() as browser, pytest.raises(SsoError) as stopped:
        browser.get(URL)
    assert stopped.value.code is code
    assert stopped.value.details["host"] == "idp.example"


@responses.activate
def test_the_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NETRC", "/nowhere")
    responses.get(URL, body=b"x")
    with sender() as browser:
        browser.get(URL)
    assert "Authorization" not in responses.calls[0].request.headers
