"""A provider's signing keys: published, rotated, lent out so that a test run makes few of them."""

from dataclasses import dataclass
from threading import Lock
from typing import Literal

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from tests.fake_idp.jws import Json, signed

Alg = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_Kind = Literal["RSA", "P-256", "P-384", "P-521", "Ed25519"]
_KINDS: dict[str, _Kind] = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}


class _Pool:
    """Keys of closed providers serve again; two providers alive at once never share one."""

    def __init__(self) -> None:
        self._free: dict[_Kind, list[Key]] = {}
        self._lock = Lock()

    def take(self, kind: _Kind) -> Key:
        with self._lock:
            free = self._free.setdefault(kind, [])
            return free.pop() if free else _generated(kind)

    def give_back(self, kind: _Kind, key: Key) -> None:
        with self._lock:
            self._free.setdefault(kind, []).append(key)


def _generated(kind: _Kind) -> Key:
    if kind == "RSA":
        return RSAKey.generate_key(2048)
    if kind == "Ed25519":
        return OKPKey.generate_key(kind)
    return ECKey.generate_key(kind)


_POOL = _Pool()


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key with the name it is published under; None: published without one."""

    kid: str | None
    alg: Alg
    key: Key

    def public(self) -> Json:
        """The JWK (RFC 7517, section 4)."""
        named = {"kid": self.kid} if self.kid else {}
        return {**self.key.as_dict(private=False), **named, "use": "sig", "alg": self.alg}


class KeyRing:
    """The key that signs now, and those that are published.

    Kids are `rs256-1`, `rs256-2`, … at every provider: two providers have the same names for different keys.
    """

    def __init__(self, alg: Alg) -> None:
        self.made: list[SigningKey] = []
        """Every key that ever signed, published or not."""
        self._lent: list[tuple[_Kind, Key]] = []
        self.current = self._new(alg)
        self.published = [self.current]

    def rotate(self, *, keep_old: bool, same_kid: bool, no_kid: bool, alg: Alg | None) -> None:
        new = self._new(alg or self.current.alg)
        if same_kid:
            new = SigningKey(kid=self.current.kid, alg=new.alg, key=new.key)
        published = [*self.published, new] if keep_old else [new]
        if no_kid:
            published = [SigningKey(kid=None, alg=entry.alg, key=entry.key) for entry in published]
        self.published = published
        self.current = published[-1]

    def jwks(self) -> Json:
        return {"keys": [key.public() for key in self.published]}

    def sign(self, header: Json, claims: object) -> str:
        """Sign with the present key: by the header's algorithm where the key can, by its own where not."""
        alg = header.get("alg")
        fits = self.current.key.key_type == "RSA" and str(alg)[:2] in {"RS", "PS"} and alg in JWSRegistry.algorithms
        return signed(header, claims, key=self.current.key, alg=str(alg) if fits else self.current.alg)

    def lend(self, alg: Alg) -> Key:
        """A key that is not published."""
        kind = _kind(alg)
        key = _POOL.take(kind)
        self._lent.append((kind, key))
        return key

    def give_back(self) -> None:
        while self._lent:
            _POOL.give_back(*self._lent.pop())

    def _new(self, alg: Alg) -> SigningKey:
        key = SigningKey(kid=f"{alg.lower()}-{len(self.made) + 1}", alg=alg, key=self.lend(alg))
        self.made.append(key)
        return key


def _kind(alg: Alg) -> _Kind:
    return _KINDS.get(alg, "RSA")
