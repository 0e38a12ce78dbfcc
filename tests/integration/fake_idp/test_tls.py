import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_idp import FakeProvider
from tests.fake_idp.http_client import ask
from tests.integration.fake_idp.party import Party
from tests.integration.http.authority import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def tls(authority: Authority) -> ssl.SSLContext:
    context = authority.server("127.0.0.1")
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(authority.bundle)
    return context


@pytest.fixture
def secure(tls: ssl.SSLContext) -> Iterator[FakeProvider]:
    with FakeProvider(tls=tls) as idp:
        idp.person("alice", email="alice@acme.example")
        yield idp


def test_a_provider_can_be_served_over_https(secure: FakeProvider) -> None:
    assert ask(f"{secure.issuer}/.well-known/openid-configuration").json["issuer"].startswith("https://127.0.0.1:")
    assert Party(secure).tokens()["access_token"]
    assert secure.requests("token")[0].certificate is None


def test_a_client_by_tls_needs_its_certificate(secure: FakeProvider, authority: Authority) -> None:
    certificate, _ = authority.client("bridge")
    secure.client(auth_method="tls_client_auth", certificate=certificate)
    party = Party(secure)
    assert party.redeem(party.code()).json["error"] == "invalid_client"


def test_aliases_lead_to_the_same_endpoints(secure: FakeProvider) -> None:
    secure.mtls_aliases = True
    document = ask(f"{secure.issuer}/.well-known/openid-configuration").json
    alias = document["mtls_endpoint_aliases"]["token_endpoint"]
    assert alias != document["token_endpoint"]
    ask(alias, form={})
    assert secure.calls == ["discovery", "token"]
