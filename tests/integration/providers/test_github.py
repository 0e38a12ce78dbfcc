"""GitHub: no id_token, answers by form, errors with status 200, the email in a list of its own."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.fake_idp import FakeProvider, changed
from tests.integration.providers.stage import ALICE, SECRET, Stage, sent

HOSTS = ("https://github.com", "https://api.github.com")
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.fixture
def github(stage: Stage) -> Iterator[FakeProvider]:
    with FakeProvider(kind="oauth2") as idp:
        idp.paths |= {
            "authorize": "/login/oauth/authorize",
            "token": "/login/oauth/access_token",
            "userinfo": "/user",
            "emails": "/user/emails",
        }
        idp.client(client_secret=SECRET, auth_method="client_secret_post")
        idp.person("-", email=ALICE, login="alice", id=583231)
        idp.on.userinfo(lambda honest: {**honest, "email": None})
        idp.on.emails(lambda honest: [{"email": "old@elsewhere.example", "primary": False, "verified": True}, *honest])
        yield stage.play(idp, *HOSTS)


def test_the_primary_and_verified_address_of_the_list_counts(stage: Stage, github: FakeProvider) -> None:
    stage.connect("github")
    assert stage.opens()
    assert github.calls == ["authorize", "token", "userinfo", "emails"]
    assert sent(github, "authorize").query["scope"] == "read:user user:email"
    github.on.emails(lambda honest: [{**address, "verified": False} for address in honest])
    assert stage.reason() == "email_unverified"


def test_without_a_primary_address_none_is_guessed(stage: Stage, github: FakeProvider) -> None:
    stage.connect("github")
    github.on.userinfo(changed(email=None))
    github.on.emails(lambda honest: [{**address, "primary": False} for address in honest])
    assert stage.reason() == "email_missing"


def test_a_token_answer_as_a_form_is_read(stage: Stage, github: FakeProvider) -> None:
    as_form(github)
    stage.connect("github")
    assert stage.opens()


def as_form(idp: FakeProvider) -> None:
    """What GitHub sends to who does not ask for JSON."""
    token = "gho_made-up"
    body = urlencode({"access_token": token, "scope": "read:user,user:email", "token_type": "bearer"})
    idp.answer("token", body=body, headers=FORM)
    idp.answer("userinfo", body={"login": "alice", "id": 583231, "email": None})
    idp.answer("emails", body=[{"email": ALICE, "primary": True, "verified": True}])


def test_json_is_asked_for(stage: Stage, github: FakeProvider) -> None:
    stage.connect("github")
    assert stage.opens()
    assert sent(github, "token").headers["accept"] == "application/json"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("bad_verification_code", "grant_refused"),
        ("incorrect_client_credentials", "client_refused"),
        ("redirect_uri_mismatch", "grant_refused"),
        ("something_new", "authorization_error"),
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_an_error_with_status_200_is_an_error(
    stage: Stage, github: FakeProvider, error: str, reason: str, *, as_json: bool
) -> None:
    said = {"error": error, "error_description": "The words of GitHub."}
    github.answer("token", body=said if as_json else urlencode(said), headers={} if as_json else FORM)
    stage.connect("github")
    trace = stage.refused()
    assert trace["reason"] == reason
    assert trace["details"]["error_description"] == "The words of GitHub."
    assert "userinfo" not in github.calls


def test_a_person_is_known_by_number_not_by_login_name(stage: Stage, github: FakeProvider) -> None:
    stage.connect("github")
    assert stage.opens()
    github.person("-", email=ALICE, login="alice-renamed", id=583231)
    assert stage.opens()
    github.person("-", email=ALICE, login="alice", id=583232)
    assert stage.reason() == "held_new_subject", "somebody else has the name now"
