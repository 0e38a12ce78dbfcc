"""Where a search begins: honest input of each target, for it to be spoilt."""

import gzip
import json

from joserfc.jwe import encrypt_compact
from joserfc.jwk import ECKey

from app.domain.connections.connection_key import KeyType, KeyUse
from tests.fuzz.targets import ENDPOINTS
from tests.unit.adapters.provider import in_memory as idp


def _json(document: object) -> bytes:
    return json.dumps(document).encode()


_HEADER = _json({"alg": "HS256", "typ": "JWT", "kid": "rsa-1"}) + b"\n"
_LOGOUT = {
    **idp.claims(nonce=..., email=..., email_verified=...),
    "jti": "1",
    "sid": "2",
    "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
}
_PERSON = {"sub": "248289761001", "email": "bob@acme.example", "email_verified": True, "groups": [{"a": ["b"]}]}
_TOKENS = {"access_token": "a", "token_type": "Bearer", "expires_in": "3600", "id_token": idp.signed(idp.claims())}
_SET = idp.key_set(idp.RSA_KEY, idp.EC_KEY, idp.ED_KEY, use="sig")
_LOGIN = (_json(idp.metadata()), _json(_SET), _json({"request_uri": "urn:x", "expires_in": 60}), _json(_TOKENS),
          _json(_PERSON), _json([{"email": "bob@acme.example", "primary": True, "verified": True}]))  # fmt: skip
_JWE_HEADER = {"alg": "ECDH-ES", "enc": "A128GCM", "cty": "JWT"}


def _encrypted() -> bytes:
    public = idp.made(KeyUse.ENCRYPTION, KeyType.EC).public
    key = ECKey.import_key({name: value for name, value in public.items() if name != "alg"})
    return encrypt_compact(dict(_JWE_HEADER), idp.signed(idp.claims()), key).encode()


SEEDS: dict[str, tuple[bytes, ...]] = {
    "document": (_json(_PERSON), b'\xef\xbb\xbf{"name": "J\\u00f6rg \\ud83d\\ude00"}', b'{"a": 1e300, "b": -0}'),
    "claim_path": (b"user.emails.0.value\n" + _json({"user": {"emails": [{"value": 1}]}}), b'a.b\n{"a.b": 1}'),
    "keys": (_json(_SET), _json({"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "oct"}]})),
    "discovery": (_json(idp.metadata()), _json(idp.metadata(mtls_endpoint_aliases={"token_endpoint": "https://x"}))),
    "token_response": (
        b"\0\0" + _json(_TOKENS),
        b"\1\0access_token=a&token_type=bearer&expires_in=3600",
        b"\0\3" + _json({"error": "invalid_grant", "error_description": "secret"}),
    ),
    "token": (idp.signed(idp.claims()).encode(), idp.signed(idp.claims(), key=idp.EC_KEY, alg="ES256").encode()[:-4]),
    "id_token": (_HEADER + _json(idp.claims()), _HEADER + _json(idp.claims(aud=["bridge"], azp="bridge", at_hash="x"))),
    "logout_token": (_HEADER.replace(b"JWT", b"logout+jwt") + _json(_LOGOUT), _HEADER + _json(_LOGOUT)),
    "userinfo_token": (_HEADER + _json(_PERSON), _HEADER + _json({**_PERSON, "exp": idp.NOW, "aud": "bridge"})),
    "encrypted_token": (_encrypted(), _json(_JWE_HEADER) + b"\nkey\niv\ntext\ntag"),
    "login": tuple(bytes((place, 0, 0)) + _LOGIN[place] for place in range(len(ENDPOINTS))),
    "packed": (gzip.compress(_json(_PERSON), mtime=0), gzip.compress(b" " * 100_000, mtime=0)),
    "wire": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nT: t\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.0 200 OK\r\n\r\n{}",
    ),
    "url": (b"https://idp.example:8443/token?x=y", "https://ídp.example/".encode(), b"https://[2001:db8::1]/"),
    "email": (b"bob@acme.example", "jörg@bücher.example".encode(), b"bob@xn--bcher-kva.example"),
    "way_on": (b"/account?tab=1#x", b"/%2e%2e//evil.example", b"//evil.example", b"https://evil.example"),
}  # fmt: skip
