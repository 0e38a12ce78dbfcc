"""Every key of a connection in an apply file, from the file to what the provider was asked: the protocol's."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, RSAKey

from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider, changed
from tests.fake_idp.jws import read
from tests.integration.connected import ODD_CLIENT_ID, SECRET, Connected, sent


@pytest.fixture
def acme(world: World, tmp_path: Path) -> Connected:
    return Connected(world, tmp_path)


# What is sent by default


def test_with_the_three_least_keys_everything_else_comes_from_discovery(acme: Connected, idp: FakeProvider) -> None:
    idp.client(client_secret=SECRET, auth_method="client_secret_basic")
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret="env:SECRET")
    assert acme.opens(idp)
    assert idp.calls == ["discovery", "authorize", "token", "jwks"]
    asked = sent(idp, "authorize").query
    assert asked["scope"] == "openid email profile"
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 43
    assert len(asked["state"]) >= 43
    assert "response_mode" not in asked
    assert sent(idp, "token").form.keys() == {"grant_type", "code", "redirect_uri", "code_verifier"}


def test_scopes_are_asked_for_as_they_stand(acme: Connected, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, scopes=["openid", "email", "groups"])
    assert acme.opens(idp)
    assert sent(idp, "authorize").query["scope"] == "openid email groups"


# client_auth


def test_client_secret_basic_encodes_both_halves_as_a_form_does(acme: Connected, idp: FakeProvider) -> None:
    idp.client(ODD_CLIENT_ID, client_secret=SECRET, auth_method="client_secret_basic")
    acme.connect(issuer=idp.issuer, client_id=ODD_CLIENT_ID, client_secret=SECRET, client_auth="client_secret_basic")
    assert acme.opens(idp)
    request = sent(idp, "token")
    assert request.basic == (
        "bridge%2B%25%3A%C3%A9",
        "s3cret+%2B+100%25+of%3A+caf%C3%A9+%26+more%2F%3D~",
    )
    assert "client_secret" not in request.form
    assert "client_id" not in request.form


def test_client_secret_basic_in_the_raw_is_sent_as_it_is(acme: Connected, idp: FakeProvider) -> None:
    idp.basic_encoding = "raw"
    idp.client("bridge+%\u00e9", client_secret=SECRET, auth_method="client_secret_basic")
    acme.connect(issuer=idp.issuer, client_id="bridge+%\u00e9", client_secret=SECRET, client_auth_encoding="raw")
    assert acme.opens(idp)
    assert sent(idp, "token").basic == ("bridge+%\u00e9", SECRET)


def test_a_server_that_does_not_decode_refuses_what_is_encoded(acme: Connected, idp: FakeProvider) -> None:
    idp.basic_encoding = "raw"
    idp.client(client_secret=SECRET, auth_method="client_secret_basic")
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.reason(idp) == "client_refused"


def test_client_secret_jwt_signs_with_the_secret_and_does_not_send_it(acme: Connected, idp: FakeProvider) -> None:
    idp.client(client_secret=SECRET, auth_method="client_secret_jwt")
    acme.connect(
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        client_auth="client_secret_jwt",
        client_assertion_audience="issuer",
    )
    assert acme.opens(idp)
    request = sent(idp, "token")
    header, claims = read(request.form["client_assertion"])
    assert (header["alg"], claims["aud"]) == ("HS256", idp.issuer)
    assert "client_secret" not in request.form
    assert request.basic is None
    idp.client(client_secret="another secret", auth_method="client_secret_jwt")
    assert acme.reason(idp) == "client_refused"


def test_client_secret_post_puts_both_into_the_form(acme: Connected, idp: FakeProvider) -> None:
    idp.client(ODD_CLIENT_ID, client_secret=SECRET, auth_method="client_secret_post")
    acme.connect(issuer=idp.issuer, client_id=ODD_CLIENT_ID, client_secret=SECRET, client_auth="client_secret_post")
    assert acme.opens(idp)
    request = sent(idp, "token")
    assert (request.form["client_id"], request.form["client_secret"]) == (ODD_CLIENT_ID, SECRET)
    assert request.basic is None


def test_without_client_authentication_only_the_name_is_sent(acme: Connected, idp: FakeProvider) -> None:
    idp.client(auth_method="none")
    acme.connect(issuer=idp.issuer, client_id="bridge", client_auth="none")
    assert acme.opens(idp)
    request = sent(idp, "token")
    assert request.form["client_id"] == "bridge"
    assert request.basic is None
    assert "client_secret" not in request.form


def rsa_pem() -> tuple[bytes, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "RS256"


def ec_pem() -> tuple[bytes, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "ES256"


@pytest.mark.parametrize("make", [rsa_pem, ec_pem])
def test_private_key_jwt_signs_an_assertion_for_this_provider(
    acme: Connected, idp: FakeProvider, make: Callable[[], tuple[bytes, str]]
) -> None:
    pem, alg = make()
    kind = RSAKey if alg == "RS256" else ECKey
    public = kind.import_key(kind.import_key(pem).as_dict(private=False))
    idp.client(public_key=public, auth_method="private_key_jwt")
    (acme.folder / "acme.pem").write_bytes(pem)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_auth="private_key_jwt", private_key="file:acme.pem")
    assert acme.opens(idp)
    header, claims = read(sent(idp, "token").form["client_assertion"])
    assert header["alg"] == alg
    assert claims["iss"] == claims["sub"] == "bridge"
    assert claims["exp"] - claims["iat"] <= 300
    assert acme.opens(idp), "each login signs an assertion of its own"


# The way through the browser


def test_by_form_post_the_answer_comes_as_a_form(acme: Connected, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, response_mode="form_post")
    client = acme.world.client()
    out = client.get("/t/acme/oauth/login")
    form = idp.authorize(out.headers["Location"]).form
    path = urlsplit(form.action).path
    assert sent(idp, "authorize").query["response_mode"] == "form_post"
    client_prefix = acme.world.client()
    reposted = client_prefix.post(path, data=form.fields)
    assert reposted.status_code == 200, "a POST from another site travels without cookies"
    answer = client.post(path, data=hidden_fields(reposted))
    assert answer.status_code == 303
    assert acme.world.session(client) is not None


def test_pkce_is_left_out_for_a_server_that_chokes_on_it(acme: Connected, idp: FakeProvider) -> None:
    idp.pkce = "refused"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, pkce=False)
    assert acme.opens(idp)
    assert not [name for name in sent(idp, "authorize").query if name.startswith("code_challenge")]
    assert "code_verifier" not in sent(idp, "token").form


def test_pkce_satisfies_a_server_that_demands_it(acme: Connected, idp: FakeProvider) -> None:
    idp.pkce = "required"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, pkce=True)
    assert acme.opens(idp)


def test_extra_parameters_of_the_authorization_request_are_sent(acme: Connected, idp: FakeProvider) -> None:
    acme.connect(
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        authorize_params={"resource": "https://api.acme.example/", "acr_values": "a b"},
    )
    assert acme.opens(idp)
    asked = sent(idp, "authorize").query
    assert (asked["resource"], asked["acr_values"]) == ("https://api.acme.example/", "a b")


# Where things are


def test_a_discovery_document_may_lie_elsewhere_but_must_name_the_issuer(acme: Connected, idp: FakeProvider) -> None:
    published: dict[str, object] = {}

    def publish(document: dict[str, object]) -> object:
        published.update(document)
        return document

    idp.on.discovery(publish)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.opens(idp)
    elsewhere = f"{idp.base_url}/elsewhere/config.json"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, discovery_url=elsewhere)
    idp.forget_requests()
    idp.answer("unknown", body=published)
    assert acme.opens(idp)
    assert [request.path for request in idp.requests() if request.endpoint == "unknown"] == ["/elsewhere/config.json"]
    idp.answer("unknown", body={**published, "issuer": "https://other.example"})
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, discovery_url=f"{elsewhere}?v=2")
    assert acme.world.trace(acme.world.client().get("/t/acme/oauth/login"))["reason"] == "issuer_mismatch"


def test_endpoints_given_by_hand_need_no_discovery(acme: Connected, idp: FakeProvider) -> None:
    idp.claims_in = "userinfo"
    acme.connect(
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        authorization_endpoint=idp.url("authorize"),
        token_endpoint=idp.url("token"),
        userinfo_endpoint=idp.url("userinfo"),
        jwks_uri=idp.url("jwks"),
        end_session_endpoint=idp.url("end_session"),
    )
    client = acme.world.client()
    acme.sign_in(idp, client)
    assert idp.calls == ["authorize", "token", "jwks", "userinfo"]
    out = client.post("/logout", data=hidden_fields(client.get("/account")))
    assert out.headers["Location"].startswith(f"{idp.url('end_session')}?")
    assert {"id_token_hint", "post_logout_redirect_uri", "state"} <= parse_qs(
        urlsplit(out.headers["Location"]).query
    ).keys()


def test_endpoints_given_by_hand_go_before_what_is_published(acme: Connected, idp: FakeProvider) -> None:
    idp.on.discovery(changed(token_endpoint=f"{idp.base_url}/old-token", jwks_uri=f"{idp.base_url}/old-keys"))
    acme.connect(
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        token_endpoint=idp.url("token"),
        jwks_uri=idp.url("jwks"),
    )
    assert acme.opens(idp)
    assert idp.calls == ["discovery", "authorize", "token", "jwks"]


def test_keys_given_inline_are_not_fetched(acme: Connected, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, jwks=json.dumps(idp.keys.jwks()))
    assert acme.opens(idp)
    assert "jwks" not in idp.calls
    idp.rotate_keys()
    assert acme.reason(idp) in ("key_unknown", "signature_invalid")
    assert "jwks" not in idp.calls
