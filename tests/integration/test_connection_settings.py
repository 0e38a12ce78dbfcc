"""Every key of a connection in an apply file, from the file to what the provider was asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, RSAKey
from werkzeug.test import TestResponse

from app.cli.apply import apply_spec
from app.cli.apply_file import parse_apply_file
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider, changed
from tests.fake_idp.forgeries import hs256
from tests.fake_idp.jws import read

ALICE = "alice@acme.example"
SECRET = "s3cret + 100% of: caf\u00e9 & more/=~"
ODD_CLIENT_ID = "bridge+%:\u00e9"


@dataclass
class Acme:
    """A tenant that is made from a file; alice has an account."""

    world: World
    folder: Path

    def connect(self, account: str = f'email = "{ALICE}"', **keys: object) -> None:
        """One connection with these keys and no others."""
        lines = [f"{name} = {toml(value)}" for name, value in {"name": "main", **keys}.items()]
        file = f"""
            [[tenants]]
            slug = "acme"
            name = "Acme Support"
            policy = "sso_optional"
            [[tenants.accounts]]
            username = "alice"
            {account}
            [[tenants.connections]]
            {chr(10).join(lines)}
        """
        presets = {"house": {"protocol": "oidc", "email_trust": "always", "client_auth": "client_secret_post"}}
        spec = parse_apply_file(
            file.encode(), folder=self.folder, environment={"SECRET": SECRET}, presets=presets, development=True
        )
        apply_spec(self.world.bridge, spec)

    def sign_in(self, idp: FakeProvider, client: FlaskClient | None = None) -> TestResponse:
        return self.world.sign_in(client or self.world.client(), idp)

    def opens(self, idp: FakeProvider) -> bool:
        """Whether such a login signs alice in."""
        client = self.world.client()
        self.sign_in(idp, client)
        session: Any = self.world.session(client)
        return session is not None and session["account"]["username"] == "alice"

    def reason(self, idp: FakeProvider) -> object:
        """Why such a login does not."""
        client = self.world.client()
        answer = self.sign_in(idp, client)
        assert self.world.session(client) is None
        return self.world.trace(answer)["reason"]


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {toml(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def sent(idp: FakeProvider, endpoint: str) -> Any:
    """The one request that came to `endpoint`."""
    (request,) = [one for one in idp.requests() if one.endpoint == endpoint]
    return request


@pytest.fixture
def acme(world: World, tmp_path: Path) -> Acme:
    return Acme(world, tmp_path)


# What is sent by default


def test_with_the_three_least_keys_everything_else_comes_from_discovery(acme: Acme, idp: FakeProvider) -> None:
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


def test_scopes_are_asked_for_as_they_stand(acme: Acme, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, scopes=["openid", "email", "groups"])
    assert acme.opens(idp)
    assert sent(idp, "authorize").query["scope"] == "openid email groups"


# client_auth


def test_client_secret_basic_encodes_both_halves_as_a_form_does(acme: Acme, idp: FakeProvider) -> None:
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


def test_client_secret_basic_in_the_raw_is_sent_as_it_is(acme: Acme, idp: FakeProvider) -> None:
    idp.basic_encoding = "raw"
    idp.client("bridge+%\u00e9", client_secret=SECRET, auth_method="client_secret_basic")
    acme.connect(issuer=idp.issuer, client_id="bridge+%\u00e9", client_secret=SECRET, client_auth_encoding="raw")
    assert acme.opens(idp)
    assert sent(idp, "token").basic == ("bridge+%\u00e9", SECRET)


def test_a_server_that_does_not_decode_refuses_what_is_encoded(acme: Acme, idp: FakeProvider) -> None:
    idp.basic_encoding = "raw"
    idp.client(client_secret=SECRET, auth_method="client_secret_basic")
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.reason(idp) == "client_refused"


def test_client_secret_post_puts_both_into_the_form(acme: Acme, idp: FakeProvider) -> None:
    idp.client(ODD_CLIENT_ID, client_secret=SECRET, auth_method="client_secret_post")
    acme.connect(issuer=idp.issuer, client_id=ODD_CLIENT_ID, client_secret=SECRET, client_auth="client_secret_post")
    assert acme.opens(idp)
    request = sent(idp, "token")
    assert (request.form["client_id"], request.form["client_secret"]) == (ODD_CLIENT_ID, SECRET)
    assert request.basic is None


def test_without_client_authentication_only_the_name_is_sent(acme: Acme, idp: FakeProvider) -> None:
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
    acme: Acme, idp: FakeProvider, make: Callable[[], tuple[bytes, str]]
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


def test_by_form_post_the_answer_comes_as_a_form(acme: Acme, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, response_mode="form_post")
    client = acme.world.client()
    out = client.get("/t/acme/oauth/login")
    form = idp.authorize(out.headers["Location"]).form
    path = urlsplit(form.action).path
    assert sent(idp, "authorize").query["response_mode"] == "form_post"
    stranger = acme.world.client()
    reposted = stranger.post(path, data=form.fields)
    assert reposted.status_code == 200, "a POST from another site travels without cookies"
    answer = client.post(path, data=hidden_fields(reposted))
    assert answer.status_code == 303
    assert acme.world.session(client) is not None


def test_pkce_is_left_out_for_a_server_that_chokes_on_it(acme: Acme, idp: FakeProvider) -> None:
    idp.pkce = "refused"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, pkce=False)
    assert acme.opens(idp)
    assert not [name for name in sent(idp, "authorize").query if name.startswith("code_challenge")]
    assert "code_verifier" not in sent(idp, "token").form


def test_pkce_satisfies_a_server_that_demands_it(acme: Acme, idp: FakeProvider) -> None:
    idp.pkce = "required"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, pkce=True)
    assert acme.opens(idp)


def test_extra_parameters_of_the_authorization_request_are_sent(acme: Acme, idp: FakeProvider) -> None:
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


def test_a_discovery_document_may_lie_elsewhere_but_must_name_the_issuer(acme: Acme, idp: FakeProvider) -> None:
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


def test_endpoints_given_by_hand_need_no_discovery(acme: Acme, idp: FakeProvider) -> None:
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


def test_endpoints_given_by_hand_go_before_what_is_published(acme: Acme, idp: FakeProvider) -> None:
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


def test_keys_given_inline_are_not_fetched(acme: Acme, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, jwks=json.dumps(idp.keys.jwks()))
    assert acme.opens(idp)
    assert "jwks" not in idp.calls
    idp.rotate_keys()
    assert acme.reason(idp) in ("key_unknown", "signature_invalid")
    assert "jwks" not in idp.calls


# What an id_token must be


def test_an_algorithm_is_accepted_when_it_is_named_and_only_then(acme: Acme) -> None:
    with FakeProvider(alg="ES256") as idp:
        idp.person("alice", email=ALICE)
        acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
        assert acme.reason(idp) == "algorithm_refused"
        acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, signing_algs=["ES256"])
        assert acme.opens(idp)


def test_a_shared_secret_signs_id_tokens_where_that_is_named(acme: Acme, idp: FakeProvider) -> None:
    idp.on.sign = hs256(SECRET.encode())
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.reason(idp) == "algorithm_refused"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, signing_algs=["HS256"])
    idp.forget_requests()
    assert acme.opens(idp)
    assert "jwks" not in idp.calls


def test_a_required_claim_must_be_there_with_this_value(acme: Acme, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, required_claims={"tid": "acme-directory"})
    assert acme.reason(idp) == "claim_missing"
    idp.on.id_token(changed(tid="another-directory"))
    assert acme.reason(idp) == "claim_invalid"
    idp.on.id_token(changed(tid="acme-directory"))
    assert acme.opens(idp)


def test_another_audience_is_accepted_when_it_is_trusted_and_only_then(acme: Acme, idp: FakeProvider) -> None:
    idp.on.id_token(changed(aud=["bridge", "desk"], azp="bridge"))
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.reason(idp) == "audience_mismatch"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, trusted_audiences=["desk"])
    assert acme.opens(idp)


# What it says about the person


def test_another_claim_may_say_that_the_email_is_verified(acme: Acme, idp: FakeProvider) -> None:
    idp.person("alice", email=ALICE, email_verified=None, xms_edov=True)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, email_verified_claim="xms_edov")
    assert acme.opens(idp)
    assert "userinfo" not in idp.calls


def test_a_trusted_providers_emails_need_no_word_on_verification(acme: Acme, idp: FakeProvider) -> None:
    idp.person("alice", email=ALICE, email_verified=None)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.reason(idp) == "email_unverified"
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, email_trust="always")
    assert acme.opens(idp)


def test_email_and_subject_are_found_deep_in_a_document(acme: Acme, idp: FakeProvider) -> None:
    idp.person("session-1", user={"id": 4711, "emails": [{"value": ALICE}]})
    acme.connect(
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        email_claim="user.emails.0.value",
        email_trust="always",
        subject_claim="user.id",
    )
    assert acme.opens(idp)
    idp.person("session-2", user={"id": 4711, "emails": [{"value": "alice.married@acme.example"}]})
    assert acme.opens(idp), "the same person, renamed: known by the subject_claim"
    idp.person("session-3", user={"id": 4712, "emails": [{"value": ALICE}]})
    assert acme.reason(idp) == "held_new_subject"


def test_a_claim_name_with_dots_is_one_name(acme: Acme, idp: FakeProvider) -> None:
    idp.person("alice", **{"https://acme.example/mail": ALICE})
    acme.connect(
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        email_claim="https://acme.example/mail",
        email_trust="always",
    )
    assert acme.opens(idp)


def test_accounts_are_matched_by_username(acme: Acme, idp: FakeProvider) -> None:
    idp.person("alice", preferred_username="Alice")
    acme.connect("", issuer=idp.issuer, client_id="bridge", client_secret=SECRET, match_by="username")
    assert acme.opens(idp)


def test_accounts_are_matched_by_an_external_id_in_a_claim_of_choice(acme: Acme, idp: FakeProvider) -> None:
    idp.person("alice", employee={"no": "E-17"})
    acme.connect(
        'external_id = "E-17"',
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        match_by="external_id",
        match_claim="employee.no",
    )
    assert acme.opens(idp)


def test_an_external_id_is_by_default_the_subject(acme: Acme, idp: FakeProvider) -> None:
    acme.connect(
        'external_id = "alice"', issuer=idp.issuer, client_id="bridge", client_secret=SECRET, match_by="external_id"
    )
    assert acme.opens(idp)


# OAuth 2.0


def oauth2_keys(idp: FakeProvider) -> dict[str, Any]:
    return {
        "protocol": "oauth2",
        "client_id": "bridge",
        "client_secret": SECRET,
        "scopes": ["user:email"],
        "authorization_endpoint": idp.url("authorize"),
        "token_endpoint": idp.url("token"),
        "userinfo_endpoint": idp.url("userinfo"),
    }


def test_a_plain_oauth2_server_says_by_userinfo_who_it_is(acme: Acme) -> None:
    with FakeProvider(kind="oauth2") as idp:
        idp.person("alice", email=ALICE)
        acme.connect(**oauth2_keys(idp))
        assert acme.opens(idp)
        assert idp.calls == ["authorize", "token", "userinfo"]
        asked = sent(idp, "authorize").query
        assert asked["scope"] == "user:email"
        assert "nonce" not in asked
        assert sent(idp, "userinfo").bearer


def test_of_a_list_of_addresses_the_primary_and_verified_one_counts(acme: Acme) -> None:
    with FakeProvider(kind="oauth2") as idp:
        idp.person("alice", email=ALICE, login="alice", id=17)
        idp.on.userinfo(changed(email="spoofed@acme.example", id=17))
        idp.on.emails(lambda honest: [{"email": "old@acme.example", "primary": False, "verified": True}, *honest])
        acme.connect(**oauth2_keys(idp), emails_endpoint=idp.url("emails"), subject_claim="id")
        assert acme.opens(idp)
        assert idp.calls == ["authorize", "token", "userinfo", "emails"]
        idp.on.emails(lambda honest: [{**address, "verified": False} for address in honest])
        assert acme.reason(idp) == "email_unverified"


# The rest


def test_a_disabled_connection_signs_nobody_in(acme: Acme, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, status="disabled")
    answer = acme.world.client().get("/t/acme/oauth/login?connection=main")
    assert answer.status_code == 403
    assert acme.world.trace(answer)["reason"] == "connection_disabled"
    assert idp.calls == []


def test_a_preset_gives_what_the_file_leaves_out(acme: Acme, idp: FakeProvider) -> None:
    idp.person("alice", email=ALICE, email_verified=None)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, preset="house")
    assert acme.opens(idp)
    assert sent(idp, "token").form["client_secret"] == SECRET
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET, preset="house", email_trust="verified")
    assert acme.reason(idp) == "email_unverified"


def test_a_connection_without_a_client_id_exists_but_sends_nobody_anywhere(acme: Acme, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer)
    answer = acme.world.client().get("/t/acme/oauth/login")
    assert acme.world.trace(answer)["reason"] == "client_refused"
    assert idp.calls == []


def test_a_secret_left_out_of_the_file_stays_as_it_is(acme: Acme, idp: FakeProvider) -> None:
    idp.client(client_secret=SECRET)
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret="env:SECRET")
    acme.connect(issuer=idp.issuer, client_id="bridge", scopes=["openid", "email"])
    assert acme.opens(idp)


def test_a_changed_setting_holds_for_the_very_next_request(acme: Acme, idp: FakeProvider) -> None:
    acme.connect(issuer=idp.issuer, client_id="bridge", client_secret=SECRET)
    assert acme.opens(idp)
    acme.connect(issuer=idp.issuer, client_id="bridge-2", client_secret=SECRET, pkce=False)
    idp.forget_requests()
    assert acme.opens(idp)
    assert sent(idp, "authorize").query["client_id"] == "bridge-2"
    assert "code_challenge" not in sent(idp, "authorize").query
