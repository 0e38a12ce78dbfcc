from urllib.parse import parse_qsl, urlsplit

import pytest

from app.domain.connections.connection import ClientAuth, Connection
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import Answer
from tests.unit.adapters.provider.in_memory import (
    DISCOVERY,
    ISSUER,
    NONCE,
    SECRET,
    TOKEN,
    World,
    answer,
    connection,
    metadata,
)

PAR = f"{ISSUER}/par"
NAME = "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c"
PUSHED = answer({"request_uri": NAME, "expires_in": 60}, status=201)
OFFERED = metadata(pushed_authorization_request_endpoint=PAR)
DEMANDED = {**OFFERED, "require_pushed_authorization_requests": True}
WANTED = connection(par="required", client_auth=ClientAuth.POST)


def world(document: dict[str, object] = OFFERED, reply: Answer = PUSHED) -> World:
    made = World()
    made.outbound.replies |= {DISCOVERY: answer(document), PAR: reply}
    return made


def refused(made: World, to: Connection = WANTED) -> SsoError:
    with pytest.raises(SsoError) as stopped:
        made.begin(to)
    return stopped.value


@pytest.mark.parametrize(
    ("document", "par", "pushed"),
    [
        (OFFERED, "auto", False),
        (DEMANDED, "auto", True),
        (OFFERED, "required", True),
        (DEMANDED, "off", False),
        ({**OFFERED, "require_pushed_authorization_requests": "true"}, "auto", False),
    ],
)
def test_a_request_is_pushed_where_the_provider_or_the_connection_wants_it(
    document: dict[str, object],
    par: str,
    pushed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    made = world(document)
    made.begin(connection(par=par))
    assert made.outbound.calls(PAR) == int(pushed)


def test_the_browser_carries_the_client_and_the_name_only() -> None:
    made = world()
    url = urlsplit(made.begin(WANTED))
    assert dict(parse_qsl(url.query)) == {"client_id": "bridge", "request_uri": NAME}
    sent = made.outbound.form(PAR)
    assert sent["state"] == "state-of-this-login"
    assert (sent["nonce"], sent["code_challenge_method"]) == (NONCE, "S256")
    assert (sent["client_id"], sent["client_secret"]) == ("bridge", SECRET)
    assert made.log.steps == ["par"]


def test_a_success_may_come_with_status_200() -> None:
    assert world(reply=answer({"request_uri": NAME})).begin(WANTED)


def test_the_client_proves_itself_as_at_the_token_endpoint() -> None:
    made = world()
    made.begin(connection(par="required"))
    assert made.outbound.headers(PAR)["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer({"error": "invalid_client"}, status=401), ReasonCode.CLIENT_REFUSED),
        (answer({"error": "unauthorized_client"}, status=400), ReasonCode.CLIENT_REFUSED),
        (answer(b"", status=401), ReasonCode.CLIENT_REFUSED),
        (answer({"error": "invalid_scope"}, status=400), ReasonCode.SCOPE_REFUSED),
        (answer({"error": "invalid_request"}, status=400), ReasonCode.AUTHORIZATION_ERROR),
        (answer({"error": "invalid_request"}, status=200), ReasonCode.AUTHORIZATION_ERROR),
        (answer(b"<html>", status=503), ReasonCode.PROVIDER_ERROR),
        (answer(b"<html>"), ReasonCode.ANSWER_INVALID),
        (answer(b"", status=302), ReasonCode.ANSWER_INVALID),
        (answer({"request_uri": NAME}, status=404), ReasonCode.ANSWER_INVALID),
        (answer([NAME]), ReasonCode.ANSWER_INVALID),
        (answer({}), ReasonCode.ANSWER_INVALID),
        (answer({"request_uri": 7}), ReasonCode.ANSWER_INVALID),
        (answer({"request_uri": ""}), ReasonCode.ANSWER_INVALID),
        (answer({"request_uri": "urn:\n"}), ReasonCode.ANSWER_INVALID),
        (answer({"request_uri": "urn:ü"}), ReasonCode.ANSWER_INVALID),
        (answer({"request_uri": "u" * 1025}), ReasonCode.ANSWER_INVALID),
    ],
)
def test_an_answer_without_a_name_stops_the_login(reply: Answer, code: ReasonCode) -> None:
    error = refused(world(reply=reply))
    assert error.code is code
    assert error.details["endpoint"] == "par"
    assert error.details["host"] == "idp.acme.example"


def test_a_name_cannot_bring_parameters_of_its_own() -> None:
    url = world(reply=answer({"request_uri": "urn:x&redirect_uri=https://evil.example/#"})).begin(WANTED)
    assert dict(parse_qsl(urlsplit(url).query)).keys() == {"client_id", "request_uri"}
    assert not urlsplit(url).fragment


def test_a_provider_that_repeats_our_secrets_does_not_get_them_into_the_trace() -> None:
    words = f"{SECRET} {NONCE} state-of-this-login"
    details = refused(world(reply=answer({"error": "invalid_request", "error_description": words}, status=400))).details
    assert details["error_description"] == "… … …"


def test_without_an_endpoint_nothing_can_be_pushed() -> None:
    for document, to in (
        (metadata(), WANTED),
        (metadata(require_pushed_authorization_requests=True), connection()),
        (metadata(pushed_authorization_request_endpoint="javascript:alert(1)"), WANTED),
    ):
        error = refused(world(document), to)
        assert error.code is ReasonCode.ENDPOINT_MISSING
        assert error.details["endpoint"] == "pushed_authorization_request_endpoint"


def test_an_endpoint_that_is_not_needed_may_be_anything() -> None:
    assert world(metadata(pushed_authorization_request_endpoint=7)).begin()


def test_the_connection_may_name_the_endpoint() -> None:
    made = world(metadata())
    made.begin(connection(par="required", par_endpoint=PAR))
    assert made.outbound.calls(PAR) == 1


def test_the_endpoint_is_looked_for_where_everything_else_is_given() -> None:
    made = world()
    manual = {"authorization_endpoint": f"{ISSUER}/a", "token_endpoint": TOKEN, "jwks_uri": f"{ISSUER}/jwks"}
    made.begin(connection(**manual, par="required"))
    assert made.outbound.calls(DISCOVERY) == made.outbound.calls(PAR) == 1
