"""What a provider knows: its settings, clients, people and keys, and what it has given out."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from types import MappingProxyType
from typing import Literal

from joserfc.jwk import Key

from tests.fake_idp.clients import AuthMethod, BasicEncoding, Client
from tests.fake_idp.encryption import Encryption
from tests.fake_idp.keys import Alg, KeyRing
from tests.fake_idp.people import Person, ProviderSession
from tests.fake_idp.script import Script

Kind = Literal["oidc", "oauth2"]
Encryptable = Literal["id_token", "userinfo", "logout_token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one sign-in allowed one client. Compared by identity: a code, and the tokens made of it, share it."""

    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    challenge: str | None
    session: ProviderSession
    expires_at: int
    dpop_jkt: str | None = None
    """The key that the code is bound to (RFC 9449, section 10)."""

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """`certificate`: of the client that it is bound to (RFC 8705, section 3), in DER; `jkt`: the key (RFC 9449)."""

    grant: Grant
    expires_at: int
    certificate: bytes | None = None
    jkt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequest:
    """An authorization request that waits for the browser (RFC 9126)."""

    client_id: str
    parameters: Mapping[str, str]
    expires_at: int


class Realm:
    """Everything of a provider but its HTTP. Public attributes are settings that a test may change at any time."""

    assurance: Mapping[str, object] = MappingProxyType({})
    """What every id_token says of the sign-in (`acr`, `amr`)."""
    session_expiry: object = None
    """When clients are to end their sessions (OpenID Connect Enterprise Extensions), in every id_token."""

    def __init__(self, *, kind: Kind, alg: Alg, issuer_path: str, clock: Callable[[], float]) -> None:
        self.kind: Kind = kind
        self.base_url = ""
        self.issuer_path = issuer_path
        self.clock = clock
        self.clock_offset: float = 0
        """Seconds by which the provider's clock is ahead."""
        self.paths = {
            "authorize": "/authorize",
            "par": "/par",
            "token": "/token",
            "userinfo": "/userinfo",
            "emails": "/emails",
            "jwks": "/jwks",
            "end_session": "/end_session",
        }
        """Where the endpoints are; discovery says the same."""
        self.iss_in_response = True
        """RFC 9207: `iss` in the authorization response, and said so in the metadata."""
        self.pkce: Literal["optional", "required", "refused"] = "optional"
        """`refused`: an old server that takes `code_challenge` for an error."""
        self.par: Literal["offered", "required", "absent"] = "offered"
        """Pushed authorization requests (RFC 9126)."""
        self.mtls_aliases = False
        """Other addresses for clients that show a certificate (RFC 8705, section 5): the same paths under `/mtls`."""
        self.bound_tokens = False
        """Access tokens are good only together with the certificate that they were asked for with (section 3)."""
        self.dpop: Literal["offered", "required", "absent"] = "offered"
        """Access tokens bound to a key (RFC 9449). `absent`: an older server, which looks at no proof."""
        self.dpop_nonce: dict[Literal["token", "resource"], str] = {"token": "", "resource": ""}
        """What proofs must carry at each (sections 8 and 9)."""
        self.basic_encoding: BasicEncoding = "form"
        """`raw`: a server that does not decode the halves of HTTP Basic (RFC 6749, section 2.3.1)."""
        self.claims_in: Literal["both", "id_token", "userinfo"] = "both"
        """Where claims about the person appear; `sub` is always in both."""
        self.signed_userinfo = False
        """Answer userinfo as `application/jwt` (OpenID Connect Core, section 5.3.2)."""
        self.encrypted: dict[Encryptable, Encryption] = {}
        """What is encrypted to the client: id_tokens, userinfo (signed inside where it is), logout tokens."""
        self.always_refresh_token = False
        """Issue a refresh token without `offline_access` too."""
        self.code_seconds = 60
        self.par_seconds = 60
        self.access_token_seconds = 3600
        self.id_token_seconds = 300

        self.keys = KeyRing(alg)
        self.on = Script()
        self.clients: dict[str, Client] = {}
        self.people: dict[str, Person] = {}
        self.sessions: dict[str, ProviderSession] = {}
        self.codes: dict[str, Grant] = {}
        self.pushed: dict[str, PushedRequest] = {}
        self.used_codes: dict[str, Grant] = {}
        self.access_tokens: dict[str, AccessToken] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        self.seen_jtis: set[str] = set()
        self.last_client_id = ""
        self._signed_in: str | None = None
        self._lock = Lock()

    @property
    def issuer(self) -> str:
        return self.base_url + self.issuer_path

    def url(self, endpoint: str) -> str:
        return self.base_url + self.paths[endpoint]

    def now(self) -> int:
        """Unix seconds by the provider's clock."""
        return int(self.clock() + self.clock_offset)

    def client(
        self,
        client_id: str = "bridge",
        *,
        client_secret: str | None = None,
        redirect_uris: Iterable[str] | None = None,
        post_logout_redirect_uris: Iterable[str] | None = None,
        auth_method: AuthMethod | None = None,
        public_key: Key | None = None,
        certificate: str | None = None,
    ) -> Client:
        """Register a client; from now on only registered ones are known. Without URIs it may return anywhere."""
        client = Client(
            client_id=client_id,
            client_secret=client_secret,
            public_key=public_key,
            certificate=certificate,
            auth_method=auth_method,
            redirect_uris=None if redirect_uris is None else tuple(redirect_uris),
            post_logout_redirect_uris=None if post_logout_redirect_uris is None else tuple(post_logout_redirect_uris),
        )
        self.clients[client_id] = client
        return client

    def known_client(self, client_id: str) -> Client | None:
        if not self.clients and client_id:
            return Client(client_id=client_id, anything_goes=True)
        return self.clients.get(client_id)

    def person(
        self,
        sub: str = "alice",
        *,
        email: str | None = None,
        email_verified: bool | str | None = True,
        name: str | None = None,
        **more_claims: object,
    ) -> Person:
        """Add somebody, or say something else about them; they sign in next. None leaves a claim out."""
        named = {
            "email": email,
            "email_verified": None if email is None else email_verified,
            "name": name,
        }
        claims = {claim: value for claim, value in named.items() if value is not None}
        person = Person(sub=sub, claims={**claims, **more_claims})
        self.people[sub] = person
        if sub in self.sessions:  # whoever is signed in already is the same person still
            self.sessions[sub] = replace(self.sessions[sub], person=person)
        self.signed_in = sub
        return person

    @property
    def signed_in(self) -> str | None:
        """The `sub` of who signs in next; None: nobody does, the login page stays."""
        return self._signed_in

    @signed_in.setter
    def signed_in(self, sub: str | None) -> None:
        if sub is not None and sub not in self.people:
            raise KeyError(f"nobody here is called {sub!r}")
        self._signed_in = sub

    def session_of(self, sub: str, *, again: bool = False) -> ProviderSession:
        """The session of a person who signs in: theirs where they have one, a new one where not or `again`."""
        if again or sub not in self.sessions:
            self.sessions[sub] = ProviderSession(
                person=self.people[sub], sid=secrets.token_urlsafe(12), auth_time=self.now()
            )
        return self.sessions[sub]

    def take_code(self, code: str) -> Grant | None:
        """The grant of a code, once. A second try ends the tokens of the first (RFC 6749, section 4.1.2)."""
        with self._lock:
            grant = self.codes.pop(code, None)
            if grant:
                self.used_codes[code] = grant
            elif spent := self.used_codes.get(code):
                self._revoke(spent)
        return grant

    def _revoke(self, grant: Grant) -> None:
        self.access_tokens = {name: token for name, token in self.access_tokens.items() if token.grant is not grant}
        self.refresh_tokens = {name: held for name, held in self.refresh_tokens.items() if held is not grant}
