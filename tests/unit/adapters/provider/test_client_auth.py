import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey

from app.domain.connections.connection import ClientAuth, Connection, Sealed
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from tests.unit.adapters.provider import in_memory as idp
from tests.unit.adapters.provider.in_memory import CODE, REDIRECT_URI, TOKEN, World, connection, sealed

AWKWARD = "p+ %q:é~&="


def logged_in(to: Connection) -> tuple[dict[str, str], dict[str, str]]:
    """The form and the headers of the token request."""
    world = World()
    world.identify(to)
    return world.outbound.form(), dict(world.outbound.headers())


def test_basic_form_encodes_both_parts_first() -> None:
    form, headers = logged_in(connection(secret=AWKWARD))
    raw = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode("ascii")
    assert raw == "bridge:p%2B+%25q%3A%C3%A9~%26%3D"
    assert form == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": REDIRECT_URI,
        "code_verifier": "v" * 43,
    }
    assert headers["Accept"] == "application/json"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_basic_may_be_raw_for_servers_that_do_not_decode() -> None:
    _, headers = logged_in(connection(secret=AWKWARD, client_auth_encoding="raw"))
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode() == f"bridge:{AWKWARD}"


def test_post_puts_both_into_the_form() -> None:
    form, headers = logged_in(connection(secret=AWKWARD, client_auth=ClientAuth.POST))
    assert (form["client_id"], form["client_secret"]) == ("bridge", AWKWARD)
    assert "Authorization" not in headers


def test_a_public_client_names_itself_only() -> None:
    form, headers = logged_in(connection(secret=None, client_auth=ClientAuth.NONE))
    assert form["client_id"] == "bridge"
    assert "client_secret" not in form
    assert "Authorization" not in headers


def test_a_server_that_chokes_on_pkce_is_sent_no_verifier() -> None:
    form, _ = logged_in(connection(pkce=False))
    assert "code_verifier" not in form


def by_private_key(private_key: str, **settings: object) -> Connection:
    bare = connection(secret=None, client_auth=ClientAuth.PRIVATE_KEY_JWT, **settings)
    return replace(bare, private_key=sealed(private_key))


@pytest.mark.parametrize(
    ("key", "alg"),
    [
        (idp.RSA_KEY, "RS256"),
        (idp.EC_KEY, "ES256"),
        (ECKey.generate_key("P-384"), "ES384"),
        (ECKey.generate_key("P-521"), "ES512"),
    ],
)
def test_a_private_key_signs_an_assertion_for_the_token_endpoint(key: Key, alg: str) -> None:
    form, headers = logged_in(by_private_key(key.as_pem(private=True).decode()))  # type: ignore[union-attr]  # not oct
    assert form["client_id"] == "bridge"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    token = jwt.decode(form["client_assertion"], key, algorithms=[alg])
    assert token.header == {"typ": "JWT", "alg": alg}
    assert token.claims == {
        "iss": "bridge",
        "sub": "bridge",
        "aud": TOKEN,
        "jti": "random-token",
        "iat": int(idp.NOW),
        "exp": int(idp.NOW) + 60,
    }
    assert "Authorization" not in headers


def test_a_changed_private_key_signs_the_next_assertion() -> None:
    world = World()
    for key in (ECKey.generate_key("P-256"), ECKey.generate_key("P-256")):
        world.identify(by_private_key(key.as_pem(private=True).decode()))
        assert (
            jwt.decode(world.outbound.form()["client_assertion"], key, algorithms=["ES256"]).claims["iss"] == "bridge"
        )


def test_a_jwk_brings_its_key_id_and_algorithm() -> None:
    jwk = json.dumps({**idp.RSA_KEY.as_dict(private=True), "alg": "PS256", "key_ops": ["sign"]})
    form, _ = logged_in(by_private_key(jwk))
    token = jwt.decode(form["client_assertion"], idp.RSA_KEY, algorithms=["PS256"])
    assert token.header == {"typ": "JWT", "alg": "PS256", "kid": "rsa-1"}


def certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bridge")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.not_valid_before(day).not_valid_after(day + timedelta(days=1))
    private = idp.RSA_KEY.private_key
    assert private is not None
    return builder.public_key(idp.RSA_KEY.public_key).sign(private, SHA256())


@pytest.mark.parametrize("certificate_first", [True, False])
def test_a_certificate_beside_the_key_is_named_by_its_thumbprint(certificate_first: bool) -> None:  # noqa: FBT001  # parametrized
    made = certificate()
    blocks = [made.public_bytes(Encoding.PEM).decode(), idp.RSA_KEY.as_pem(private=True).decode()]
    form, _ = logged_in(by_private_key("".join(blocks if certificate_first else blocks[::-1])))
    token = jwt.decode(form["client_assertion"], idp.RSA_KEY, algorithms=["RS256"])
    assert token.header["x5t"] == idp.base64url(made.fingerprint(SHA1()))  # noqa: S303  # RFC 7515 defines it so
    assert token.header["x5t#S256"] == idp.base64url(made.fingerprint(SHA256()))


