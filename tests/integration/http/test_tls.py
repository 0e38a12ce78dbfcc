import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.http.resolver import SocketAddress
from app.domain.errors import InvalidInput, SsoError
from app.domain.reasons.codes import ReasonCode
from tests.integration.http.authority import EXPIRED, NOT_YET_VALID, Authority
from tests.integration.http.hostile_server import answering, hostile_server, ok, read_request, reset, silent
from tests.integration.http.sending import Sender, sender

LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def browser(authority: Authority) -> Iterator[Sender]:
    def here(host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        return [("127.0.0.1", port)]

    with sender(networks=LOOPBACK, ca_bundle=authority.bundle, resolver=here) as made:
        yield made


def refused(browser: Sender, context: ssl.SSLContext) -> SsoError:
    with hostile_server(answering(ok(b"x")), tls=context) as server, pytest.raises(SsoError) as stopped:
        browser.get(server.url(host="idp.example"))
    return stopped.value


def test_a_server_with_the_right_certificate_is_asked_and_its_connection_kept(
    browser: Sender, authority: Authority
) -> None:
    with hostile_server(answering(ok(b"x")), tls=authority.server("idp.example")) as server:
        assert browser.get(server.url(host="idp.example")).body == b"x"
        assert browser.get(server.url(host="idp.example")).body == b"x"
        assert server.connections == 1


def test_a_certificate_for_an_address_is_good_for_that_address(browser: Sender, authority: Authority) -> None:
    with hostile_server(answering(ok(b"x")), tls=authority.server("127.0.0.1")) as server:
        assert browser.get(server.url()).body == b"x"


def test_a_certificate_for_another_name_is_refused(browser: Sender, authority: Authority) -> None:
    stopped = refused(browser, authority.server("evil.example"))
    assert stopped.code is ReasonCode.PROVIDER_TLS
    assert stopped.details == {"host": "idp.example", "error": "the certificate does not match the host name"}


def test_an_expired_certificate_is_refused(browser: Sender, authority: Authority) -> None:
    stopped = refused(browser, authority.server("idp.example", period=EXPIRED))
    assert stopped.details == {"host": "idp.example", "error": "the certificate has expired"}


def test_a_certificate_of_the_future_is_refused(browser: Sender, authority: Authority) -> None:
    stopped = refused(browser, authority.server("idp.example", period=NOT_YET_VALID))
    assert stopped.details["error"] == "the certificate is not valid yet"


def test_a_certificate_of_an_unknown_authority_is_refused(browser: Sender, tmp_path: Path) -> None:
    stopped = refused(browser, Authority(tmp_path / "other", name="Another Authority").server("idp.example"))
    assert stopped.code is ReasonCode.PROVIDER_TLS
    assert "CA is not trusted" in str(stopped.details["error"])


def test_a_server_that_answers_the_handshake_with_other_words_is_refused(browser: Sender) -> None:
    def plain(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        silent(connection)

    with hostile_server(plain) as server, pytest.raises(SsoError) as stopped:
        browser.get(f"https://idp.example:{server.port}/")
    assert stopped.value.code is ReasonCode.PROVIDER_TLS
    assert stopped.value.details["error"] == "the server does not speak TLS on this port"


def test_a_server_that_never_shakes_hands_is_a_timeout(browser: Sender) -> None:
    with hostile_server(silent) as server, pytest.raises(SsoError) as stopped:
        browser.get(f"https://idp.example:{server.port}/", within=1)
    assert stopped.value.code is ReasonCode.PROVIDER_TIMEOUT
    assert stopped.value.details["error"] == "the TLS handshake was not completed in time"


def test_a_server_that_hangs_up_on_the_handshake_is_a_tls_failure(browser: Sender) -> None:
    with hostile_server(lambda connection: None) as server, pytest.raises(SsoError) as stopped:
        browser.get(f"https://idp.example:{server.port}/")
    assert stopped.value.code is ReasonCode.PROVIDER_TLS


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_a_server_with_an_old_tls_only_is_refused(browser: Sender, authority: Authority) -> None:
    context = authority.server("idp.example")
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    assert refused(browser, context).code is ReasonCode.PROVIDER_TLS


def test_without_a_bundle_the_public_authorities_count(authority: Authority) -> None:
    with (
        sender(networks=LOOPBACK) as browser,
        hostile_server(answering(ok(b"x")), tls=authority.server("127.0.0.1")) as server,
        pytest.raises(SsoError) as stopped,
    ):
        browser.get(server.url())
    assert stopped.value.code is ReasonCode.PROVIDER_TLS


def test_a_bundle_that_cannot_be_read_is_named_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="REQUESTS_CA_BUNDLE"), sender(ca_bundle=tmp_path / "missing.pem"):
        pass
    (tmp_path / "empty.pem").write_text("no certificate")
    with pytest.raises(InvalidInput, match="REQUESTS_CA_BUNDLE"), sender(ca_bundle=tmp_path / "empty.pem"):
        pass


def test_a_folder_of_authorities_is_a_bundle_too(authority: Authority) -> None:
    # OpenSSL looks files up by a hash of the name, which these do not have: nothing is trusted, nothing breaks.
    with (
        sender(networks=LOOPBACK, ca_bundle=authority.bundle.parent) as browser,
        hostile_server(answering(ok(b"x")), tls=authority.server("127.0.0.1")) as server,
        pytest.raises(SsoError) as stopped,
    ):
        browser.get(server.url())
    assert "CA is not trusted" in str(stopped.value.details["error"])


def test_a_handshake_that_is_reset_is_a_tls_failure(browser: Sender) -> None:
    with hostile_server(reset) as server, pytest.raises(SsoError) as stopped:
        browser.get(f"https://idp.example:{server.port}/")
    assert stopped.value.code is ReasonCode.PROVIDER_TLS
    assert stopped.value.details["error"] == "the server closed the connection during the TLS handshake"


def test_noise_in_the_middle_of_tls_is_a_tls_failure(browser: Sender, authority: Authority) -> None:
    def noise(connection: socket.socket) -> None:
        read_request(connection)
        with socket.socket(fileno=os.dup(connection.fileno())) as beneath:
            beneath.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        silent(connection)

    with hostile_server(noise, tls=authority.server("idp.example")) as server, pytest.raises(SsoError) as stopped:
        browser.get(server.url(host="idp.example"))
    assert stopped.value.code is ReasonCode.PROVIDER_TLS


def test_a_kept_tls_connection_that_closes_before_a_byte_is_tried_once_more(
    browser: Sender, authority: Authority
) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(ok(b"x"))
        read_request(connection)

    with hostile_server(behave, tls=authority.server("idp.example")) as server:
        browser.get(server.url(host="idp.example"))
        assert browser.get(server.url(host="idp.example")).body == b"x"
        assert server.connections == 2
        browser.client.close()


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one(browser: Sender, authority: Authority) -> None:
    unasked = ok(b"evil" * 2500)
    with hostile_server(answering(ok(b"x") + unasked), tls=authority.server("idp.example")) as server:
        assert browser.get(server.url(host="idp.example")).body == b"x"
        assert browser.get(server.url(host="idp.example")).body == b"x"
        assert server.connections == 2
