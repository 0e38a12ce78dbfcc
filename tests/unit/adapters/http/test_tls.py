import ssl

import pytest

from app.adapters.http.tls import in_words, make_context


def certificate_error(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "CERTIFICATE_VERIFY_FAILED")
    error.verify_code = code
    error.verify_message = message
    return error


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "failed")
    error.reason = reason
    return error


def test_names_and_chains_are_always_checked() -> None:
    context = make_context(None)
    assert context.check_hostname is True
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.hostname_checks_common_name is False
    assert context.cert_store_stats()["x509_ca"] > 50


def test_keys_of_connections_are_never_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", "/nowhere/keys")
    assert make_context(None).keylog_filename is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (9, "the certificate is not valid yet"),
        (10, "the certificate has expired"),
        (18, "the certificate is self-signed"),
        (19, "the certificate's CA is not trusted"),
        (20, "the certificate's CA is not trusted, or an intermediate certificate is missing"),
        (62, "the certificate does not match the host name"),
        (999, "the certificate was not accepted: odd"),
    ],
)
def test_a_certificate_error_is_put_in_words(code: int, words: str) -> None:
    assert in_words(certificate_error(code, "odd")) == words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("WRONG_VERSION_NUMBER", "the server does not speak TLS on this port"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "the server does not support TLS 1.2 or newer"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "the server requires a client certificate"),
        ("SSLV3_ALERT_BAD_CERTIFICATE", "the server does not accept the client certificate"),
        ("TLSV1_ALERT_UNKNOWN_CA", "the server does not accept the client certificate"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "the client certificate has expired"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "TLS failed: sslv3 alert handshake failure"),
        ("", "TLS failed: no reason given"),
    ],
)
def test_another_tls_error_is_put_in_words(reason: str, words: str) -> None:
    assert in_words(tls_error(reason)) == words


def test_an_end_within_tls_is_put_in_words() -> None:
    assert in_words(ssl.SSLEOFError(8, "EOF occurred")) == "the server ended the TLS connection"
