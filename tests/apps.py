"""An app of a World: a client with its secret, codes as if somebody had just signed in, and the calls it makes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.oauth2.authorization import (
    CODE_S,
    AuthorizationCode,
    AuthorizationId,
    new_authorization,
    token_hash,
)
from app.domain.oauth2.client import Client, ClientId, GrantType
from app.domain.oauth2.pkce import challenge_of
from app.domain.sessions.session import Session, SessionId, SignedIn, session_id
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from app.services.oauth2.client_authentication import secret_hash
from tests.builders import World

REDIRECT_URI = "https://desk.example/callback"
VERIFIER = "v" * 43
SECRET = "the secret of an app"
EVERY_SCOPE = ("openid", "email", "profile", "roles", "offline_access")


@dataclass(frozen=True)
class SignedInApp:
    """Somebody has signed in to it: their session, and the code that the app has yet to exchange."""

    session: SessionId
    authorization: AuthorizationId
    code: str


@dataclass(frozen=True)
class App:
    """Talks to the bridge as an app does."""

    world: World
    client: Client
    secret: str | None = SECRET

    @classmethod
    def registered(
        cls, world: World, client_id: str = "desk", *, secret: str | None = SECRET, **changes: object
    ) -> "App":
        client = replace(
            Client(
                client_id=ClientId(client_id),
                name=client_id.title(),
                secret_hash=secret_hash(secret) if secret else None,
                redirect_uris=(REDIRECT_URI,),
                grants=tuple(GrantType),
                scopes=(*EVERY_SCOPE, "users:read", "stats"),
                trusted=True,
            ),
            **changes,  # type: ignore[arg-type]  # a test names fields of the dataclass
        )
        app = cls(world, client, secret)
        app.save()
        return app

    def save(self, **changes: object) -> None:
        with self.world.bridge.database.write() as work:
            work.clients.save(replace(self.client, **changes))  # type: ignore[arg-type]  # fields of the dataclass

    def signed_in(
        self,
        tenant: Tenant,
        account: Account,
        *,
        scopes: tuple[str, ...] = EVERY_SCOPE,
        method: Method = Method.PASSWORD,
        nonce: str | None = None,
    ) -> SignedInApp:
        """What the authorization endpoint leaves behind."""
        now, code, login = self.world.clock.now(), secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        session = Session(
            id=session_id(login),
            tenant_id=tenant.id,
            account_id=account.id,
            method=method,
            reference=self.world.randomness.reference(),
            auth_time=now,
            created_at=now,
            last_seen_at=now,
            idle_s=tenant.limits.idle_s,
            expires_at=now + tenant.limits.absolute_s,
            password_epoch=tenant.password_epoch,
            amr=("pwd",),
        )
        signed_in = SignedIn(session, account, tenant, None)
        authorization = new_authorization(
            signed_in, self.client, scopes, now, AuthorizationId(secrets.token_urlsafe(16))
        )
        with self.world.bridge.database.write() as work:
            work.sessions.add(session)
            work.authorizations.add(authorization)
            work.authorizations.add_code(
                AuthorizationCode(
                    code_hash=token_hash(code),
                    authorization_id=authorization.id,
                    client_id=self.client.client_id,
                    redirect_uri=REDIRECT_URI,
                    code_challenge=challenge_of(VERIFIER),
                    nonce=nonce,
                    expires_at=now + CODE_S,
                )
            )
        return SignedInApp(session.id, authorization.id, code)

    def post(self, path: str, headers: Mapping[str, str] | None = None, /, **fields: str) -> TestResponse:
        """A form, with the client's own authentication unless `fields` say otherwise."""
        own = {"client_id": self.client.client_id} | ({"client_secret": self.secret} if self.secret else {})
        given = {name: value for name, value in {**own, **fields}.items() if value}
        return self.world.client().post(path, data=given, headers=dict(headers or {}))

    def redeem(self, code: str, **changes: str) -> TestResponse:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
            **changes,
        }
        return self.post("/oauth2/token", **fields)

    def refresh(self, token: str, **fields: str) -> TestResponse:
        return self.post("/oauth2/token", grant_type="refresh_token", refresh_token=token, **fields)

    def client_credentials(self, **fields: str) -> TestResponse:
        return self.post("/oauth2/token", grant_type="client_credentials", **fields)

    def tokens(self, tenant: Tenant, account: Account, *, scopes: tuple[str, ...] = EVERY_SCOPE) -> dict[str, str]:
        """The whole answer of the token endpoint to a new code."""
        answer = self.redeem(self.signed_in(tenant, account, scopes=scopes).code)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return dict(answer.get_json())

    def introspect(self, token: str) -> dict[str, object]:
        answer = self.post("/oauth2/introspect", token=token)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return dict(answer.get_json())

    def active(self, token: str) -> bool:
        return self.introspect(token)["active"] is True

    def userinfo(self, token: str) -> TestResponse:
        return self.world.client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"})
