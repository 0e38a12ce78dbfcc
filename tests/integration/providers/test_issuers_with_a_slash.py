"""Auth0 and authentik: an issuer that ends with a slash, and means it."""

from collections.abc import Iterator

import pytest

from tests.fake_idp import FakeProvider, changed
from tests.integration.providers.stage import ALICE, SECRET, Stage, sent

AUTH0 = "https://acme.eu.auth0.com"
AUTHENTIK = "https://id.acme.example"
APPLICATION = f"{AUTHENTIK}/application/o/sso-bridge/"


@pytest.fixture
def auth0(stage: Stage) -> Iterator[FakeProvider]:
    with FakeProvider(issuer_path="/") as idp:
        idp.client(client_secret=SECRET, auth_method="client_secret_post")
        idp.person("auth0|alice", email=ALICE)
        yield stage.play(idp, AUTH0)


@pytest.fixture
def authentik(stage: Stage) -> Iterator[FakeProvider]:
    """2025.10 or later: email_verified is false unless a scope mapping says otherwise."""
    with FakeProvider(issuer_path="/application/o/sso-bridge/") as idp:
        idp.person("hashed-alice", email=ALICE, email_verified=False)
        yield stage.play(idp, AUTHENTIK)


def test_auth0_is_found_once_below_the_slash(stage: Stage, auth0: FakeProvider) -> None:
    stage.connect("auth0", issuer=f"{AUTH0}/")
    assert stage.opens()
    assert sent(auth0, "discovery").path == "/.well-known/openid-configuration"


def test_auth0_without_the_slash_stops_before_anybody_is_sent_there(stage: Stage, auth0: FakeProvider) -> None:
    stage.connect("auth0", issuer=AUTH0)
    trace = stage.refused()
    assert trace["reason"] == "issuer_mismatch"
    assert trace["details"]["received"] == f"{AUTH0}/"
    assert "authorize" not in auth0.calls


def test_auth0_names_the_callback_that_it_does_not_know(stage: Stage, auth0: FakeProvider) -> None:
    auth0.deny("invalid_request", description="Callback URL mismatch.")
    stage.connect("auth0", issuer=f"{AUTH0}/")
    assert "Allowed Callback URLs" in stage.refused()["remedy"]


def test_authentik_does_not_verify_and_is_refused_until_the_customer_trusts_its_own_server(
    stage: Stage, authentik: FakeProvider
) -> None:
    stage.connect("authentik", issuer=APPLICATION)
    assert stage.reason() == "email_unverified"
    stage.connect("authentik", issuer=APPLICATION, email_trust="always")
    assert stage.opens()
    assert authentik.calls[0] == "discovery"


def test_authentik_without_the_slash_is_another_issuer(stage: Stage, authentik: FakeProvider) -> None:
    stage.connect("authentik", issuer=APPLICATION.rstrip("/"), email_trust="always")
    assert stage.reason() == "issuer_mismatch"


@pytest.mark.parametrize("groups", ["admins", ["a", "b"], [{"name": "a", "pk": 1}], {"a": {}}, [None, 1, [1.5]], None])
def test_groups_of_any_shape_lock_nobody_out(stage: Stage, authentik: FakeProvider, groups: object) -> None:
    authentik.on.id_token(changed(groups=groups))
    stage.connect("authentik", issuer=APPLICATION, email_trust="always")
    assert stage.opens()
