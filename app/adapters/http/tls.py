"""TLS towards providers, with its errors in plain words."""

import os
import ssl
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from app.domain.errors import InvalidInput
from app.domain.reasons.error_words import CERTIFICATE_REFUSED, TLS_FAILED
from app.domain.text import Text
from app.ports.outbound import ClientCertificate

KEPT_S = 600.0
"""How long a context with a private key is reused."""

# X509_V_ERR_* of OpenSSL.
_CERTIFICATE_ERRORS = {
    9: Text("the certificate is not valid yet"),
    10: Text("the certificate has expired"),
    18: Text("the certificate is self-signed"),
    19: Text("the certificate's CA is not trusted"),
    20: Text("the certificate's CA is not trusted, or an intermediate certificate is missing"),
    21: "an intermediate certificate is missing",
    23: Text("the certificate has been revoked"),
    62: Text("the certificate does not match the host name"),
    64: Text("the certificate does not match the address"),
}
_NO_TLS = Text("the server does not speak TLS on this port")
_TOO_OLD = Text("the server does not support TLS 1.2 or newer")
_OURS_REFUSED = Text("the server does not accept the client certificate")
# Reasons of OpenSSL.
_TLS_ERRORS = {
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "HTTP_REQUEST": _NO_TLS,
    "RECORD_LAYER_FAILURE": _NO_TLS,
    "UNSUPPORTED_PROTOCOL": _TOO_OLD,
    "TLSV1_ALERT_PROTOCOL_VERSION": _TOO_OLD,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": Text("the server requires a client certificate"),
    "SSLV3_ALERT_BAD_CERTIFICATE": _OURS_REFUSED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _OURS_REFUSED,
    "TLSV1_ALERT_UNKNOWN_CA": _OURS_REFUSED,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": Text("the client certificate has expired"),
}


def make_context(ca_bundle: str | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, name and chain checked; `ca_bundle` is a file or folder, None for public authorities.

    Raises InvalidInput if it cannot be read. `ssl.create_default_context` would obey SSLKEYLOGFILE.
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


@cache
def shared_context(ca_bundle: str | None) -> ssl.SSLContext:
    """For requests without a client certificate: one per process, as loading all authorities takes time and memory."""
    return make_context(ca_bundle)


@dataclass(frozen=True, slots=True)
class _Presenting:
    context: ssl.SSLContext
    until: float


class Contexts:
    """A shared context, and for some minutes one for each client certificate in use, with its private key.

    Raises InvalidInput if the bundle cannot be read. `monotonic` is the clock. Thread-safe.
    """

    def __init__(self, ca_bundle: str | None, monotonic: Callable[[], float], *, most: int = 64) -> None:
        self._ca_bundle = ca_bundle
        self._monotonic = monotonic
        self._most = most
        self._plain = shared_context(ca_bundle)
        self._presenting: OrderedDict[bytes, _Presenting] = OrderedDict()
        self._lock = Lock()

    def presenting(self, certificate: ClientCertificate | None) -> ssl.SSLContext:
        """Raises ssl.SSLError if the certificate and its key are invalid."""
        if certificate is None:
            return self._plain
        name, now = sha256(f"{certificate.chain}\n{certificate.key}".encode()).digest(), self._monotonic()
        with self._lock:
            for over in [one for one, kept in self._presenting.items() if kept.until <= now]:
                del self._presenting[over]
            if name not in self._presenting:
                self._presenting[name] = _Presenting(self._made(certificate), now + KEPT_S)
            self._presenting.move_to_end(name)
            while len(self._presenting) > self._most:
                self._presenting.popitem(last=False)
            return self._presenting[name].context

    def _made(self, certificate: ClientCertificate) -> ssl.SSLContext:
        """OpenSSL needs a file: this one is in memory, has no name, and is removed at once."""
        context = make_context(self._ca_bundle)
        with os.fdopen(os.memfd_create("certificate"), "wb") as file:
            file.write(f"{certificate.chain}\n{certificate.key}\n".encode())
            file.flush()
            context.load_cert_chain(f"/proc/self/fd/{file.fileno()}", password=_no_passphrase)
        return context


def _no_passphrase() -> str:
    """Without this, OpenSSL would ask for a passphrase on the server's terminal."""
    raise ValueError(Text("the key has a passphrase"))


def in_words(error: ssl.SSLError) -> str:
    """What went wrong, for support."""
    if isinstance(error, ssl.SSLCertVerificationError):
        known = _CERTIFICATE_ERRORS.get(error.verify_code)
        return known or Text(CERTIFICATE_REFUSED, problem=error.verify_message)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Text("the server ended the TLS connection")
    reason = error.reason or "no reason given"
    return _TLS_ERRORS.get(reason) or Text(TLS_FAILED, reason=reason.lower().replace("_", " "))
