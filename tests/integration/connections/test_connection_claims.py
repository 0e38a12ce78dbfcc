"""Every key of a connection in an apply file, from the file to who is signed in: those about documents and people."""

from pathlib import Path
from typing import Any

import pytest

from tests.builders import World
from tests.fake_idp import FakeProvider, changed
from tests.fake_idp.forgeries import hs256
from tests.integration.connected import ALICE, SECRET, Connected, sent


@pytest.fixture
def acme(world: World, tmp_path: Path) -> Connected:
    return Connected(world, tmp_path)


# What an id_token must be


def test_an_algorithm_is_accepted_when_it_is_named_and_only_then(acme: Connected) -> None:
    with FakeProvider(alg="ES256") as idp:
        idp.person("alice", email=ALICE)
        acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
        assert acme.reason(idp) == "algorithm_refused"
        acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, signing_algs=["ES256"])
        assert acme.opens(idp)


def test_a_shared_secret_signs_id_tokens_where_that_is_named(acme: Connected, idp: FakeProvider) -> None:
    idp.on.sign = hs256(SECRET.encode())
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.reason(idp) == "algorithm_refused"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, signing_algs=["HS256"])
    idp.forget_requests()
    assert acme.opens(idp)
    assert "jwks" not in idp.calls


def test_a_required_claim_must_be_there_with_this_value(acme: Connected, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, required_claims={"tid": "acme-directory"})
    assert acme.reason(idp) == "claim_missing"
    idp.on.id_token(changed(tid="another-directory"))
    assert acme.reason(idp) == "claim_invalid"
    idp.on.id_token(changed(tid="acme-directory"))
    assert acme.opens(idp)


def test_another_audience_is_accepted_when_it_is_trusted_and_only_then(acme: Connected, idp: FakeProvider) -> None:
    idp.on.id_token(changed(aud=["bridge", "desk"], azp="bridge"))
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.reason(idp) == "audience_mismatch"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, trusted_audiences=["desk"])
    assert acme.opens(idp)


# What it says about the person


def test_another_claim_may_say_that_the_email_is_verified(acme: Connected, idp: FakeProvider) -> None:
    idp.person("alice", email=ALICE, email_verified=None, xms_edov=True)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, email_verified_claim="xms_edov")
    assert acme.opens(idp)
    assert "userinfo" not in idp.calls


def test_a_trusted_providers_emails_need_no_word_on_verification(acme: Connected, idp: FakeProvider) -> None:
    idp.person("alice", email=ALICE, email_verified=None)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.reason(idp) == "email_unverified"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, email_trust="always")
    assert acme.opens(idp)


def test_email_and_subject_are_found_deep_in_a_document(acme: Connected, idp: FakeProvider) -> None:
    idp.person("session-1", user={"id": 4711, "emails": [{"value": ALICE}]})
    acme.connect(
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        email_claim="user.emails.0.value",
        email_trust="always",
        subject_claim="user.id",
    )
    assert acme.opens(idp)
    idp.person("session-2", user={"id": 4711, "emails": [{"value": "alice.married@acme.example"}]})
    assert acme.opens(idp), "the same person, renamed: known by the subject_claim"
    idp.person("session-3", user={"id": 4712, "emails": [{"value": ALICE}]})
    assert acme.reason(idp) == "held_new_subject"


def test_a_claim_name_with_dots_is_one_name(acme: Connected, idp: FakeProvider) -> None:
    idp.person("alice", **{"https://acme.example/mail": ALICE})
    acme.connect(
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        email_claim="https://acme.example/mail",
        email_trust="always",
    )
    assert acme.opens(idp)


def test_accounts_are_matched_by_username(acme: Connected, idp: FakeProvider) -> None:
    idp.person("alice", preferred_username="Alice")
    acme.connect("", issuer=idp.issuer, client_id="bridge", client_secret=SECRET, match_by="username")
    assert acme.opens(idp)


