"""What may be set of a client, with one set of rules for files and forms."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from app.domain.oauth2.client import Client, GrantType
from app.domain.oauth2.client_type import GRANTS_OF_TYPE, ClientType, on_loopback, only_native
from app.domain.oauth2.redirect_uris import redirect_uri_problem, split_uri
from app.domain.oauth2.scopes import OWN_SCOPES, STANDARD_SCOPES
from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.text import Text

NAME_MOST = 100
URIS_MOST = 20
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Of a JWK (RFC 7518, section 6)."""

Problem = tuple[str, str]
"""A key of a `[[clients]]` entry (`redirect_uris[0]`), and what is wrong with its value."""


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """What the console lets people set; everything else of a client is generated, or set by an `apply` file."""

    name: str
    redirect_uris: tuple[str, ...] = ()
    grants: tuple[GrantType, ...] = ()
    scopes: tuple[str, ...] = ()
    trusted: bool = False
    expires_iso: bool = False
    signing_alg: SigningAlg = SigningAlg.RS256
    backchannel_logout_uri: str | None = None
    post_logout_redirect_uris: tuple[str, ...] = ()

    @classmethod
    def of(cls, client: Client) -> "ClientSettings":
        return cls(
            name=client.name,
            redirect_uris=client.redirect_uris,
            grants=client.grants,
            scopes=client.scopes,
            trusted=client.trusted,
            expires_iso=client.expires_iso,
            signing_alg=client.signing_alg,
            backchannel_logout_uri=client.backchannel_logout_uri,
            post_logout_redirect_uris=client.post_logout_redirect_uris,
        )

    def written_to(self, client: Client) -> Client:
        """What stays keeps its order: a form lists scopes in an order of its own."""
        return replace(
            client,
            name=self.name,
            redirect_uris=self.redirect_uris,
            grants=tuple(sorted(self.grants, key=_as_in(client.grants))),
            scopes=tuple(sorted(self.scopes, key=_as_in(client.scopes))),
            trusted=self.trusted,
            expires_iso=self.expires_iso,
            signing_alg=self.signing_alg,
            backchannel_logout_uri=self.backchannel_logout_uri,
            post_logout_redirect_uris=self.post_logout_redirect_uris,
        )

    def problems(
        self, kind: ClientType, *, development: bool, held_grants: Collection[GrantType] = ()
    ) -> Iterator[Problem]:
        """`held_grants` are those it has already, which it may keep."""
        if not self.name:
            yield "name", Text("is required")
        elif len(self.name) > NAME_MOST or not self.name.isprintable():
            yield "name", Text("must be one line of at most %(most)s characters", most=str(NAME_MOST))
        if set(self.grants) - {*GRANTS_OF_TYPE[kind], *held_grants}:
            yield "grants", Text("includes one that this type of app cannot have")
        yield from self._uri_problems(kind, development=development)
        if kind is ClientType.CREDENTIAL and not self.scopes:
            yield "scopes", Text("must name at least one")

    def _uri_problems(self, kind: ClientType, *, development: bool) -> Iterator[Problem]:
        yield from uris_problems("redirect_uris", self.redirect_uris)
        yield from uris_problems("post_logout_redirect_uris", self.post_logout_redirect_uris)
        if not self.redirect_uris and GrantType.AUTHORIZATION_CODE in self.grants:
            yield "redirect_uris", Text("must name at least one")
        for place, uri in enumerate(self.redirect_uris):
            if redirect_uri_problem(uri) is None and (problem := _of_type(uri, kind)):
                yield f"redirect_uris[{place}]", problem
        if self.backchannel_logout_uri and (
            problem := backchannel_problem(self.backchannel_logout_uri, development=development)
        ):
            yield "backchannel_logout_uri", problem


def uris_problems(key: str, uris: Sequence[str]) -> Iterator[Problem]:
    if len(uris) > URIS_MOST:
        yield key, Text("must have at most %(most)s entries", most=str(URIS_MOST))
    for place, uri in enumerate(uris):
        if problem := redirect_uri_problem(uri):
            yield f"{key}[{place}]", problem


def backchannel_problem(uri: str, *, development: bool) -> str | None:
    """OpenID Connect Back-Channel Logout 1.0, section 2.2: absolute, without a fragment."""
    parts = split_uri(uri)
    if parts is None or not parts.hostname or parts.username is not None or parts.password is not None:
        return Text("must be a full URI like https://app.example.com/logout")
    if parts.scheme != "https" and not (development and parts.scheme == "http"):
        return Text("must start with https://")
    return Text("must not have a fragment (#…)") if "#" in uri else None


def jwks_problem(text: str) -> str | None:
    """Public keys as JSON (RFC 7517)."""
    found = _json(text)
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) and "kty" in key for key in keys):
        return Text('must be a JSON key set with at least one key: {"keys": [{"kty": …}]}')
    if any(_PRIVATE_MEMBERS & key.keys() for key in keys):
        return Text("must contain public keys only, and one of these is private")
    return None


def assignable_scopes(kind: ClientType, *, of_tenant: bool, catalogue: Collection[str]) -> frozenset[str]:
    """What may be given to a client: a tenant's never reaches beyond its tenant.

    The bridge's own API is for credentials, and for the vendor's own apps; `tenants:…` is about all tenants.
    """
    own = OWN_SCOPES if not of_tenant else {name for name in OWN_SCOPES if not name.startswith("tenants:")}
    if kind is ClientType.CREDENTIAL:
        return frozenset({*catalogue, *own})
    return frozenset({*STANDARD_SCOPES, *catalogue, *(() if of_tenant else own)})


def _of_type(uri: str, kind: ClientType) -> str | None:
    if kind is ClientType.NATIVE and on_loopback(uri) and not only_native(uri):
        return Text("must not name a port: the app may use any")
    if kind in (ClientType.WEB, ClientType.SINGLE_PAGE) and urlsplit(uri).scheme not in ("https", "http"):
        return Text("must start with https://: only native apps have schemes of their own")
    return None


def _as_in(known: Sequence[str]) -> Callable[[str], int]:
    return lambda name: known.index(name) if name in known else len(known)


def _json(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> object:
    """`NaN` is no JSON, and a database takes none."""
    raise ValueError(constant)
