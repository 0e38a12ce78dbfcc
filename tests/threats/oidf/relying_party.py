"""The bridge as the OpenID Foundation's suite sees it: it starts a login, and is watched for what it calls."""

from dataclasses import dataclass, replace
from typing import Any

from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from tests.builders import BASE_URL, hidden_fields
from tests.fake_idp import BrowserResponse, FakeProvider
from tests.threats.acme import LOGIN, Acme


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """acme's connection, played by acme's provider. Each check of the suite is one of these two outcomes."""

    acme: Acme

    @property
    def idp(self) -> FakeProvider:
        return self.acme.idp

    def set_up(self, **settings: object) -> None:
        """Change settings of the connection."""
        provider = replace(
            self.acme.main.provider,
            **settings,  # type: ignore[arg-type]  # a test names fields of the dataclass
        )
        self.acme.main = replace(self.acme.main, provider=provider)
        self.acme.world.save(self.acme.main)

    def start(self, **parameters: str) -> TestResponse:
        """Press the login button."""
        return self.acme.browser.get(LOGIN, query_string=parameters)

    def authorize(self, **parameters: str) -> BrowserResponse:
        """The same, and sign in at the provider."""
        return self.idp.authorize(self.start(**parameters).headers["Location"])

    def sign_in(self, **parameters: str) -> TestResponse:
        """The same, and bring back what the provider answered, in whichever mode it did."""
        answered = self.authorize(**parameters)
        if "location" in answered.answered.headers:
            return self.acme.browser.get(answered.callback_url.removeprefix(BASE_URL))
        path = answered.form.action.removeprefix(BASE_URL)
        # A POST from another site comes without cookies (SameSite=Lax): the bridge's own page posts it once more.
        page = self.acme.world.client().post(path, data=answered.form.fields)
        return self.acme.browser.post(path, data=hidden_fields(page))

    def accepts(self, **parameters: str) -> list[str]:
        """The login goes through. Returns what the provider was asked."""
        before = len(self.idp.calls)
        response = self.sign_in(**parameters)
        assert response.status_code == 303, response.get_data(as_text=True)
        assert self.acme.opened() == "alice"
        return self.idp.calls[before:]

    def refuses(self, code: ReasonCode, *, after: str, **parameters: str) -> dict[str, Any]:
        """The login stops for this reason: nothing is asked `after` this endpoint, and nobody is signed in."""
        response = self.sign_in(**parameters)
        assert self.idp.calls[-1] == after, self.idp.calls
        return self.stopped(response, code)

    def stopped(self, response: TestResponse, code: ReasonCode) -> dict[str, Any]:
        """What the trace says. Nobody is signed in, and no part of the answer goes anywhere."""
        trace = self.acme.refused(response, code)
        assert self.acme.opened() is None
        return trace
