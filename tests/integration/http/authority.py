"""A certificate authority of the tests' own."""

import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Period = tuple[datetime, datetime]

VALID: Period = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))
EXPIRED: Period = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
NOT_YET_VALID: Period = (datetime(2098, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))


class Authority:
    """Signs servers' certificates; `bundle` is the file with its own."""

    def __init__(self, folder: Path, *, name: str = "Test Authority") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.bundle = folder / "authority.pem"
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        certificate = (
            self._builder(name, self._key, VALID)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, name: str, *, period: Period = VALID) -> ssl.SSLContext:
        """A server's context with a certificate for `name` (a DNS name or an address)."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._builder(name, key, period)
            .add_extension(x509.SubjectAlternativeName([_alternative(name)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{name}-{period[0].year}-{period[1].year}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def client(self, name: str, *, period: Period = VALID, self_signed: bool = False) -> tuple[str, str]:
        """A client's certificate, by this authority unless `self_signed`, and its key, both in PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer, signs = (_name(name), key) if self_signed else (self._name, self._key)
        certificate = self._builder(name, key, period, issuer=issuer).sign(signs, hashes.SHA256())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode()

    def _builder(
        self, name: str, key: ec.EllipticCurvePrivateKey, period: Period, *, issuer: x509.Name | None = None
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(issuer or self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(period[0])
            .not_valid_after(period[1])
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
