"""Only the client itself is taken for the client: RFC 6749, section 2.3; RFC 7523; ASVS 10.4.10 and 10.4.16."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote_plus

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64encode

from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.tenants.tenant import Status
from app.services.oauth2.client_authentication import secret_hash
from app.services.oauth2.client_credentials import read_credentials
from tests.builders import BASE_URL
from tests.threats.oauth2.door import DESK, ED, KEY, RSA, SECRET, Door


def signed(
    claims: Mapping[str, object], *, key: RSAKey | ECKey | OKPKey | OctKey = KEY, alg: str = "ES256", **header: object
) -> str:
    return jws.serialize_compact({"alg": alg, **header}, json.dumps(claims).encode(), key, algorithms=[alg])


def test_a_secret_is_accepted_in_the_header_and_in_the_body(door: Door) -> None:
    assert door.knock({}, basic=f"desk:{quote_plus(SECRET)}").client_id == "desk"
    assert door.knock({"client_id": "desk", "client_secret": SECRET}).client_id == "desk"


def test_a_client_that_does_not_encode_its_secret_is_understood_all_the_same(door: Door) -> None:
    assert door.knock({}, basic=f"desk:{SECRET}").client_id == "desk"


def test_both_secrets_are_accepted_while_one_replaces_the_other(door: Door) -> None:
    with door.world.bridge.database.write() as work:
        work.clients.save(replace(DESK, next_secret_hash=secret_hash("the next one")))
    for secret in (SECRET, "the next one"):
        assert door.knock({"client_id": "desk", "client_secret": secret}).client_id == "desk"


@pytest.mark.parametrize("secret", ["wrong", SECRET + " ", secret_hash(SECRET), "\x00", "\ud800", "x" * 100_000])
def test_a_wrong_secret_an_unknown_client_and_a_disabled_one_get_the_same_answer(door: Door, secret: str) -> None:
    wrong = door.refusal({"client_id": "desk", "client_secret": secret})
    unknown = door.refusal({"client_id": "nobody", "client_secret": secret})
    with door.world.bridge.database.write() as work:
        work.clients.save(replace(DESK, status=Status.DISABLED))
    disabled = door.refusal({"client_id": "desk", "client_secret": SECRET})
    assert {str(wrong), str(unknown), str(disabled)} == {str(wrong)}
    assert wrong.code == "invalid_client"


def test_a_secret_of_another_client_opens_nothing(door: Door) -> None:
    for client_id in ("phone", "signer"):
        assert door.refusal({"client_id": client_id, "client_secret": SECRET}).code == "invalid_client"


def test_a_confidential_client_that_shows_nothing_is_refused(door: Door) -> None:
    for body in ({"client_id": "desk"}, {"client_id": "desk", "client_secret": ""}, {"client_id": "signer"}, {}):
        assert door.refusal(body).code == "invalid_client"
    assert door.refusal({}, basic="desk:").code == "invalid_client"


def test_a_public_client_shows_its_id_only(door: Door) -> None:
    assert door.knock({"client_id": "phone"}).client_id == "phone"
    assert door.knock({}, basic="phone:").client_id == "phone"


def test_the_client_of_a_disabled_tenant_is_refused(door: Door) -> None:
    tenant = door.world.tenant("acme", status=Status.DISABLED)
    with door.world.bridge.database.write() as work:
        work.clients.save(replace(DESK, tenant_id=tenant.id))
    assert door.refusal({"client_id": "desk", "client_secret": SECRET}).code == "invalid_client"


def test_two_methods_at_once_are_refused(door: Door) -> None:
    assertion = door.asserted(signed(door.claims()))
    for body in ({"client_secret": SECRET}, assertion, {"client_id": "phone"}):
        assert door.refusal(body, basic=f"desk:{SECRET}").code == "invalid_request"
    assert door.refusal({**assertion, "client_id": "signer", "client_secret": "x"}).code == "invalid_request"


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic ZGVzaw==", "basic /w=="])
def test_a_header_that_cannot_be_read_is_refused(door: Door, header: str) -> None:
    with pytest.raises(OAuth2Error) as refused:
        read_credentials({}, authorization=header, client_ip="192.0.2.1")
    assert refused.value.code == "invalid_client"


@pytest.mark.parametrize(("key", "alg"), [(KEY, "ES256"), (RSA, "RS256"), (RSA, "PS256"), (ED, "Ed25519")])
def test_a_signed_assertion_is_accepted_with_each_algorithm(door: Door, key: RSAKey | ECKey | OKPKey, alg: str) -> None:
    for audience in (BASE_URL, f"{BASE_URL}/oauth2/token"):
        claims = door.claims(aud=audience)
        assert door.knock(door.asserted(signed(claims, key=key, alg=alg))).client_id == "signer"


def test_the_older_name_of_ed25519_is_understood(door: Door) -> None:
    parts = ({"alg": "EdDSA"}, door.claims())
    signing_input = b".".join(urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
    signature = JWSRegistry.algorithms["Ed25519"].sign(signing_input, ED)
    assertion = b".".join((signing_input, urlsafe_b64encode(signature))).decode()
    assert door.knock(door.asserted(assertion)).client_id == "signer"


def test_an_assertion_is_accepted_once(door: Door) -> None:
    assertion = signed(door.claims())
    door.knock(door.asserted(assertion))
    assert door.refusal(door.asserted(assertion)).code == "invalid_client"


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None},
        {"iss": None},
        {"iss": "desk"},
        {"sub": "desk"},
        {"aud": None},
        {"aud": "https://elsewhere.example"},
        {"aud": [BASE_URL]},
        {"aud": [BASE_URL, "https://elsewhere.example"]},
        {"aud": f"{BASE_URL}/"},
        {"aud": f"{BASE_URL}/oauth2/introspect"},
        {"exp": None},
        {"exp": "2100-01-01"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": -1},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 256},
        {"nbf": "soon"},
    ],
)
def test_an_assertion_with_a_wrong_claim_is_refused(door: Door, changes: dict[str, object]) -> None:
    assert door.refusal(door.asserted(signed(door.claims(**changes)))).code == "invalid_client"


def test_fapi2_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(door: Door) -> None:
    now = int(door.world.clock.now())
    assert door.refusal(door.asserted(signed(door.claims(exp=now - 300)))).code == "invalid_client"


def test_an_assertion_lives_five_minutes_at_most(door: Door) -> None:
    now = int(door.world.clock.now())
    assert door.refusal(door.asserted(signed(door.claims(exp=now + 900)))).code == "invalid_client"
    assert door.knock(door.asserted(signed(door.claims(exp=now + 300)))).client_id == "signer"


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_fapi2_a_clock_that_is_seconds_ahead_is_accepted_and_one_that_is_a_minute_ahead_is_not(
    door: Door, claim: str
) -> None:
    now = int(door.world.clock.now())
    assert door.knock(door.asserted(signed(door.claims(**{claim: now + 8})))).client_id == "signer"
    assert door.refusal(door.asserted(signed(door.claims(**{claim: now + 60})))).code == "invalid_client"


def test_an_assertion_by_another_key_or_a_trick_is_refused(door: Door) -> None:
    stranger = ECKey.generate_key("P-256")
    public = json.dumps(KEY.as_dict(private=False)).encode()
    head, body, signature = signed(door.claims()).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    forged = [
        signed(door.claims(), key=stranger),
        signed(door.claims(), key=stranger, jwk=stranger.as_dict(private=False)),
        signed(door.claims(), key=OctKey.import_key(public), alg="HS256"),
        signed(door.claims(), key=RSA, alg="RS512"),
        signed(door.claims(), typ="at+jwt"),
        signed(door.claims(), typ="logout+jwt"),
        signed(door.claims(), kid="../../etc/passwd"[::-1], typ="dpop+jwt"),
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}.{base64.urlsafe_b64encode(bytes(64)).rstrip(b'=').decode()}",
        f"{head}.{body}",
        "x" * 100_000,
        "\ud800.a.b",
    ]
    for assertion in forged:
        assert door.refusal(door.asserted(assertion, client_id="signer")).code == "invalid_client"


def test_the_client_named_beside_an_assertion_must_be_its_own(door: Door) -> None:
    assert door.refusal(door.asserted(signed(door.claims()), client_id="desk")).code == "invalid_client"
    assert door.refusal(door.asserted(signed(door.claims()), client_id="phone")).code == "invalid_client"


def test_an_assertion_of_an_unknown_type_is_refused(door: Door) -> None:
    body = {"client_assertion": signed(door.claims()), "client_assertion_type": "saml2-bearer"}
    assert door.refusal(body).code == "invalid_request"


def test_when_a_client_was_last_used_is_noted_once_an_hour(door: Door) -> None:
    def last_used() -> float | None:
        with door.world.bridge.database.read() as work:
            client = work.clients.get("desk")
        return client.last_used_at if client else None

    first = door.world.clock.now()
    for minutes, noted in ((0, first), (59, first), (2, first + 61 * 60)):
        door.world.clock.forward(minutes * 60)
        door.knock({"client_id": "desk", "client_secret": SECRET})
        assert last_used() == pytest.approx(noted)
