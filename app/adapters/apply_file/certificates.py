"""Whether the value of `certificate` is one, and matches the key beside it."""

import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates

from app.domain.text import Text

KEY_IN_PEM = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)


def certificate_problem(text: str, *, key: str | None) -> str | None:
    """What is wrong with it; `key` is None if an earlier file set it."""
    try:
        chain = load_pem_x509_certificates(text.encode())
    except ValueError:
        return Text("must be a PEM certificate, with the bridge's own first")
    private = load_key(key) if key else None
    if private is None:
        return None
    as_info = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if chain[0].public_key().public_bytes(*as_info) != private.public_key().public_bytes(*as_info):
        return Text("does not match private_key")
    return None


def certificate_expires_at(text: str) -> float | None:
    """Of the first certificate, in Unix seconds; None if there is no readable one."""
    try:
        return load_pem_x509_certificates(text.encode())[0].not_valid_after_utc.timestamp()
    except ValueError:
        return None


def load_key(text: str) -> PrivateKeyTypes | None:
    """The private key in a PEM text, which may hold more; None if there is no readable one."""
    block = KEY_IN_PEM.search(text)
    try:
        return load_pem_private_key(block[0].encode(), password=None) if block else None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
