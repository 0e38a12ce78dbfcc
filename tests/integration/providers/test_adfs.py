"""AD FS: answers by form_post, everything in the id_token, a userinfo that knows `sub` only."""

from collections.abc import Iterator

import pytest

from tests.fake_idp import FakeProvider
from tests.integration.providers.stage import ALICE, SECRET, Stage, sent

HOST = "https://fs.acme.example"
ISSUER = f"{HOST}/adfs"


@pytest.fixture
def adfs(stage: Stage) -> Iterator[FakeProvider]:
    with FakeProvider(issuer_path="/adfs") as idp:
        idp.client(client_secret=SECRET, auth_method="client_secret_post")
        idp.iss_in_response = False
        idp.claims_in = "id_token"
        alice(idp, email=ALICE)
        yield stage.play(idp, HOST)


def alice(idp: FakeProvider, *, email: str | None) -> None:
    """AD FS does not go by the scope `email`: rules say what it sends, beside the UPN."""
    idp.person("pairwise=", upn=ALICE, unique_name="ACME\\alice")
    mail = {} if email is None else {"email": email}
    idp.on.id_token(lambda claims: {**claims, **mail})


def test_the_email_comes_in_the_id_token_and_counts_without_a_word_on_it(stage: Stage, adfs: FakeProvider) -> None:
    stage.connect("adfs", issuer=ISSUER)
    assert stage.opens()
    asked = sent(adfs, "authorize").query
    assert (asked["response_mode"], asked["scope"]) == ("form_post", "openid allatclaims")
    assert "userinfo" not in adfs.calls


def test_without_a_rule_for_the_email_userinfo_has_none_either(stage: Stage, adfs: FakeProvider) -> None:
    alice(adfs, email=None)
    stage.connect("adfs", issuer=ISSUER)
    assert stage.reason() == "email_missing"
    assert adfs.calls[-1] == "userinfo"


def test_the_resource_of_ad_fs_2016_is_asked_for(stage: Stage, adfs: FakeProvider) -> None:
    stage.connect("adfs", issuer=ISSUER, authorize_params={"resource": "bridge"})
    assert stage.opens()
    assert sent(adfs, "authorize").query["resource"] == "bridge"


def test_an_old_one_that_chokes_on_pkce_is_spared_it(stage: Stage, adfs: FakeProvider) -> None:
    adfs.pkce = "refused"
    stage.connect("adfs", issuer=ISSUER)
    assert stage.reason() == "authorization_error"
    stage.connect("adfs", issuer=ISSUER, pkce=False)
    assert stage.opens()


def test_a_missing_permission_is_explained(stage: Stage, adfs: FakeProvider) -> None:
    adfs.deny("access_denied", description="MSIS9602: The relying party is not authorized.")
    stage.connect("adfs", issuer=ISSUER)
    trace = stage.refused()
    assert trace["reason"] == "access_denied"
    assert "Grant-AdfsApplicationPermission" in trace["remedy"]


def test_an_error_by_form_post_is_the_providers_error_and_no_mix_up(stage: Stage, adfs: FakeProvider) -> None:
    """As Apple and Entra answer too: cross-site, without our cookie."""
    adfs.deny("access_denied", description="The person pressed Cancel.")
    stage.connect("adfs", issuer=ISSUER)
    trace = stage.refused()
    assert trace["reason"] == "access_denied"
    assert trace["details"]["error_description"] == "The person pressed Cancel."
    assert "token" not in adfs.calls
