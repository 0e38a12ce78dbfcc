"""A refusal is told as that of the endpoint that refused, with what helps there."""

from typing import Any

import pytest

from app.domain.connections.connection import ClientAuth
from app.domain.reasons.codes import ReasonCode
from tests.builders import World
from tests.fake_idp import FakeProvider, forgeries, without
from tests.integration.desk import Desk

THIN = without("email", "email_verified")


@pytest.fixture
def desk(world: World, idp: FakeProvider) -> Desk:
    return Desk.furnished(world, idp)


def test_what_the_token_endpoint_refuses_is_not_told_as_if_the_person_had_been_sent_back(desk: Desk) -> None:
    refusal = {"error": "invalid_request", "error_description": "Missing parameter: code_challenge_method"}
    desk.idp.answer("token", status=400, body=refusal)
    answer = desk.sign_in()
    trace: Any = desk.world.trace(answer)
    assert trace["reason"] == ReasonCode.AUTHORIZATION_ERROR
    assert trace["summary"].startswith("The provider's token endpoint rejected the bridge's request")
    assert "pkce = true" in trace["remedy"]
    page = answer.get_data(as_text=True)
    assert "help. Give your IT team the reference below; it shows them what to fix" in page
    assert "Try again in a minute" not in page


@pytest.mark.parametrize(
    ("auth", "wanted"), [(ClientAuth.PRIVATE_KEY_JWT, "JWKS URL"), (ClientAuth.BASIC, "client secret")]
)
def test_what_to_do_about_a_refused_client_is_about_its_own_proof(
    world: World, idp: FakeProvider, auth: ClientAuth, wanted: str
) -> None:
    desk = Desk.furnished(world, idp, client_auth=auth)
    refusal = {"error": "unauthorized_client", "error_description": "Invalid client or Invalid client credentials"}
    idp.answer("token", status=401, body=refusal)
    trace: Any = world.trace(desk.sign_in())
    assert (trace["reason"], trace["details"]["client_auth"]) == (ReasonCode.CLIENT_REFUSED, auth.value)
    assert wanted in trace["remedy"].replace("Client secret", "client secret")
    assert ("client secret" in trace["remedy"].lower()) is (auth is ClientAuth.BASIC)


def test_an_algorithm_that_is_refused_in_userinfo_is_said_to_be_there(desk: Desk) -> None:
    desk.idp.on.id_token(THIN)
    desk.idp.signed_userinfo = True
    desk.idp.on.sign_userinfo = forgeries.unsigned
    trace: Any = desk.world.trace(desk.sign_in())
    assert trace["reason"] == ReasonCode.ALGORITHM_REFUSED
    assert trace["summary"].startswith("The response from the userinfo endpoint is signed with “none”")
    assert "userinfo" in trace["remedy"]
