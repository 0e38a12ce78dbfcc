"""A scriptable OpenID provider for tests: honest and complete until a test changes exactly one thing.

    idp.person("alice", email="alice@acme.example")
    idp.on.id_token(changed(aud="somebody-else"))
    response = idp.authorize(client.get("/t/acme/oauth/login").location)
    assert client.get(response.callback_url).status_code == 403
    assert idp.calls == ["discovery", "authorize", "token", "jwks"]

It knows the standards and nothing of the bridge.
"""

from tests.fake_idp.browser import BrowserResponse, FormPost
from tests.fake_idp.clients import Client
from tests.fake_idp.people import Person
from tests.fake_idp.provider import FakeProvider
from tests.fake_idp.recorded import RecordedRequest
from tests.fake_idp.script import changed, without
from tests.fake_idp.server import Reply

__all__ = [
    "BrowserResponse",
    "Client",
    "FakeProvider",
    "FormPost",
    "Person",
    "RecordedRequest",
    "Reply",
    "changed",
    "without",
]
