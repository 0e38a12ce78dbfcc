"""Okta: thin id_tokens, a token endpoint that wants the client named once, two kinds of issuer on one host."""

from collections.abc import Iterator

import pytest

from tests.fake_idp import FakeProvider, RecordedRequest, Reply
from tests.integration.providers.stage import ALICE, SECRET, Stage

OKTA = "https://acme.okta.com"


@pytest.fixture
def okta(stage: Stage) -> Iterator[FakeProvider]:
    with FakeProvider() as idp:
        idp.client(client_secret=SECRET, auth_method="client_secret_basic")
        idp.person("00u1alice", email=ALICE)
        idp.iss_in_response = False
        yield stage.play(idp, OKTA)


def test_of_a_thin_id_token_the_rest_is_taken_from_userinfo(stage: Stage, okta: FakeProvider) -> None:
    okta.claims_in = "userinfo"
    stage.connect("okta", issuer=OKTA)
    assert stage.opens()
    assert okta.calls == ["discovery", "authorize", "token", "jwks", "userinfo"]


def test_the_client_is_named_once(stage: Stage, okta: FakeProvider) -> None:
    def once_only(request: RecordedRequest) -> Reply | None:
        if request.basic and {"client_id", "client_secret"} & request.form.keys():
            return Reply(status=401, headers={"Content-Type": "application/json"}, body=b'{"error":"invalid_request"}')
        return None

    okta.answer_by("token", once_only)
    stage.connect("okta", issuer=OKTA)
    assert stage.opens()


def test_a_custom_server_is_another_issuer(stage: Stage) -> None:
    with FakeProvider(issuer_path="/oauth2/default") as custom:
        custom.person("00u1alice", email=ALICE)
        stage.play(custom, OKTA)
        stage.connect("okta-custom", issuer=f"{OKTA}/oauth2/default")
        assert stage.opens()


def test_endpoints_of_the_one_server_with_the_issuer_of_the_other_are_refused(stage: Stage) -> None:
    with FakeProvider(issuer_path="/oauth2/default") as custom:
        custom.person("00u1alice", email=ALICE)
        custom.iss_in_response = False
        stage.play(custom, OKTA)
        stage.connect(
            "okta",
            issuer=OKTA,
            authorization_endpoint=custom.url("authorize"),
            token_endpoint=custom.url("token"),
            jwks_uri=custom.url("jwks"),
        )
        trace = stage.refused()
        assert trace["reason"] == "issuer_mismatch"
        assert trace["details"] == {"expected": OKTA, "received": f"{OKTA}/oauth2/default", "claim": "iss"}


def test_a_person_who_is_not_assigned_is_explained(stage: Stage, okta: FakeProvider) -> None:
    okta.deny("access_denied", description="User is not assigned to the client application.")
    stage.connect("okta", issuer=OKTA)
    trace = stage.refused()
    assert trace["reason"] == "access_denied"
    assert "Assignments" in trace["remedy"]
