"""What docs/developers.md takes for granted: a registered app, an API credential, and a person with a browser."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from app.domain.oauth2.authorization import token_hash
from app.domain.oauth2.client import Client, ClientId, GrantType, Scope
from tests.integration.server import Server, Visitor

PAGE = Path(__file__).parents[3] / "docs" / "developers.md"
PASSWORD = "what alice types"
REDIRECT_URI, AFTER_LOGOUT = "http://127.0.0.1:9/callback", "http://127.0.0.1:9/"
SECRET, CREDENTIAL_SECRET = "the secret of the app, 32 or more", "the secret of the credential, more"
MOST_STEPS = 9


@dataclass
class Relying:
    """`alice` is signed in to nothing yet."""

    server: Server
    alice: Visitor = field(init=False)

    def __post_init__(self) -> None:
        world = self.server.world
        acme = world.tenant("acme", name="Acme Support")
        world.account(acme, "alice", email="alice@acme.example", password=PASSWORD)
        app = Client(
            client_id=ClientId("the-app"),
            name="The app",
            secret_hash=token_hash(SECRET),
            redirect_uris=(REDIRECT_URI,),
            post_logout_redirect_uris=(AFTER_LOGOUT,),
            grants=(GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN),
            scopes=("openid", "email", "profile", "offline_access"),
            trusted=True,
        )
        credential = Client(
            client_id=ClientId("the-credential"),
            name="The credential",
            secret_hash=token_hash(CREDENTIAL_SECRET),
            grants=(GrantType.CLIENT_CREDENTIALS,),
            scopes=("users:read",),
        )
        device = Client(
            client_id=ClientId("the-device"), name="The device", grants=(GrantType.DEVICE_CODE,), scopes=("openid",)
        )
        with world.bridge.database.write() as work:
            work.clients.save(device)
            work.clients.save_scope(Scope("users:read", "See who works here, and their status"))
            work.clients.save(app)
            work.clients.save(credential)
        self.alice = Visitor(self.server)

    @property
    def issuer(self) -> str:
        return self.server.world.bridge.settings.public_url

    def known(self) -> Mapping[str, str]:
        """What the page's snippets call by name."""
        return {
            "BRIDGE": self.issuer,
            "CLIENT_ID": "the-app",
            "CLIENT_SECRET": SECRET,
            "REDIRECT_URI": REDIRECT_URI,
            "AFTER_LOGOUT": AFTER_LOGOUT,
            "CREDENTIAL_ID": "the-credential",
            "CREDENTIAL_SECRET": CREDENTIAL_SECRET,
            "DEVICE_ID": "the-device",
        }

    def signs_in(self, url: str) -> str:
        """Alice opens the app's login and signs in with her password; where she is sent back to."""
        self.alice = Visitor(self.server)
        assert self.alice.password_login("acme", "alice", PASSWORD).status_code == 303
        return self.goes(url, until=REDIRECT_URI)

    def lets_in(self, user_code: str) -> None:
        """Alice enters the code that her device shows."""
        assert self.alice.password_login("acme", "alice", PASSWORD).status_code == 303
        token = self.alice.csrf_token(f"/device?user_code={user_code}")
        fields = {"csrf_token": token, "user_code": user_code, "decision": "allow"}
        assert self.alice.post("/device", fields).status_code == 200

    def goes(self, url: str, *, until: str) -> str:
        """Through the bridge's pages, to the address that an app waits at."""
        for _ in range(MOST_STEPS):
            if url.startswith(until):
                return url
            parts = urlsplit(url)
            answer = self.alice.get(f"{parts.path}?{parts.query}")
            url = answer.headers.get("Location", "")
            assert url, answer.text
        raise AssertionError(url)


def snippets(language: str) -> list[str]:
    """Of docs/developers.md, in their order."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
