"""OneLogin, JumpCloud, PingFederate, PingOne, Zitadel, Cognito, GitLab: what each of them sends otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fake_idp import FakeProvider, changed
from tests.integration.providers.stage import ALICE, SECRET, Stage, sent


@contextmanager
def played(stage: Stage, host: str, *, path: str = "") -> Iterator[FakeProvider]:
    with FakeProvider(issuer_path=path) as idp:
        idp.client(client_secret=SECRET, auth_method="client_secret_basic")
        idp.person("alice", email=ALICE)
        yield stage.play(idp, host)


def test_onelogin_says_nothing_about_emails_and_sends_groups_as_one_string(stage: Stage) -> None:
    with played(stage, "https://acme.onelogin.com", path="/oidc/2") as idp:
        idp.person("31337", email=ALICE, email_verified=None, groups="Agents;Night shift", params={})
        stage.connect("onelogin", issuer="https://acme.onelogin.com/oidc/2")
        assert stage.opens()


@pytest.mark.parametrize(("word", "counts"), [("true", True), ("false", False), ("True", False), ("1", False)])
def test_jumpcloud_verifies_emails_by_a_string(stage: Stage, word: str, *, counts: bool) -> None:
    with played(stage, "https://oauth.id.jumpcloud.com", path="/") as idp:
        idp.person("615c83", email=ALICE, email_verified=word, jc_org="7778e5", member_of=["group1"])
        idp.on.id_token(changed(aud=["bridge"], rat=1))
        stage.connect("jumpcloud")
        if counts:
            assert stage.opens()
        else:
            assert stage.reason() == "email_unverified"


def test_jumpcloud_in_europe_is_another_issuer(stage: Stage) -> None:
    with played(stage, "https://oauth.id.eu.jumpcloud.com", path="/"):
        stage.connect("jumpcloud", issuer="https://oauth.id.eu.jumpcloud.com/")
        assert stage.opens()


def test_pingfederate_may_call_the_email_mail(stage: Stage) -> None:
    with played(stage, "https://sso.acme.example:9031") as idp:
        idp.claims_in = "userinfo"
        idp.person("alice", mail=ALICE)
        idp.on.id_token(lambda claims: {name: value for name, value in claims.items() if name != "mail"})
        stage.connect("pingfederate", issuer="https://sso.acme.example:9031")
        assert stage.reason() == "email_missing"
        stage.connect("pingfederate", issuer="https://sso.acme.example:9031", email_claim="mail")
        assert stage.reason() == "email_unverified"
        stage.connect("pingfederate", issuer="https://sso.acme.example:9031", email_claim="mail", email_trust="always")
        assert stage.opens()


def test_pingone_has_an_issuer_for_each_environment(stage: Stage) -> None:
    environment = "/4c2f6a1e-9d5b-4c0c-8a5e-0d6f3b1e7a10/as"
    with played(stage, "https://auth.pingone.eu", path=environment) as idp:
        stage.connect("pingone", issuer=f"https://auth.pingone.eu{environment}")
        assert stage.opens()
        idp.on.id_token(changed(iss="https://auth.pingone.eu/another-environment/as"))
        assert stage.reason() == "issuer_mismatch"


def test_zitadel_names_its_project_among_the_audiences_and_it_has_to_be_trusted(stage: Stage) -> None:
    with played(stage, "https://acme-x1y2.zitadel.cloud") as idp:
        idp.claims_in = "userinfo"
        idp.on.id_token(changed(aud=["bridge", "310000000000000001"], azp="bridge"))
        stage.connect("zitadel", issuer="https://acme-x1y2.zitadel.cloud")
        trace = stage.refused()
        assert trace["reason"] == "audience_mismatch"
        assert "310000000000000001" in str(trace["details"]["received"])
        stage.connect("zitadel", issuer="https://acme-x1y2.zitadel.cloud", trusted_audiences=["310000000000000001"])
        idp.forget_requests()
        assert stage.opens()
        assert idp.calls[-1] == "userinfo"


COGNITO = "https://cognito-idp.eu-west-1.amazonaws.com"
POOL = "/eu-west-1_Ab1Cd2Ef3"


@pytest.mark.parametrize(("word", "counts"), [("true", True), ("false", False), ("FALSE", False)])
def test_cognito_verifies_emails_by_a_string_in_userinfo(stage: Stage, word: str, *, counts: bool) -> None:
    with played(stage, COGNITO, path=POOL) as idp:
        idp.claims_in = "userinfo"
        idp.person("5f1c", email=ALICE, email_verified=word, username="alice")
        stage.connect("cognito", issuer=f"{COGNITO}{POOL}")
        if counts:
            assert stage.opens()
        else:
            assert stage.reason() == "email_unverified"


def test_cognito_logs_out_by_parameters_of_its_own(stage: Stage) -> None:
    with played(stage, COGNITO, path=POOL):
        logout = "https://acme.auth.eu-west-1.amazoncognito.com/logout?logout_uri=http://localhost:8000/logged-out"
        stage.connect("cognito", issuer=f"{COGNITO}{POOL}", end_session_endpoint=logout)
        client = stage.world.client()
        stage.sign_in(client)
        out = stage.log_out(client)
        assert out.startswith("https://acme.auth.eu-west-1.amazoncognito.com/logout?logout_uri=http")
        assert out.count("client_id=bridge") == 1


def test_gitlab_com_signs_in_who_has_a_confirmed_address(stage: Stage) -> None:
    with played(stage, "https://gitlab.com") as idp:
        idp.person("4711", email=ALICE, groups_direct=["acme"])
        stage.connect("gitlab")
        assert stage.opens()
        idp.person("4711", email=ALICE, email_verified=False)
        assert stage.reason() == "email_unverified"


def test_a_gitlab_of_ones_own_is_its_own_issuer(stage: Stage) -> None:
    with played(stage, "https://git.acme.example") as idp:
        stage.connect("gitlab", issuer="https://git.acme.example")
        assert stage.opens()
        assert sent(idp, "discovery").path == "/.well-known/openid-configuration"


def test_any_other_openid_provider_needs_an_issuer_and_no_more(stage: Stage) -> None:
    with played(stage, "https://idp.acme.example") as idp:
        stage.connect("oidc", issuer="https://idp.acme.example")
        assert stage.opens()
        assert sent(idp, "authorize").query["scope"] == "openid email profile"
