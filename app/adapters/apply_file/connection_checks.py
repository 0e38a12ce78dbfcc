"""Whether the keys of a connection make sense, one by one and together."""

import json
import re
from collections.abc import Iterator

from app.adapters.apply_file.certificates import certificate_problem, load_key
from app.adapters.apply_file.models import ConnectionTable
from app.adapters.apply_file.problems import one_of
from app.adapters.apply_file.text import line_problem, secret_problem
from app.adapters.apply_file.urls import endpoint_problem, issuer_problem
from app.domain.connections import ipsie
from app.domain.connections.connection import (
    ENCRYPTION_ALGS,
    OWN_PARAMETERS,
    SECRET_AUTH,
    SIGNING_ALGS,
    TLS_AUTH,
    ClientAuth,
    Protocol,
)
from app.domain.oauth2.client_settings import jwks_problem
from app.domain.tenants.step_up import LONGEST_MAX_AGE_S, PROMPTS, acr_values_problem, prompt_problem
from app.domain.text import Text

Problem = tuple[str, str]
"""A key, relative to the connection, and what is wrong with it."""

ENDPOINTS = (
    "discovery_url",
    "emails_endpoint",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
    "par_endpoint",
)
_SCOPE = re.compile(r"[!#-\[\]-~]+")
_CLAIMS = ("email_verified_claim", "email_claim", "subject_claim", "match_claim")


def connection_problems(table: ConnectionTable, *, development: bool) -> Iterator[Problem]:
    yield from _texts(table)
    yield from _urls(table, development=development)
    yield from _needed(table)
    yield from _secrets(table)
    yield from _lists(table)
    yield from _maps(table)
    yield from _keys(table)
    yield from _step_up(table)
    yield from ipsie.connection_problems(table.provider())


def _texts(table: ConnectionTable) -> Iterator[Problem]:
    yield from _wrong("name", line_problem(table.name, most=64))
    yield from _wrong("client_id", line_problem(table.client_id, most=512, least=0))
    for key in _CLAIMS:
        value = getattr(table, key)
        if value is not None:
            yield from _wrong(key, line_problem(value, most=200))


def _urls(table: ConnectionTable, *, development: bool) -> Iterator[Problem]:
    if table.issuer is not None:
        yield from _wrong("issuer", issuer_problem(table.issuer, development=development))
    for key in ENDPOINTS:
        url = getattr(table, key)
        if url is not None:
            yield from _wrong(key, endpoint_problem(url, development=development))


def _needed(table: ConnectionTable) -> Iterator[Problem]:
    if table.protocol is Protocol.OIDC:
        if table.issuer is None:
            yield "issuer", Text("is required for protocol oidc")
        if "openid" not in table.scopes:
            yield "scopes", Text("must include openid for protocol oidc")
        return
    for key in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint"):
        if getattr(table, key) is None:
            yield key, Text("is required for protocol oauth2")
    if table.par == "required" and table.par_endpoint is None and table.issuer is None:
        yield "par_endpoint", Text("is required if par is required and there is no issuer")


def _secrets(table: ConnectionTable) -> Iterator[Problem]:
    symmetric = [name for name in table.signing_algs if name.startswith("HS")]
    if symmetric and table.client_auth is ClientAuth.NONE:
        yield (
            "signing_algs",
            Text("%(value)s requires a client_secret, but client_auth is none", value=str(symmetric[0])),
        )
    for key in ("client_secret", "next_client_secret"):
        secret = getattr(table, key)
        if secret is not None:
            yield from _wrong(key, secret_problem(secret, most=4096))
    if table.next_client_secret is not None and table.client_auth not in SECRET_AUTH:
        yield (
            "next_client_secret",
            Text("is not used for client_auth %(client_auth)s", client_auth=str(table.client_auth)),
        )
    if table.private_key is not None and not _private_key(table.private_key):
        yield "private_key", Text("must be a private key in PEM without a passphrase (RSA, EC or Ed25519), or a JWK")
    elif table.certificate is not None:
        yield from _wrong("certificate", certificate_problem(table.certificate, key=table.private_key))
    if table.client_auth in TLS_AUTH and (table.private_key or "").lstrip().startswith("{"):
        yield "private_key", Text("must be in PEM for client_auth %(client_auth)s", client_auth=str(table.client_auth))


def _private_key(text: str) -> bool:
    if text.lstrip().startswith("{"):
        jwk = _json(text)
        return isinstance(jwk, dict) and jwk.get("kty") in ("RSA", "EC", "OKP") and isinstance(jwk.get("d"), str)
    return load_key(text) is not None


def _lists(table: ConnectionTable) -> Iterator[Problem]:
    for place, scope in enumerate(table.scopes):
        if not _SCOPE.fullmatch(scope):
            yield f"scopes[{place}]", Text("must be a single word (RFC 6749, section 3.3)")
    for key, known in (("signing_algs", SIGNING_ALGS), ("encryption_algs", ENCRYPTION_ALGS)):
        named: list[str] = getattr(table, key)
        if not named:
            yield key, Text("must contain at least one value")
        for place, name in enumerate(named):
            if name not in known:
                yield f"{key}[{place}]", one_of(known)
    for place, audience in enumerate(table.trusted_audiences):
        yield from _wrong(f"trusted_audiences[{place}]", line_problem(audience, most=512))


def _maps(table: ConnectionTable) -> Iterator[Problem]:
    for key, value in table.authorize_params.items():
        if key in OWN_PARAMETERS:
            yield f"authorize_params.{key}", Text("is set by the bridge itself")
        else:
            yield from _wrong("authorize_params", line_problem(key, most=100))
            yield from _wrong(f"authorize_params.{key}", line_problem(value, most=1000, least=0))
    for key in table.required_claims:
        yield from _wrong("required_claims", line_problem(key, most=200))


def _keys(table: ConnectionTable) -> Iterator[Problem]:
    if table.jwks is not None:
        yield from _wrong("jwks", jwks_problem(table.jwks))


def _step_up(table: ConnectionTable) -> Iterator[Problem]:
    words = tuple((table.prompt or "").split())
    if "none" in words:
        yield "prompt", Text("cannot be none for every login; use /oauth/login?prompt=none for a single one")
    else:
        yield from _wrong("prompt", prompt_problem(words))
    if table.max_age is not None and not 0 <= table.max_age <= LONGEST_MAX_AGE_S:
        yield "max_age", Text("must be a number of seconds, at least 0")
    if any(word not in PROMPTS for word in table.prompt_values_supported):
        yield "prompt_values_supported", Text("must be a selection of %(value)s", value=", ".join(PROMPTS))
    yield from _wrong("acr_values", acr_values_problem(tuple(table.acr_values)))
    if table.client_assertion_audience == "issuer" and table.issuer is None:
        yield "client_assertion_audience", Text("cannot be issuer if the connection has no issuer")
    if table.protocol is Protocol.OAUTH2:
        asked = {"prompt": "login" in words, "max_age": table.max_age is not None, "acr_values": bool(table.acr_values)}
        for key, there in asked.items():
            if there:
                yield (
                    key,
                    Text("cannot be enforced with protocol oauth2; use authorize_params to request it only"),
                )


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _wrong(key: str, problem: str | None) -> Iterator[Problem]:
    if problem:
        yield key, problem
