"""The relying party under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_idp import FakeProvider
from tests.integration.http.authority import Authority
from tests.threats.acme import ALICE, Acme
from tests.threats.oidf.relying_party import RelyingParty
from tests.threats.oidf.tls import Tls, asking_for_certificates
from tests.threats.running import running_world


@pytest.fixture
def rp(acme: Acme) -> RelyingParty:
    return RelyingParty(acme)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def own_certificate(authority: Authority) -> tuple[str, str]:
    """Of a client, by itself; with its key."""
    return authority.client("bridge", self_signed=True)


@pytest.fixture
def tls(
    tmp_path: Path,
    sqlite_url: str,
    authority: Authority,
    own_certificate: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Tls]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    certificate, key = authority.client("bridge")
    with (
        running_world(tmp_path, database_url=sqlite_url) as world,
        FakeProvider(alg="PS256", tls=asking_for_certificates(authority, own_certificate[0])) as idp,
    ):
        idp.person("alice", email=ALICE)
        yield Tls(world, idp, certificate, key)
