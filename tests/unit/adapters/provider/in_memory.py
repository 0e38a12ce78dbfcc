"""A provider that lives in a dict, and the other ports that the provider client needs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from joserfc import jwk, jws
from joserfc.util import urlsafe_b64encode

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.provider_client import OAuthProviderClient
from app.domain.accounts.identity import ExternalIdentity
from app.domain.connections.connection import Connection, ConnectionId, Provider, Sealed
from app.domain.errors import SsoError
from app.domain.login.login_attempt import LoginAttempt
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.step_up import StepUp
from app.domain.tenants.tenant import TenantId
from app.ports.outbound import Answer, OutboundRequest
from app.ports.provider_client import AuthorizationOptions, AuthorizationResponse
from tests.unit.adapters.provider.fake_ports import (
    NOW,
    FakeClock,
    FakeConnectionKeys,
    FakeRandomness,
    FakeSealer,
    RecordingLog,
    made,
)

__all__ = ["NOW", "FakeConnectionKeys", "made"]

ISSUER = "https://idp.acme.example"
CLIENT_ID = "bridge"
SECRET = "the-client-secret-of-this-bridge"
NONCE = "n-0S6_WzA2Mj-of-this-login"
ACCESS_TOKEN = "SlAV32hkKG"
PROOF_SECRET = "the-secret-of-the-key-of-this-login"
CODE = "SplxlOBeZQQYbYS6WxSbIA"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
TOKEN, JWKS, USERINFO = f"{ISSUER}/token", f"{ISSUER}/jwks", f"{ISSUER}/userinfo"
REDIRECT_URI = "https://bridge.example/callback/conn"

RSA_KEY = jwk.RSAKey.generate_key(2048, {"kid": "rsa-1"})
OTHER_RSA_KEY = jwk.RSAKey.generate_key(2048, {"kid": "rsa-2"})
EC_KEY = jwk.ECKey.generate_key("P-256", {"kid": "ec-1"})
ED_KEY = jwk.OKPKey.generate_key("Ed25519", {"kid": "ed-1"})

Reply = Answer | SsoError | Callable[[OutboundRequest], Answer]


def answer(document: object, *, status: int = 200, kind: str = "application/json") -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Answer(status=status, headers={"content-type": kind}, body=body, took_ms=7)


@dataclass
class FakeOutbound:
    """Replies by URL; a list is used up one by one, its last stays. What is not there cannot be reached."""

    replies: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    sent: list[OutboundRequest] = field(default_factory=list)
    bulkhead_keys: list[str] = field(default_factory=list)

    def send(self, request: OutboundRequest, *, bulkhead_key: str, deadline: float) -> Answer:
        self.sent.append(request)
        self.bulkhead_keys.append(bulkhead_key)
        reply = self.replies.get(request.url, SsoError(ReasonCode.PROVIDER_UNREACHABLE, host="nowhere"))
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if isinstance(reply, SsoError):
            raise reply
        return reply if isinstance(reply, Answer) else reply(request)

    def refusal(self, url: str) -> str | None:
        return None

    def certificate_expires_at(self, url: str, *, deadline: float) -> float | None:
        return None

    def calls(self, url: str) -> int:
        return sum(request.url == url for request in self.sent)

    def form(self, url: str = TOKEN) -> dict[str, str]:
        """What was posted there last."""
        body = next(request.body for request in reversed(self.sent) if request.url == url)
        return dict(parse_qsl((body or b"").decode(), keep_blank_values=True))

    def headers(self, url: str = TOKEN) -> Mapping[str, str]:
        return next(request.headers for request in reversed(self.sent) if request.url == url)


def sealed(secret: str) -> Sealed:
    return Sealed(FakeSealer().seal(secret.encode(), purpose="connection-secret"))


def connection(*, secret: str | None = SECRET, **settings: object) -> Connection:
    """An OpenID connection to the provider below, unless `settings` say otherwise."""
    provider = replace(
        Provider(issuer=ISSUER, client_id=CLIENT_ID),
        **settings,  # type: ignore[arg-type]  # a test names fields of the dataclass
    )
    return Connection(
        id=ConnectionId("conn"),
        tenant_id=TenantId("acme"),
        name="main",
        provider=provider,
        client_secret=None if secret is None else sealed(secret),
    )


def attempt(step_up: StepUp = StepUp()) -> LoginAttempt:  # noqa: B008 - frozen
    return LoginAttempt(
        state="state-of-this-login",
        nonce=NONCE,
        verifier="v" * 43,
        tenant_id=TenantId("acme"),
        connection_id=ConnectionId("conn"),
        reference="7K3Q-9MWT-2X",
        return_to="/",
        started_at=NOW - 5,
        step_up=step_up,
        proof_secret=PROOF_SECRET,
    )


def claims(**changes: object) -> dict[str, object]:
    """Those of a good id_token; a change to `...` leaves the claim out."""
    good: dict[str, object] = {
        "iss": ISSUER,
        "sub": "248289761001",
        "aud": CLIENT_ID,
        "exp": int(NOW) + 300,
        "iat": int(NOW),
        "nonce": NONCE,
        "email": "bob@acme.example",
        "email_verified": True,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not ...}


def signed(
    payload: Mapping[str, object] | bytes,
    *,
    key: jwk.Key = RSA_KEY,
    alg: str = "RS256",
    header: Mapping[str, object] | None = None,
) -> str:
    """A token, signed by hand so that it can have any header and any payload."""
    members = {"alg": alg, "kid": key.kid, **(header or {})}
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return sign_bytes(json.dumps({n: v for n, v in members.items() if v is not None}).encode(), body, key=key, alg=alg)


def sign_bytes(header: bytes, payload: bytes, *, key: jwk.Key = RSA_KEY, alg: str = "RS256") -> str:
    parts = f"{base64url(header)}.{base64url(payload)}"
    signature = jws.JWSRegistry.algorithms[alg].sign(parts.encode(), key)
    return f"{parts}.{base64url(signature)}"


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode("ascii")


def key_set(*keys: jwk.Key, **members: object) -> dict[str, object]:
    return {"keys": [{**key.as_dict(private=False), **members} for key in keys]}


def metadata(**changes: object) -> dict[str, object]:
    document: dict[str, object] = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": TOKEN,
        "jwks_uri": JWKS,
        "userinfo_endpoint": USERINFO,
        "end_session_endpoint": f"{ISSUER}/logout",
    }
    return {name: value for name, value in {**document, **changes}.items() if value is not ...}


def tokens(id_token: object = ..., **changes: object) -> Answer:
    """A good token answer around `id_token`."""
    raw = signed(claims()) if id_token is ... else id_token
    document = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": raw, **changes}
    return answer({name: value for name, value in document.items() if value is not ...})


@dataclass
class World:
    """A provider client, its provider, and shortcuts through a login."""

    outbound: FakeOutbound = field(default_factory=FakeOutbound)
    clock: FakeClock = field(default_factory=FakeClock)
    log: RecordingLog = field(default_factory=RecordingLog)
    allow_http: bool = False
    own_keys: FakeConnectionKeys = field(default_factory=FakeConnectionKeys)
    provider_client: OAuthProviderClient = field(init=False)

    def __post_init__(self) -> None:
        self.outbound.replies = {
            DISCOVERY: answer(metadata()),
            JWKS: answer(key_set(RSA_KEY)),
            TOKEN: tokens(),
            USERINFO: answer({"sub": "248289761001", "email": "bob@acme.example", "email_verified": True}),
        }
        self.provider_client = OAuthProviderClient(
            outbound=self.outbound,
            sealer=FakeSealer(),
            clock=self.clock,
            randomness=FakeRandomness(),
            own_keys=self.own_keys,
            allow_http=self.allow_http,
        )

    @property
    def deadline(self) -> float:
        return self.clock.monotonic() + 10

    def channel(self, bulkhead_key: str = "conn") -> ProviderChannel:
        return ProviderChannel(outbound=self.outbound, bulkhead_key=bulkhead_key, deadline=self.deadline)

    def begin(
        self,
        to: Connection | None = None,
        *,
        login_hint: str | None = None,
        step_up: StepUp | None = None,
        ui_locales: str = "",
    ) -> str:
        """`step_up` of the request; what the connection asks for comes to it, as the service has it."""
        to = to or connection()
        return self.provider_client.authorization_url(
            to,
            attempt(to.provider.step_up.tightened_by(step_up or StepUp())),
            redirect_uri=REDIRECT_URI,
            options=AuthorizationOptions(login_hint=login_hint, ui_locales=ui_locales),
            log=self.log,
            deadline=self.deadline,
        )

    def check(self, response: AuthorizationResponse, to: Connection | None = None) -> str:
        return self.provider_client.check_response(to or connection(), response, deadline=self.deadline)

    def identify(self, to: Connection | None = None, *, step_up: StepUp | None = None) -> ExternalIdentity:
        return self.provider_client.identify(
            to or connection(),
            attempt(step_up or StepUp()),
            code=CODE,
            redirect_uri=REDIRECT_URI,
            log=self.log,
            deadline=self.deadline,
        )

    def refusal(self, to: Connection | None = None, *, step_up: StepUp | None = None) -> SsoError:
        """The error that a login ends with."""
        try:
            identity = self.identify(to, step_up=step_up)
        except SsoError as error:
            return error
        message = f"the login went through: {identity}"
        raise AssertionError(message)
