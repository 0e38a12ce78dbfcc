"""Tokens of a bridge, as an app would verify them: with a JOSE library and the published keys alone."""

from typing import Any

from joserfc import jws, jwt
from joserfc.jwk import KeySet

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.oauth2.authorization import Authorization, AuthorizationId, Authorized
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant, TenantId
from tests.builders import World

DESK = Client(client_id=ClientId("agent-desk"), name="Agent Desk", scopes=("openid", "email", "profile", "roles"))
ACME = Tenant(id=TenantId("tenant-acme"), slug="acme", name="Acme", email_domains=("acme.example",))
BOB = Account(
    id=AccountId("account-bob"),
    tenant_id=ACME.id,
    username="bob",
    name="Bob Agent",
    email="bob@acme.example",
    roles=(Role.AGENT, Role.SUPERVISOR),
)


def authorized(*scopes: str, account: Account = BOB, now: float = 0.0) -> Authorized:
    """Bob has authorized the desk; nothing of it is stored."""
    return Authorized(
        authorization=Authorization(
            id=AuthorizationId("authorization-1"),
            tenant_id=ACME.id,
            account_id=account.id,
            client_id=DESK.client_id,
            reference="7K3Q-9MWT-2X",
            method=Method.SSO,
            password_epoch=1,
            auth_time=now - 100.5,
            scopes=scopes,
            created_at=now,
            expires_at=now + 3600,
            amr=("pwd", "otp"),
            acr="urn:two",
        ),
        account=account,
        tenant=ACME,
        client=DESK,
        connection="main",
    )


def published(world: World) -> KeySet:
    """The keys at `/oauth2/jwks`."""
    response = world.client().get("/oauth2/jwks")
    assert response.status_code == 200
    return KeySet.import_key_set(response.get_json())


def verified(world: World, token: str, *, alg: str = "RS256") -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims. The signature is checked, the claims are not."""
    opened = jwt.decode(token, published(world), algorithms=[alg])
    return dict(opened.header), dict(opened.claims)


def kid(token: str) -> str:
    return str(jws.extract_compact(token.encode()).headers()["kid"])