def test_a_certificate_of_the_connection_is_named_too_and_of_a_chain_the_first() -> None:
    made = certificate()
    chain = (
        made.public_bytes(Encoding.PEM).decode() * 2 + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    )
    to = replace(by_private_key(idp.RSA_KEY.as_pem(private=True).decode()), certificate=sealed(chain))
    form, _ = logged_in(to)
    token = jwt.decode(form["client_assertion"], idp.RSA_KEY, algorithms=["RS256"])
    assert token.header["x5t#S256"] == idp.base64url(made.fingerprint(SHA256()))


def test_an_assertion_may_be_for_the_issuer() -> None:
    key = idp.EC_KEY.as_pem(private=True).decode()
    form, _ = logged_in(by_private_key(key, client_assertion_audience="issuer"))
    assert jwt.decode(form["client_assertion"], idp.EC_KEY, algorithms=["ES256"]).claims["aud"] == idp.ISSUER


def test_a_client_secret_signs_an_assertion() -> None:
    form, headers = logged_in(connection(secret=AWKWARD, client_auth=ClientAuth.SECRET_JWT))
    token = jwt.decode(form["client_assertion"], OctKey(AWKWARD.encode(), AWKWARD.encode()), algorithms=["HS256"])
    assert token.header == {"typ": "JWT", "alg": "HS256"}
    assert (token.claims["iss"], token.claims["sub"], token.claims["aud"]) == ("bridge", "bridge", TOKEN)
    assert "client_secret" not in form
    assert "Authorization" not in headers


@pytest.mark.parametrize("client_auth", [ClientAuth.SECRET_JWT, ClientAuth.PRIVATE_KEY_JWT])
def test_every_assertion_is_addressed_to_the_issuer_as_one_text_where_the_connection_says_so(
    client_auth: ClientAuth,
) -> None:
    by = replace(
        connection(client_auth=client_auth, client_assertion_audience="issuer"),
        private_key=sealed(idp.EC_KEY.as_pem(private=True).decode()),
    )
    form, _ = logged_in(by)
    payload = form["client_assertion"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(payload + "=="))["aud"] == idp.ISSUER


NO_KEYS = {
    "empty": "",
    "no PEM": "a secret",
    "a public key": idp.RSA_KEY.as_pem(private=False).decode(),
    "a public JWK": json.dumps(idp.RSA_KEY.as_dict(private=False)),
    "a JWK without a kind": "{}",
    "a JWK of a secret": '{"kty": "oct", "k": "AAAA"}',
    "a broken PEM": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    "a broken certificate": idp.RSA_KEY.as_pem(private=True).decode()
    + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    "a JWK for another algorithm": json.dumps({**idp.RSA_KEY.as_dict(private=True), "alg": "none"}),
    "an Ed25519 key": idp.ED_KEY.as_pem(private=True).decode(),
    "a key for agreement": OKPKey.generate_key("X25519").as_pem(private=True).decode(),
}


@pytest.mark.parametrize("private_key", NO_KEYS.values(), ids=NO_KEYS)
def test_a_private_key_that_is_none_is_our_misconfiguration(private_key: str) -> None:
    world = World()
    stopped = world.refusal(by_private_key(private_key))
    assert (stopped.code, stopped.details["field"]) == (ReasonCode.MISCONFIGURED, "private_key")
    assert world.outbound.calls(TOKEN) == 0


def test_a_secret_that_our_keys_do_not_open_is_our_misconfiguration() -> None:
    world = World()
    stopped = world.refusal(replace(connection(), client_secret=Sealed("under another key")))
    assert stopped.code is ReasonCode.MISCONFIGURED
    assert stopped.details["field"] == "client_secret"
    assert world.outbound.calls(TOKEN) == 0


@pytest.mark.parametrize(
    ("to", "field"),
    [
        (connection(client_id=""), "client_id"),
        (connection(secret=None), "client_secret"),
        (connection(secret=None, client_auth=ClientAuth.POST), "client_secret"),
        (connection(secret=None, client_auth=ClientAuth.SECRET_JWT), "client_secret"),
    ],
)
def test_what_was_never_given_stops_a_login_before_any_redirect(to: Connection, field: str) -> None:
    world = World()
    for way in (world.begin, world.identify):
        with pytest.raises(SsoError) as stopped:
            way(to)
        assert stopped.value.code is ReasonCode.MISCONFIGURED
        assert stopped.value.details["field"] == field
    assert world.outbound.sent == []
