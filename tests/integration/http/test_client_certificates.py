import ssl
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from app.adapters.http.tls import KEPT_S, Contexts
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import ClientCertificate, OutboundRequest
from tests.fake_idp import FakeProvider
from tests.integration.http.authority import EXPIRED, Authority
from tests.integration.http.sending import MovableClock, Sender, sender

OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def tls(authority: Authority, mode: ssl.VerifyMode) -> ssl.SSLContext:
    context = authority.server("127.0.0.1")
    context.verify_mode = mode
    context.load_verify_locations(authority.bundle)
    return context


@pytest.fixture
def idp(authority: Authority) -> Iterator[FakeProvider]:
    with FakeProvider(tls=tls(authority, ssl.CERT_OPTIONAL)) as provider:
        yield provider


@pytest.fixture
def out(authority: Authority) -> Iterator[Sender]:
    with sender(networks=("127.0.0.0/8",), ca_bundle=authority.bundle) as made:
        yield made


def ours(authority: Authority, name: str = "bridge") -> ClientCertificate:
    return ClientCertificate(*authority.client(name))


def get(out: Sender, url: str, certificate: ClientCertificate | None = None) -> int:
    return out.send(OutboundRequest("GET", url, certificate=certificate)).status


def stopped(out: Sender, url: str, certificate: ClientCertificate | None) -> SsoError:
    with pytest.raises(SsoError) as caught:
        get(out, url, certificate)
    return caught.value


def seen(idp: FakeProvider) -> list[bytes | None]:
    return [request.certificate for request in idp.requests()]


def der(certificate: ClientCertificate) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate.chain)


def test_a_certificate_is_shown_for_the_request_that_carries_it_and_for_no_other(
    out: Sender, idp: FakeProvider, authority: Authority
) -> None:
    one, other = ours(authority), ours(authority, "other")
    for certificate in (one, None, other, one, None):
        get(out, idp.url("jwks"), certificate)
    assert seen(idp) == [der(one), None, der(other), der(one), None]


def test_a_connection_is_kept_for_its_certificate(out: Sender, idp: FakeProvider, authority: Authority) -> None:
    pool = out.client._machinery.adapter._pool
    certificate = ours(authority)
    get(out, idp.url("jwks"), certificate)
    kept = [connection for connections in pool._idle.values() for connection in connections]
    get(out, idp.url("jwks"), ClientCertificate(certificate.chain, certificate.key))
    get(out, idp.url("jwks"))
    assert [origin[3] for origin in pool._idle] == [certificate, None]
    assert pool._idle[next(iter(pool._idle))] == kept


def test_no_certificate_goes_over_plain_http(idp: FakeProvider, authority: Authority) -> None:
    with FakeProvider() as plain, sender(development=True) as out:
        assert get(out, plain.url("jwks")) == 200
        error = stopped(out, plain.url("jwks"), ours(authority))
        assert error.code is ReasonCode.ADDRESS_REFUSED
        assert plain.calls == ["jwks"]


def test_a_server_that_wants_a_certificate_of_its_own_takes_no_other(out: Sender, authority: Authority) -> None:
    with FakeProvider(tls=tls(authority, ssl.CERT_REQUIRED)) as idp:
        assert get(out, idp.url("jwks"), ours(authority)) == 200
        strangers = (authority.client("stranger", self_signed=True), authority.client("old", period=EXPIRED))
        for certificate in (None, *(ClientCertificate(*client_prefix) for client_prefix in strangers)):
            # TLS 1.3 says so only after the handshake: whether its alert or the end is read first is a race.
            code = stopped(out, idp.url("jwks"), certificate).code
            assert code in {ReasonCode.PROVIDER_TLS, ReasonCode.PROVIDER_UNREACHABLE}
        assert idp.calls == ["jwks"]


def broken(authority: Authority) -> dict[str, ClientCertificate]:
    chain, key = authority.client("bridge")
    locked = load_pem_private_key(key.encode(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"passphrase")
    )
    return {
        "another key": ClientCertificate(chain, authority.client("other")[1]),
        "a key with a passphrase": ClientCertificate(chain, locked.decode()),
        "no key": ClientCertificate(chain, ""),
        "no certificate": ClientCertificate("", key),
        "nonsense": ClientCertificate("chain", "key"),
    }


@pytest.mark.parametrize("what", ["another key", "a key with a passphrase", "no key", "no certificate", "nonsense"])
def test_a_certificate_that_cannot_be_used_is_our_misconfiguration(
    out: Sender, idp: FakeProvider, authority: Authority, what: str
) -> None:
    error = stopped(out, idp.url("jwks"), broken(authority)[what])
    assert error.code is ReasonCode.MISCONFIGURED
    assert "PRIVATE" not in str(error.details)
    assert idp.calls == []


def test_a_key_is_in_no_file_and_stays_open_nowhere(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    contexts = Contexts(str(authority.bundle), lambda: 0.0)
    before = [*OPEN_FILES.iterdir()]
    contexts.presenting(ours(authority))
    assert len([*OPEN_FILES.iterdir()]) == len(before)
    assert list(tmp_path.iterdir()) == []


def test_the_certificates_in_use_are_kept_and_the_oldest_is_dropped(authority: Authority) -> None:
    contexts = Contexts(str(authority.bundle), lambda: 0.0, most=2)
    first, second, third = (ours(authority, name) for name in ("first", "second", "third"))
    made, dropped = contexts.presenting(first), contexts.presenting(second)
    assert contexts.presenting(first) is made
    contexts.presenting(third)
    assert contexts.presenting(first) is made
    assert contexts.presenting(second) is not dropped


def test_a_private_key_is_used_again_for_some_minutes_and_then_gone(authority: Authority) -> None:
    clock = MovableClock()
    contexts, certificate = Contexts(str(authority.bundle), clock.monotonic), ours(authority)
    made = ref(contexts.presenting(certificate))
    clock.pass_by(KEPT_S - 1)
    assert contexts.presenting(certificate) is made()
    clock.pass_by(1)
    contexts.presenting(ours(authority, "another"))
    assert made() is None


def test_a_certificate_is_not_written_out_with_its_key(authority: Authority) -> None:
    certificate = ours(authority)
    request = OutboundRequest("GET", "https://idp.example/", certificate=certificate)
    assert "PRIVATE KEY" not in f"{certificate!r}{request!r}"
