"""Generates a connection's keys. Their ids are their thumbprints (RFC 7638), so none have to be assigned."""

import json

from joserfc.jwk import ECKey, RSAKey

from app.domain.connections.connection_key import KeyType, KeyUse
from app.ports.connection_keys import MadeKey, PrivateKey

RSA_BITS = 2048
CURVE = "P-256"


def make_key(use: KeyUse, key_type: KeyType) -> MadeKey:
    """RSA takes about 100 ms."""
    key = RSAKey.generate_key(RSA_BITS) if key_type is KeyType.RSA else ECKey.generate_key(CURVE)
    named = {"kid": key.thumbprint(), "use": use.value}
    private = json.dumps({**key.as_dict(private=True), **named})
    public = {**key.as_dict(private=False), **named}
    return MadeKey(
        public={name: str(value) for name, value in public.items()},
        private=PrivateKey(kid=named["kid"], key_type=key_type, jwk=private),
    )
