"""Microsoft Entra ID: one issuer for each directory, no word on emails, names that look like addresses."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_idp import FakeProvider, changed, without
from tests.integration.providers.stage import ALICE, SECRET, Stage, sent

MICROSOFT = "https://login.microsoftonline.com"
DIRECTORY = "2f1c5f0e-0a6b-4c43-9d5c-7a1f6f1f2c11"
ANOTHER = "9b7e34d2-6f0d-4d0c-8a55-c0ffee000002"
ISSUER = f"{MICROSOFT}/{DIRECTORY}/v2.0"


@pytest.fixture
def entra(stage: Stage) -> Iterator[FakeProvider]:
    """A work account: no email_verified anywhere."""
    with FakeProvider(issuer_path=f"/{DIRECTORY}/v2.0") as idp:
        idp.client(client_secret=SECRET, auth_method="client_secret_post")
        idp.person(
            "pairwise-alice", email=ALICE, email_verified=None, tid=DIRECTORY, ver="2.0", preferred_username=ALICE
        )
        yield stage.play(idp, MICROSOFT)


def connect(stage: Stage, **keys: Any) -> None:
    stage.connect("entra", **{"issuer": ISSUER, "required_claims": {"tid": DIRECTORY}, **keys})


def test_a_work_account_signs_in_although_nothing_says_that_its_email_is_verified(
    stage: Stage, entra: FakeProvider
) -> None:
    connect(stage)
    assert stage.opens()
    assert sent(entra, "token").form["client_secret"] == SECRET
    assert "userinfo" not in entra.calls


def test_a_lifetime_as_a_string_is_no_matter(stage: Stage, entra: FakeProvider) -> None:
    entra.on.token_response(changed(expires_in="3599", ext_expires_in="3599"))
    connect(stage)
    assert stage.opens()


def test_a_person_of_another_directory_is_refused(stage: Stage, entra: FakeProvider) -> None:
    connect(stage)
    entra.on.id_token(changed(tid=ANOTHER))
    trace = stage.refused()
    assert (trace["reason"], trace["details"]["claim"]) == ("claim_invalid", "tid")
    entra.on.id_token(without("tid"))
    assert stage.reason() == "claim_missing"
    entra.on.id_token(changed(iss=f"{MICROSOFT}/{ANOTHER}/v2.0", tid=ANOTHER))
    assert stage.reason() == "issuer_mismatch"


def test_a_claim_of_the_file_comes_beside_the_pinned_directory(stage: Stage, entra: FakeProvider) -> None:
    connect(stage, required_claims={"tid": DIRECTORY, "acct": 0})
    entra.on.id_token(changed(acct=1))
    assert stage.reason() == "claim_invalid"
    entra.on.id_token(changed(acct=0))
    assert stage.opens()


def test_a_version_1_token_has_another_issuer_and_is_refused(stage: Stage, entra: FakeProvider) -> None:
    connect(stage)
    entra.on.id_token(changed(iss=f"https://sts.windows.net/{DIRECTORY}/", ver="1.0"))
    trace = stage.refused()
    assert trace["reason"] == "issuer_mismatch"
    assert trace["details"]["expected"] == ISSUER


@pytest.mark.parametrize("everybody", ["common", "organizations"])
def test_the_issuer_for_everybody_stops_before_anybody_is_sent_there(stage: Stage, everybody: str) -> None:
    with FakeProvider(issuer_path=f"/{everybody}/v2.0") as idp:
        stage.play(idp, MICROSOFT)
        idp.on.discovery(changed(issuer=f"{MICROSOFT}/{{tenantid}}/v2.0"))
        connect(stage, issuer=f"{MICROSOFT}/{everybody}/v2.0")
        assert stage.reason() == "issuer_mismatch"
        assert idp.calls == ["discovery"]


def test_a_placeholder_is_no_issuer_either(stage: Stage, entra: FakeProvider) -> None:
    placeholder = f"{MICROSOFT}/{{tenantid}}/v2.0"
    entra.iss_in_response = False
    entra.on.discovery(changed(issuer=placeholder))
    connect(stage, issuer=placeholder, discovery_url=f"{ISSUER}/.well-known/openid-configuration")
    assert stage.reason() == "issuer_mismatch"
    assert entra.calls[-1] == "token", "the token names the directory, not the placeholder"


def test_a_upn_is_not_an_email(stage: Stage, entra: FakeProvider) -> None:
    entra.person("pairwise-alice", tid=DIRECTORY, upn=ALICE, preferred_username=ALICE, unique_name=ALICE)
    connect(stage)
    trace = stage.refused()
    assert (trace["reason"], trace["details"]["claim"]) == ("email_missing", "email")


def test_a_guest_without_an_email_is_not_the_member_whose_name_is_in_theirs(stage: Stage, entra: FakeProvider) -> None:
    guest = "alice_acme.example#EXT#@partner.onmicrosoft.com"
    entra.person("pairwise-guest", tid=DIRECTORY, upn=guest, preferred_username=guest)
    connect(stage)
    assert stage.reason() == "email_missing"
    connect(stage, email_claim="upn", email_domains=["acme.example"])
    assert stage.reason() == "email_outside_domains"


def test_an_email_in_other_letters_is_the_same_person(stage: Stage, entra: FakeProvider) -> None:
    entra.person("pairwise-alice", email="Alice@ACME.example", email_verified=None, tid=DIRECTORY)
    connect(stage)
    assert stage.opens()


@pytest.mark.parametrize(("word", "counts"), [(True, True), ("true", True), (False, False), (1, False), ("1", False)])
def test_xms_edov_may_speak_for_the_email(stage: Stage, entra: FakeProvider, word: object, *, counts: bool) -> None:
    connect(stage, email_trust="verified", email_verified_claim="xms_edov")
    assert stage.reason() == "email_unverified"
    entra.on.id_token(changed(xms_edov=word))
    if counts:
        assert stage.opens()
    else:
        assert stage.reason() == "email_unverified"


@pytest.mark.parametrize("word", [None, True, "true", 1])
def test_noauth_an_attackers_directory_that_sends_the_victims_email_opens_nothing(
    stage: Stage, entra: FakeProvider, word: object
) -> None:
    """nOAuth: `email` can be set to anything by whoever owns a directory."""
    connect(stage)
    says = {} if word is None else {"email_verified": word}
    entra.person("pairwise-mallory", email=ALICE, email_verified=None, tid=ANOTHER)
    entra.on.id_token(changed(**says))
    assert stage.reason() == "claim_invalid", "a token of the shared issuer host, but of another directory"
    with FakeProvider(issuer_path=f"/{ANOTHER}/v2.0") as theirs:
        stage.play(theirs, MICROSOFT)
        theirs.person("pairwise-mallory", email=ALICE, email_verified=None, tid=ANOTHER)
        theirs.on.id_token(changed(**says))
        stage.connect(
            "entra",
            slug="mallory",
            account={"username": "mallory", "email": "mallory@evil.example"},
            issuer=theirs.issuer,
            required_claims={"tid": ANOTHER},
        )
        assert stage.reason(slug="mallory") == "no_account", "alice's account is another tenant's"


def test_an_expired_secret_is_explained_in_the_words_of_the_console(stage: Stage, entra: FakeProvider) -> None:
    description = "AADSTS7000222: The provided client secret keys for app 'bridge' are expired."
    entra.answer("token", status=401, body={"error": "invalid_client", "error_description": description})
    connect(stage)
    trace = stage.refused()
    assert trace["reason"] == "client_refused"
    assert "Certificates & secrets" in trace["remedy"]


def test_two_hundred_groups_and_the_reference_to_more_of_them_are_no_matter(stage: Stage, entra: FakeProvider) -> None:
    groups = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(200)]
    overage = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://nobody.example/"}}}
    entra.on.id_token(changed(groups=groups, **overage))
    connect(stage)
    assert stage.opens()
    assert entra.calls == ["discovery", "authorize", "token", "jwks"]
