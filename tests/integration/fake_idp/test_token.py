from threading import Thread

import pytest

from tests.fake_idp import FakeProvider, changed
from tests.fake_idp.http_client import Answered, ask
from tests.integration.fake_idp.party import Party


def test_a_code_becomes_tokens(party: Party) -> None:
    answered = party.redeem(party.code())
    assert answered.headers["cache-control"] == "no-store"
    assert {name: answered.json[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "openid email profile",
    }
    assert {"access_token", "id_token"} <= set(answered.json)
    assert "refresh_token" not in answered.json


def test_a_code_is_good_once_and_its_second_use_ends_the_tokens(party: Party) -> None:
    code = party.code(scope="openid offline_access")
    tokens = party.redeem(code).json
    other = party.tokens()
    assert party.redeem(code).json["error"] == "invalid_grant"
    assert party.userinfo(tokens["access_token"]).status == 401
    assert party.redeem("", grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status == 400
    assert party.userinfo(other["access_token"]).status == 200


def test_of_many_at_once_one_redeems_the_code(party: Party) -> None:
    code = party.code()
    answers: list[Answered] = []
    threads = [Thread(target=lambda: answers.append(party.redeem(code))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7


def test_a_code_expires(idp: FakeProvider, party: Party) -> None:
    code = party.code()
    idp.clock_offset = 60
    assert party.redeem(code).json["error"] == "invalid_grant"


@pytest.mark.parametrize(("instead", "error"), [
    ({"redirect_uri": "https://bridge.example/callback/2"}, "invalid_grant"),
    ({"redirect_uri": None}, "invalid_grant"),
    ({"client_id": "another"}, "invalid_grant"),
    ({"code": "guessed"}, "invalid_grant"),
    ({"code": None}, "invalid_request"),
    ({"code_verifier": "w" * 43}, "invalid_grant"),
    ({"code_verifier": "short"}, "invalid_grant"),
    ({"code_verifier": None}, "invalid_grant"),
    ({"grant_type": None}, "invalid_request"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"grant_type": "refresh_token"}, "invalid_request"),
])  # fmt: skip
def test_a_wrong_exchange_is_refused(party: Party, instead: dict[str, str | None], error: str) -> None:
    answered = party.redeem(party.code(), **instead)
    assert answered.status == 400
    assert answered.json["error"] == error


def test_a_verifier_needs_a_challenge(party: Party) -> None:
    code = party.code(code_challenge=None, code_challenge_method=None)
    assert party.redeem(code).json["error"] == "invalid_grant"


def test_without_pkce_neither_is_needed(party: Party) -> None:
    code = party.code(code_challenge=None, code_challenge_method=None)
    assert party.redeem(code, code_verifier=None).status == 200


def test_parameters_come_once_and_in_a_form(idp: FakeProvider) -> None:
    twice = [("grant_type", "authorization_code"), ("grant_type", "authorization_code"), ("client_id", "bridge")]
    assert ask(idp.url("token"), form=twice).json["error"] == "invalid_request"
    as_json = {"Content-Type": "application/json"}
    assert ask(idp.url("token"), form={}, headers=as_json).json["error"] == "invalid_request"
    assert ask(idp.url("token")).status == 405


def test_a_refresh_token_rotates_and_its_id_token_has_no_nonce(idp: FakeProvider, party: Party) -> None:
    idp.always_refresh_token = True
    first = party.tokens()
    refresh: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = party.redeem("", **refresh).json
    before, after = party.verified(first["id_token"]).claims, party.verified(second["id_token"]).claims
    assert "nonce" not in after
    assert {name: after[name] for name in ("iss", "sub", "aud", "auth_time", "sid")} == {
        name: before[name] for name in ("iss", "sub", "aud", "auth_time", "sid")
    }
    assert second["refresh_token"] != first["refresh_token"]
    assert party.redeem("", **refresh).json["error"] == "invalid_grant"


def test_a_plain_oauth_server_issues_no_id_token() -> None:
    with FakeProvider(kind="oauth2") as idp:
        idp.person("alice", email="alice@acme.example", id=583231)
        party = Party(idp)
        tokens = party.tokens()
        assert "id_token" not in tokens
        assert party.userinfo(tokens["access_token"]).json["id"] == 583231


def test_without_the_openid_scope_there_is_no_id_token(party: Party) -> None:
    tokens = party.tokens(scope="email")
    assert "id_token" not in tokens
    assert party.userinfo(tokens["access_token"]).status == 403


def test_the_token_response_can_be_changed(idp: FakeProvider, party: Party) -> None:
    idp.on.token_response(changed(id_token=None, expires_in="3600"))
    tokens = party.tokens()
    assert tokens["id_token"] is None
    assert tokens["expires_in"] == "3600"
