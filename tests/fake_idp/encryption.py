"""Encrypting to a client (RFC 7516): by the key set that it publishes, as its registration asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwe import JWERegistry, encrypt_compact
from joserfc.jwk import ECKey, RSAKey

from tests.fake_idp.jws import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """To one published key. `header` comes on top, whatever it says; a value of None removes."""

    jwk: Json
    alg: str
    enc: str
    header: Mapping[str, Any]

    def around(self, plain: bytes | str) -> str:
        key: RSAKey | ECKey = (RSAKey if self.jwk["kty"] == "RSA" else ECKey).import_key(self.jwk)
        whole = {"alg": self.alg, "enc": self.enc, "cty": "JWT", "kid": self.jwk["kid"], **self.header}
        protected = {name: value for name, value in whole.items() if value is not None}
        names = [self.alg, self.enc, *([protected["zip"]] if "zip" in protected else [])]
        return encrypt_compact(protected, plain, key, registry=_Registry(algorithms=names, strict_check_header=False))


class _Registry(JWERegistry):
    """Without the limits of the library: a provider writes what it likes."""

    max_protected_header_length = 1_000_000


def chosen(key_set: Json, *, alg: str) -> Json:
    """The key that a provider takes out of a client's set: as Keycloak does, by `alg` alone."""
    kty = "EC" if alg.startswith("ECDH") else "RSA"
    able = [key for key in key_set["keys"] if key["kty"] == kty and key.get("use", "enc") == "enc"]
    fitting = [key for key in able if key.get("alg") == alg]
    if not fitting:
        raise LookupError(f"can not get encryption KEK: the client publishes no {alg} key")
    return dict(fitting[0])
