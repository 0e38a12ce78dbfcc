"""Every endpoint that reads a token, and every token that is not the one it wants (SECURITY: ASVS 9.1, 9.2).

One kind of token never serves as another, and what we have not signed serves as nothing.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from app.domain.accounts.account import Account
from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.tenants.tenant import Tenant
from tests.apps import App, SignedInApp
from tests.builders import BASE_URL, World

Claims = dict[str, object]
STRANGERS = RSAKey.generate_key(2048)


class Forger:
    """Has an honest access token, the public keys, and every tool."""

    def __init__(self, world: World, desk: App, tenant: Tenant, account: Account) -> None:
        self.world, self.desk = world, desk
        self.signed_in: SignedInApp = desk.signed_in(tenant, account)
        self.tokens: dict[str, str] = dict(desk.redeem(self.signed_in.code).get_json())
        head, body, _ = self.honest.split(".")
        self.header: Claims = json.loads(decoded(head))
        self.claims: Claims = json.loads(decoded(body))
        keys = world.client().get("/oauth2/jwks").get_json()["keys"]
        self.public = next(key for key in keys if key["kid"] == self.header["kid"])

    @property
    def honest(self) -> str:
        return self.tokens["access_token"]

    def compact(self, header: Claims, claims: Claims, signature: bytes = b"") -> str:
        return ".".join(
            (encoded(json.dumps(header).encode()), encoded(json.dumps(claims).encode()), encoded(signature))
        )

    def by_stranger(self, header: Claims, **changed: object) -> str:
        algorithms = [str(header["alg"])]
        return jwt.encode(dict(header), {**self.claims, **changed}, STRANGERS, algorithms=algorithms)

    def mac(self, secret: bytes) -> str:
        header = {**self.header, "alg": "HS256"}
        signing = self.compact(header, self.claims).rpartition(".")[0]
        return f"{signing}.{encoded(hmac.digest(secret, signing.encode(), 'sha256'))}"

    def ours(self, token_type: str = "at+jwt", alg: SigningAlg = SigningAlg.RS256, **changed: object) -> str:
        """Signed by our own key: what another part of the bridge might sign by mistake."""
        claims = {name: value for name, value in {**self.claims, **changed}.items() if value is not None}
        return self.world.bridge.oauth2.signing_keys.signed(claims, algorithm=alg, token_type=token_type)


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def pem(forger: Forger) -> bytes:
    return bytes(RSAKey.import_key(forger.public).as_pem(private=False))


def logout_token(forger: Forger) -> str:
    signer = forger.world.bridge.oauth2.token_signer
    return signer.logout_token(forger.desk.client, subject=str(forger.claims["sub"]), sid=str(forger.claims["sid"]))


FORGERIES: dict[str, Callable[[Forger], str]] = {
    "an id_token": lambda f: f.tokens["id_token"],
    "a logout token": logout_token,
    "a code": lambda f: f.signed_in.code,
    "nothing": lambda f: " ",
    "alg none": lambda f: f.compact({**f.header, "alg": "none"}, f.claims),
    "alg None": lambda f: f.compact({**f.header, "alg": "None"}, f.claims),
    "alg nOnE": lambda f: f.compact({**f.header, "alg": "nOnE"}, f.claims),
    "alg null": lambda f: f.compact({**f.header, "alg": None}, f.claims),
    "alg a list": lambda f: f.compact({**f.header, "alg": ["RS256"]}, f.claims),
    "no signature": lambda f: f.honest.rpartition(".")[0] + ".",
    "a signature of zeros": lambda f: f.compact(f.header, f.claims, bytes(256)),
    "HS256 by the public key as PEM": lambda f: f.mac(pem(f)),
    "HS256 by the public key as JSON": lambda f: f.mac(json.dumps(f.public).encode()),
    "HS256 by an empty key": lambda f: f.mac(b""),
    "HS256 by the modulus": lambda f: f.mac(decoded(f.public["n"])),
    "a stranger's signature": lambda f: f.by_stranger(f.header),
    "a stranger's PS256": lambda f: f.by_stranger({**f.header, "alg": "PS256"}),
    "a stranger's key in the header": lambda f: f.by_stranger({**f.header, "jwk": STRANGERS.as_dict(private=False)}),
    "a stranger's key set": lambda f: f.by_stranger({**f.header, "jku": "https://evil.example/jwks"}),
    "a stranger's certificate": lambda f: f.by_stranger({**f.header, "x5u": "https://evil.example/cert"}),
    "an unknown kid": lambda f: f.by_stranger({**f.header, "kid": "unknown"}),
    "no kid": lambda f: f.by_stranger({name: value for name, value in f.header.items() if name != "kid"}),
    "a kid that is a path": lambda f: f.by_stranger({**f.header, "kid": "../../../dev/null"}),
    "a kid that is SQL": lambda f: f.by_stranger({**f.header, "kid": "' OR 1=1 --"}),
    "a kid with a NUL": lambda f: f.by_stranger({**f.header, "kid": "a\x00b"}),
    "a kid of a million letters": lambda f: f.compact({**f.header, "kid": "k" * 100_000}, f.claims, bytes(256)),
    "a kid that is a number": lambda f: f.compact({**f.header, "kid": 1}, f.claims, bytes(256)),
    "what our ES256 key signs for apps behind a proxy": lambda f: f.ours("identity+jwt", alg=SigningAlg.ES256),
    "ES256 in the header over our RS256": lambda f: f.compact(
        {**f.header, "alg": "ES256"}, f.claims, decoded(f.honest.rpartition(".")[2])
    ),
    "claims of another person": lambda f: (
        f.honest.split(".")[0]
        + "."
        + encoded(json.dumps({**f.claims, "sub": "someone-else"}).encode())
        + "."
        + f.honest.split(".")[2]
    ),
    "another issuer": lambda f: f.ours(iss="https://evil.example"),
    "our issuer with a slash": lambda f: f.ours(iss=f"{BASE_URL}/"),
    "another audience": lambda f: f.ours(aud="desk"),
    "a list of audiences": lambda f: f.ours(aud=[BASE_URL, "desk"]),
    "expired": lambda f: f.ours(exp=int(f.world.clock.now())),
    "the type JWT": lambda f: f.ours("JWT"),
    "the type of a logout token": lambda f: f.ours("logout+jwt"),
    "no dots": lambda f: "x" * 300,
    "five parts": lambda f: "a.b.c.d.e",
    "JSON": lambda f: json.dumps({"payload": "e30", "signatures": []}),
    "not ASCII": lambda f: f.honest[:-1] + "é",
    "too long": lambda f: f.honest + "A" * 60_000,
    "in quotes": lambda f: f'"{f.honest}"',
}


@pytest.fixture
def forger(world: World, desk: App, acme: Tenant, bob: Account) -> Forger:
    return Forger(world, desk, acme, bob)


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forged_access_token_is_worth_nothing_anywhere(forger: Forger, kind: str) -> None:
    desk, token = forger.desk, FORGERIES[kind](forger)
    assert desk.introspect(token) == {"active": False}
    by_form = forger.world.client().post("/oauth2/userinfo", data={"access_token": token})
    assert by_form.status_code == 401
    if token.isascii() and token.isprintable() and token.strip():
        assert desk.userinfo(token).status_code == 401
    assert desk.post("/oauth2/revoke", token=token).status_code == 200
    assert desk.refresh(token).status_code == 400
    assert desk.redeem(token).get_json()["error"] == "invalid_grant"
    assert desk.active(forger.honest) is (kind != "a code"), "and nobody else's is worth less for it"


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_token_of_one_kind_is_none_of_another(forger: Forger, kind: str) -> None:
    desk, token = forger.desk, forger.tokens[kind]
    assert desk.redeem(token).get_json()["error"] == "invalid_grant"
    if kind == "access_token":
        assert desk.refresh(token).get_json()["error"] == "invalid_grant"
    else:
        assert desk.userinfo(token).status_code == 401
    answer = desk.post("/oauth2/token", grant_type="urn:ietf:params:oauth:grant-type:device_code", device_code=token)
    assert answer.get_json()["error"] == "invalid_grant"


def test_an_access_token_is_no_client_assertion(forger: Forger) -> None:
    """Nor is an id_token, which names the client as its audience."""
    for token in (forger.honest, forger.tokens["id_token"]):
        answer = forger.desk.post(
            "/oauth2/token",
            client_secret="",
            grant_type="client_credentials",
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion=token,
        )
        assert answer.get_json()["error"] == "invalid_client"


def test_tokens_of_one_tenant_tell_of_nobody_in_another(world: World, forger: Forger) -> None:
    globex = world.tenant("globex")
    api = App.registered(world, "globex-api", tenant_id=globex.id)
    for token in forger.tokens.values():
        assert api.introspect(token) == {"active": False}


def test_keys_of_another_curve_sign_nothing(forger: Forger) -> None:
    key = ECKey.generate_key("P-384")
    token = jwt.encode({**forger.header, "alg": "ES384"}, dict(forger.claims), key, algorithms=["ES384"])
    assert forger.desk.introspect(token) == {"active": False}
