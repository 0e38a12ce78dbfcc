"""Ways of signing that no honest provider has. Each is a `Sign` for `idp.on.sign`."""

from joserfc.jwk import Key, OctKey

from tests.fake_idp.jws import Json, compact, signed
from tests.fake_idp.keys import KeyRing
from tests.fake_idp.script import Sign


def unsigned(header: Json, claims: Json) -> str:
    """`alg: none` with an empty signature (RFC 7515, appendix A.5)."""
    return compact({**header, "alg": "none"}, claims, b"")


def hs256(secret: bytes) -> Sign:
    """Symmetric, by a secret that somebody else may know: the client secret, or a public key's bytes."""
    return lambda header, claims: signed({**header, "alg": "HS256"}, claims, key=OctKey.import_key(secret), alg="HS256")


def by(key: Key, alg: str) -> Sign:
    """By a key of the test's own, under the header as it is."""
    return lambda header, claims: signed(header, claims, key=key, alg=alg)


def spoilt(keys: KeyRing) -> Sign:
    """Honest, but for one bit of the signature."""

    def sign(header: Json, claims: Json) -> str:
        body, _, signature = keys.sign(header, claims).rpartition(".")
        other = "A" if signature[0] != "A" else "B"
        return f"{body}.{other}{signature[1:]}"

    return sign


def with_own_key_inside(keys: KeyRing) -> Sign:
    """By an unpublished key that the token brings along as `jwk` (RFC 7515, section 4.1.3)."""
    alg = keys.current.alg
    key = keys.lend(alg)
    return lambda header, claims: signed({**header, "jwk": key.as_dict(private=False)}, claims, key=key, alg=alg)
