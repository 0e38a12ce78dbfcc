"""Forgeries of the bridge's own tokens. Each takes an honest token and gives one that must not open."""

import json
from collections.abc import Callable
from typing import Any

from joserfc.jwk import OctKey, RSAKey
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from tests.builders import World
from tests.fake_idp import forgeries
from tests.fake_idp.jws import Json, signed

Forge = Callable[[World, str], str]


def parts(token: str) -> tuple[Json, Json]:
    """Header and claims."""
    header, claims, _ = token.split(".")
    return json.loads(urlsafe_b64decode(header.encode())), json.loads(urlsafe_b64decode(claims.encode()))


def unsigned(token: str) -> str:
    """`alg: none`."""
    return forgeries.unsigned(*parts(token))


def modified(token: str, **claims: object) -> str:
    """Other claims under the honest signature."""
    header, honest, signature = token.split(".")
    changed = {**json.loads(urlsafe_b64decode(honest.encode())), **claims}
    return f"{header}.{urlsafe_b64encode(json.dumps(changed).encode()).decode()}.{signature}"


def entry(world: World, token: str) -> dict[str, Any]:
    """The published key that signed it."""
    keys = world.client().get("/oauth2/jwks").get_json()["keys"]
    return next(key for key in keys if key["kid"] == parts(token)[0]["kid"])


def _by_own_key(_world: World, token: str) -> str:
    return forgeries.by(RSAKey.generate_key(2048), "RS256")(*parts(token))


def _with_own_key_inside(_world: World, token: str) -> str:
    key = RSAKey.generate_key(2048)
    header, claims = parts(token)
    return forgeries.by(key, "RS256")({**header, "jwk": key.as_dict(private=False)}, claims)


def _by_the_public_key(world: World, token: str) -> str:
    """HS256 with what everybody can read as the secret."""
    secret = RSAKey.import_key(entry(world, token)).as_pem(private=False)
    header, claims = parts(token)
    # Not by `import_key`, which refuses: whoever forges does not use a careful library.
    return signed({**header, "alg": "HS256"}, claims, key=OctKey(secret, secret), alg="HS256")


def _by_the_public_key_as_json(world: World, token: str) -> str:
    return forgeries.hs256(json.dumps(entry(world, token)).encode())(*parts(token))


def _with_header(**values: object) -> Forge:
    def forge(_world: World, token: str) -> str:
        header, claims, signature = token.split(".")
        changed = {**json.loads(urlsafe_b64decode(header.encode())), **values}
        return f"{urlsafe_b64encode(json.dumps(changed).encode()).decode()}.{claims}.{signature}"

    return forge


FORGERIES: dict[str, Forge] = {
    "unsigned": lambda _world, token: unsigned(token),
    "no signature": lambda _world, token: token.rpartition(".")[0] + ".",
    "a spoilt signature": lambda _world, token: token[:-5] + ("AAAAA" if token[-5:] != "AAAAA" else "BBBBB"),
    "another subject": lambda _world, token: modified(token, sub="bob"),
    "another audience": lambda _world, token: modified(token, aud="bob"),
    "a later end": lambda _world, token: modified(token, exp=9_999_999_999),
    "signed by somebody": _by_own_key,
    "signed by a key that it brings along": _with_own_key_inside,
    "HS256 by the public key": _by_the_public_key,
    "HS256 by the published entry": _by_the_public_key_as_json,
    "an unknown key": _with_header(kid="unknown"),
    "no key": _with_header(kid=None),
    "a path for a key": _with_header(kid="../../etc/passwd"),
    "a query for a key": _with_header(kid="' OR 1=1 --"),
    "a key that no database stores": _with_header(kid="a\x00b"),
    "a key of many characters": _with_header(kid="k" * 400),
    "ES256 in its header": _with_header(alg="ES256"),
    "an unknown critical header": _with_header(crit=["x"], x=1),
    "unencoded": _with_header(b64=False, crit=["b64"]),
    "nothing": lambda _world, _token: "",
    "not a token": lambda _world, _token: "a.b.c",
    "encrypted": lambda _world, token: f"{token}.x.y",
    "beyond all size": lambda _world, token: token + "A" * 20_000,
    "not ASCII": lambda _world, token: token + "\u00e9",
}
