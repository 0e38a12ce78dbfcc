"""TLS towards providers, and its errors in plain words."""

import ssl
from pathlib import Path

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from app.domain.errors import InvalidInput

# X509_V_ERR_* of OpenSSL.
_CERTIFICATE_ERRORS = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is signed by itself, not by a known authority",
    19: "the certificate's authority is not trusted here",
    20: "the certificate's authority is not trusted here, or an intermediate certificate is missing",
    21: "an intermediate certificate is missing",
    23: "the certificate has been revoked",
    62: "the certificate is for another name",
    64: "the certificate is for another address",
}


def make_context(ca_bundle: str | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, name and chain checked; `ca_bundle` is a file or folder, None for public authorities.

    Raises InvalidInput where it cannot be read. `ssl.create_default_context` would obey SSLKEYLOGFILE.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    context.set_alpn_protocols(["http/1.1"])
    bundle = Path(ca_bundle or DEFAULT_CA_BUNDLE_PATH)
    try:
        if bundle.is_dir():
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    except OSError as error:
        raise InvalidInput("REQUESTS_CA_BUNDLE", f"{bundle} cannot be read as certificates: {error}") from error
    return context


def in_words(error: ssl.SSLError) -> str:
    """What went wrong, for support."""
    if isinstance(error, ssl.SSLCertVerificationError):
        known = _CERTIFICATE_ERRORS.get(error.verify_code)
        return known or f"the certificate was not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "the server ended the TLS connection"
    match error.reason:
        case "WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "RECORD_LAYER_FAILURE":
            return "the server does not speak TLS on this port"
        case "UNSUPPORTED_PROTOCOL" | "TLSV1_ALERT_PROTOCOL_VERSION":
            return "the server offers no TLS 1.2 or newer"
        case reason:
            return f"TLS failed: {(reason or 'no reason given').lower().replace('_', ' ')}"
