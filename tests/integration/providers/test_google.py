"""Google Workspace: one issuer for everybody; the domain counts as a claim, never as a wish."""

from collections.abc import Iterator

import pytest

from tests.fake_idp import FakeProvider, changed
from tests.integration.providers.stage import ALICE, SECRET, Stage, sent

HOSTS = ("https://accounts.google.com",)


@pytest.fixture
def google(stage: Stage) -> Iterator[FakeProvider]:
    with FakeProvider() as idp:
        idp.client(client_secret=SECRET, auth_method="client_secret_post")
        idp.person("110248495921238986420", email=ALICE, hd="acme.example")
        yield stage.play(idp, *HOSTS)


def connect(stage: Stage) -> None:
    stage.connect("google", required_claims={"hd": "acme.example"}, authorize_params={"hd": "acme.example"})


def test_a_person_of_the_workspace_signs_in(stage: Stage, google: FakeProvider) -> None:
    connect(stage)
    assert stage.opens()
    assert sent(google, "authorize").query["hd"] == "acme.example"


def test_without_the_hd_claim_a_login_is_refused_although_hd_was_asked_for(stage: Stage, google: FakeProvider) -> None:
    connect(stage)
    google.person("private", email=ALICE)
    trace = stage.refused()
    assert sent(google, "authorize").query["hd"] == "acme.example"
    assert (trace["reason"], trace["details"]["claim"]) == ("claim_missing", "hd")


def test_a_person_of_another_workspace_is_refused(stage: Stage, google: FakeProvider) -> None:
    connect(stage)
    google.person("elsewhere", email=ALICE, hd="evil.example")
    assert stage.reason() == "claim_invalid"


def test_the_issuer_without_https_of_former_times_is_another_issuer(stage: Stage, google: FakeProvider) -> None:
    connect(stage)
    google.on.id_token(changed(iss="accounts.google.com"))
    assert stage.reason() == "issuer_mismatch"


def test_an_address_that_has_a_new_owner_waits_for_the_admin(stage: Stage, google: FakeProvider) -> None:
    connect(stage)
    assert stage.opens()
    google.person("110248495921238986421", email=ALICE, hd="acme.example")
    assert stage.reason() == "held_new_subject"


def test_an_app_that_the_admin_has_blocked_is_explained(stage: Stage, google: FakeProvider) -> None:
    google.deny("admin_policy_enforced")
    connect(stage)
    assert "App access control" in stage.refused()["remedy"]
