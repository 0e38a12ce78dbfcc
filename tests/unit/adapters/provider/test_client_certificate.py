from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from app.domain.connections.connection import ClientAuth, Connection
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import ClientCertificate
from tests.unit.adapters.provider.in_memory import (
    DISCOVERY,
    ISSUER,
    JWKS,
    TOKEN,
    USERINFO,
    World,
    answer,
    claims,
    connection,
    metadata,
    sealed,
    signed,
    tokens,
)
from tests.unit.adapters.provider.test_client_auth import certificate

MTLS = "https://mtls.idp.acme.example"
ALIASES = {
    "token_endpoint": f"{MTLS}/token",
    "userinfo_endpoint": f"{MTLS}/userinfo",
    "pushed_authorization_request_endpoint": f"{MTLS}/par",
}
OURS = ClientCertificate("our certificate", "our key")
METHODS = pytest.mark.parametrize("method", [ClientAuth.TLS, ClientAuth.SELF_SIGNED_TLS])


def by_tls(method: ClientAuth = ClientAuth.TLS, **settings: object) -> Connection:
    bare = connection(secret=None, client_auth=method, **settings)
    return replace(bare, private_key=sealed(OURS.key), certificate=sealed(OURS.chain))


def world(**document: object) -> World:
    made = World()
    made.outbound.replies[DISCOVERY] = answer(metadata(**document))
    made.outbound.replies |= {f"{MTLS}/token": tokens(signed(claims(email=...)))}
    made.outbound.replies[f"{MTLS}/userinfo"] = made.outbound.replies[USERINFO]
    return made


def shown(made: World) -> dict[str, ClientCertificate | None]:
    return {request.url: request.certificate for request in made.outbound.sent}


@METHODS
def test_the_certificate_proves_the_client_and_the_form_names_it(method: ClientAuth) -> None:
    made = world()
    made.identify(by_tls(method))
    assert shown(made) == {DISCOVERY: None, TOKEN: OURS, JWKS: None}
    form = made.outbound.form()
    assert form["client_id"] == "bridge"
    assert not {"client_secret", "client_assertion"} & form.keys()
    assert "Authorization" not in made.outbound.headers()


def test_aliases_are_for_those_who_show_a_certificate() -> None:
    made = world(mtls_endpoint_aliases=ALIASES)
    made.identify(by_tls())
    assert shown(made) == {DISCOVERY: None, f"{MTLS}/token": OURS, JWKS: None, f"{MTLS}/userinfo": OURS}
    made = world(mtls_endpoint_aliases=ALIASES)
    made.identify()
    assert shown(made) == {DISCOVERY: None, TOKEN: None, JWKS: None}


def test_a_request_is_pushed_to_the_alias_under_the_certificate() -> None:
    made = world(mtls_endpoint_aliases=ALIASES)
    made.outbound.replies[f"{MTLS}/par"] = answer({"request_uri": "urn:x"}, status=201)
    made.begin(by_tls(par="required"))
    assert shown(made) == {DISCOVERY: None, f"{MTLS}/par": OURS}


def test_an_endpoint_of_the_connection_goes_before_the_alias() -> None:
    made = world(mtls_endpoint_aliases=ALIASES)
    made.identify(by_tls(token_endpoint=TOKEN))
    assert shown(made)[TOKEN] == OURS


@pytest.mark.parametrize(
    "aliases", [None, [], "x", {"token_endpoint": 7}, {"token_endpoint": "http://idp.acme.example/token"}]
)
def test_aliases_that_cannot_be_used_are_none(aliases: object) -> None:
    made = world(mtls_endpoint_aliases=aliases)
    made.identify(by_tls())
    assert shown(made)[TOKEN] == OURS


def test_an_email_list_is_asked_for_with_the_certificate_that_the_token_may_be_bound_to() -> None:
    made = world()
    emails = f"{ISSUER}/emails"
    made.outbound.replies[emails] = answer([{"email": "bob@acme.example", "primary": True, "verified": True}])
    made.identify(by_tls(emails_endpoint=emails))
    assert shown(made)[emails] == OURS


@pytest.mark.parametrize("missing", ["certificate", "private_key"])
def test_without_both_halves_nobody_is_sent_anywhere(missing: str) -> None:
    made = world()
    with pytest.raises(SsoError) as stopped:
        made.begin(replace(by_tls(), **{missing: None}))  # type: ignore[arg-type]  # both may be None
    assert (stopped.value.code, stopped.value.details["field"]) == (ReasonCode.MISCONFIGURED, missing)
    assert made.outbound.sent == []


def test_the_day_on_which_a_certificate_expires_is_known() -> None:
    credentials = World().provider_client._credentials
    ours = replace(connection(), certificate=sealed(certificate().public_bytes(Encoding.PEM).decode()))
    assert credentials.certificate_expires_at(ours) == datetime(2026, 1, 2, tzinfo=UTC).timestamp()
    assert credentials.certificate_expires_at(connection()) is None
    with pytest.raises(SsoError) as stopped:
        credentials.certificate_expires_at(replace(connection(), certificate=sealed("no PEM")))
    assert stopped.value.code is ReasonCode.MISCONFIGURED
