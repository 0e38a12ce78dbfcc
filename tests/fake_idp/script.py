"""What a test tells the provider to do otherwise: one change, one answer, one door kept shut."""

from collections.abc import Callable
from copy import deepcopy
from threading import Event
from typing import Any

from tests.fake_idp.jws import Json
from tests.fake_idp.recorded import RecordedRequest
from tests.fake_idp.replies import Refused
from tests.fake_idp.server import Reply

Change = Callable[[Json], object]
Sign = Callable[[Json, Json], str]
Answer = Callable[[RecordedRequest], Reply | None]


def changed(**values: object) -> Change:
    """A change that sets these: `idp.on.id_token(changed(aud="somebody-else"))`."""
    return lambda document: {**document, **values}


def without(*names: str) -> Change:
    """A change that leaves these out: `idp.on.userinfo(without("email"))`."""
    return lambda document: {name: value for name, value in document.items() if name not in names}


class Script:
    """Each method takes a function of the honest value to what is sent instead; the last one given counts.

    The function gets a copy. Whatever it returns is sent, a value of another type too.
    """

    def __init__(self) -> None:
        self.sign: Sign | None = None
        """(header, claims) to a compact id_token, in place of signing it honestly. See forgeries.py."""
        self.sign_userinfo: Sign | None = None
        """The same for a signed userinfo answer."""
        self.denial: Refused | None = None
        self._changes: dict[str, Callable[[Any], object]] = {}
        self._answers: dict[str, Answer] = {}
        self._gates: dict[str, Event] = {}

    def discovery(self, change: Change) -> None:
        self._changes["discovery"] = change

    def jwks(self, change: Change) -> None:
        self._changes["jwks"] = change

    def authorization_response(self, change: Change) -> None:
        """Parameters by name; a list as value repeats the parameter."""
        self._changes["authorization_response"] = change

    def par_response(self, change: Change) -> None:
        self._changes["par_response"] = change

    def token_response(self, change: Change) -> None:
        self._changes["token_response"] = change

    def id_token(self, change: Change) -> None:
        self._changes["id_token"] = change

    def id_token_header(self, change: Change) -> None:
        self._changes["id_token_header"] = change

    def userinfo(self, change: Change) -> None:
        self._changes["userinfo"] = change

    def userinfo_token(self, change: Change) -> None:
        """The claims of a signed userinfo answer, with its `iss` and `aud`."""
        self._changes["userinfo_token"] = change

    def token_form(self, write: Callable[[Json], Reply]) -> None:
        """Write the token endpoint's success in another form than JSON with status 200."""
        self._changes["token_form"] = write

    def emails(self, change: Callable[[list[Json]], object]) -> None:
        self._changes["emails"] = change

    def apply(self, name: str, honest: Any) -> Any:
        """What to send in place of `honest`."""
        change = self._changes.get(name)
        return change(deepcopy(honest)) if change else honest

    def answer(self, endpoint: str, answer: Answer) -> None:
        """Answer by this; honestly where it returns None."""
        self._answers[endpoint] = answer

    def answer_to(self, request: RecordedRequest) -> Reply | None:
        answer = self._answers.get(request.endpoint)
        return answer(request) if answer else None

    def hang(self, endpoint: str) -> None:
        self._gates.setdefault(endpoint, Event())

    def wait_at(self, endpoint: str) -> None:
        """Return when nothing blocks `endpoint` any more."""
        if gate := self._gates.get(endpoint):
            gate.wait()

    def release(self) -> None:
        gates, self._gates = self._gates, {}
        for gate in gates.values():
            gate.set()