def test_accounts_are_matched_by_an_external_id_in_a_claim_of_choice(acme: Connected, idp: FakeProvider) -> None:
    idp.person("alice", employee={"no": "E-17"})
    acme.connect(
        'external_id = "E-17"',
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        match_by="external_id",
        match_claim="employee.no",
    )
    assert acme.opens(idp)


def test_an_external_id_is_by_default_the_subject(acme: Connected, idp: FakeProvider) -> None:
    acme.connect(
        'external_id = "alice"', issuer=idp.issuer, client_id="bridge", client_secret=SECRET, match_by="external_id"
    )
    assert acme.opens(idp)


# OAuth 2.0


def oauth2_keys(idp: FakeProvider) -> dict[str, Any]:
    return {
        "protocol": "oauth2",
        "client_id": "bridge",
        "client_secret": SECRET,
        "scopes": ["user:email"],
        "authorization_endpoint": idp.url("authorize"),
        "token_endpoint": idp.url("token"),
        "userinfo_endpoint": idp.url("userinfo"),
    }


def test_a_plain_oauth2_server_says_by_userinfo_who_it_is(acme: Connected) -> None:
    with FakeProvider(kind="oauth2") as idp:
        idp.person("alice", email=ALICE)
        acme.connect(**oauth2_keys(idp))
        assert acme.opens(idp)
        assert idp.calls == ["authorize", "token", "userinfo"]
        asked = sent(idp, "authorize").query
        assert asked["scope"] == "user:email"
        assert "nonce" not in asked
        assert sent(idp, "userinfo").bearer


def test_of_a_list_of_addresses_the_primary_and_verified_one_counts(acme: Connected) -> None:
    with FakeProvider(kind="oauth2") as idp:
        idp.person("alice", email=ALICE, login="alice", id=17)
        idp.on.userinfo(changed(email="spoofed@acme.example", id=17))
        idp.on.emails(lambda honest: [{"email": "old@acme.example", "primary": False, "verified": True}, *honest])
        acme.connect(**oauth2_keys(idp), emails_endpoint=idp.url("emails"), subject_claim="id")
        assert acme.opens(idp)
        assert idp.calls == ["authorize", "token", "userinfo", "emails"]
        idp.on.emails(lambda honest: [{**address, "verified": False} for address in honest])
        assert acme.reason(idp) == "email_unverified"


# The rest


def test_a_disabled_connection_signs_nobody_in(acme: Connected, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, status="disabled")
    answer = acme.world.client().get("/t/acme/oauth/login?connection=main")
    assert answer.status_code == 403
    assert acme.world.trace(answer)["reason"] == "connection_disabled"
    assert idp.calls == []


def test_a_preset_gives_what_the_file_leaves_out(acme: Connected, idp: FakeProvider) -> None:
    idp.person("alice", email=ALICE, email_verified=None)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, preset="house")
    assert acme.opens(idp)
    assert sent(idp, "token").form["client_secret"] == SECRET
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, preset="house", email_trust="verified")
    assert acme.reason(idp) == "email_unverified"


def test_a_connection_without_a_client_id_exists_but_sends_nobody_anywhere(acme: Connected, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer)
    answer = acme.world.client().get("/t/acme/oauth/login")
    trace: Any = acme.world.trace(answer)
    assert (trace["reason"], trace["details"]["field"]) == ("misconfigured", "client_id")
    assert trace["remedy"].startswith("Tenant admin: enter client_id in the connection")
    assert idp.calls == []


def test_a_secret_left_out_of_the_file_stays_as_it_is(acme: Connected, idp: FakeProvider) -> None:
    idp.client(client_secret=SECRET)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret="env:SECRET")
    acme.connect(issuer=idp.issuer, client_id="bridge", scopes=["openid", "email"])
    assert acme.opens(idp)


def test_a_changed_setting_holds_for_the_very_next_request(acme: Connected, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.opens(idp)
    acme.connect(issuer=idp.issuer, client_id="bridge-2", client_secret=SECRET, pkce=False)
    idp.forget_requests()
    assert acme.opens(idp)
    assert sent(idp, "authorize").query["client_id"] == "bridge-2"
    assert "code_challenge" not in sent(idp, "authorize").query
