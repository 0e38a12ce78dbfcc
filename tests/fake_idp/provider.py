"""The provider as a test holds it: the realm, served over HTTP, with everything that a test may do to it."""

import itertools
import ssl
import time
import traceback
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Literal, Self

from tests.fake_idp import browser, id_token
from tests.fake_idp.encryption import Encryption, chosen
from tests.fake_idp.endpoints_authorize import authorize
from tests.fake_idp.endpoints_logout import end_session
from tests.fake_idp.endpoints_metadata import MTLS, discovery, discovery_paths, jwks
from tests.fake_idp.endpoints_par import par
from tests.fake_idp.endpoints_person import emails, userinfo
from tests.fake_idp.endpoints_token import token
from tests.fake_idp.jws import Json
from tests.fake_idp.keys import Alg
from tests.fake_idp.realm import Encryptable, Kind, Realm
from tests.fake_idp.recorded import RecordedRequest, Recorder, pairs
from tests.fake_idp.replies import Body, Refused, json_reply, raw_reply
from tests.fake_idp.script import Answer, Script
from tests.fake_idp.server import Incoming, LoopbackServer, Reply

Endpoint = Literal["discovery", "jwks", "authorize", "par", "token", "userinfo", "emails", "end_session", "unknown"]
_Honest = Callable[[Realm, RecordedRequest], Reply]
_ENDPOINTS: dict[str, tuple[frozenset[str], _Honest]] = {
    "discovery": (frozenset({"GET"}), discovery),
    "jwks": (frozenset({"GET"}), jwks),
    "authorize": (frozenset({"GET", "POST"}), authorize),
    "par": (frozenset({"POST"}), par),
    "token": (frozenset({"POST"}), token),
    "userinfo": (frozenset({"GET", "POST"}), userinfo),
    "emails": (frozenset({"GET"}), emails),
    "end_session": (frozenset({"GET", "POST"}), end_session),
}


class FakeProvider(Realm):
    """An honest and complete OpenID provider (or plain OAuth 2.0 server) on a loopback port, up once constructed.

    `clock` gives Unix seconds: hand in the test's own where the time does not pass by itself. `issuer_path` is what
    stands behind the origin in the issuer, "" or "/" or "/tenant". With `tls` it is served over https.
    """

    def __init__(
        self,
        *,
        kind: Kind = "oidc",
        alg: Alg = "RS256",
        issuer_path: str = "",
        clock: Callable[[], float] = time.time,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(kind=kind, alg=alg, issuer_path=issuer_path, clock=clock)
        self.errors: list[Exception] = []
        """What went wrong in the provider, or in a change made by the test; the first is raised at the end."""
        self._recorder = Recorder()
        self._server = LoopbackServer(self._respond, self.now, tls)
        self._scheme = "https" if tls else "http"
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self.errors and error is None:
            raise self.errors[0]

    def start(self) -> None:
        """Serve, on the same port as before."""
        self._server.start()
        self.base_url = f"{self._scheme}://127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        """Be unreachable: connections are refused, open ones break. What is known stays."""
        self._server.stop()
        self.on.release()
        self._server.join()

    def close(self) -> None:
        self.stop()
        self.keys.give_back()

    # What was asked

    def requests(self, endpoint: Endpoint | None = None) -> list[RecordedRequest]:
        """Requests to this endpoint, or all, in the order of their arrival. What hangs is among them."""
        return self._recorder.of(endpoint)

    @property
    def calls(self) -> list[str]:
        """The endpoints that were asked, in order."""
        return [request.endpoint for request in self._recorder.of(None)]

    def forget_requests(self) -> None:
        self._recorder.forget()

    def wait_for(self, endpoint: Endpoint, *, count: int = 1, timeout: float = 60) -> None:
        """Return once `count` requests have come to `endpoint`; AssertionError after `timeout` seconds."""
        if not self._recorder.wait(endpoint, count=count, timeout=timeout):
            raise AssertionError(f"{endpoint} was not asked {count} times, but: {self.calls}")

    # What it does otherwise

    def honest(self) -> None:
        """Take back every change, answer, denial and hold."""
        script, self.on = self.on, Script()
        script.release()

    def answer(
        self,
        endpoint: Endpoint,
        *,
        status: int = 200,
        body: Body = b"",
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> None:
        """Answer with exactly this, `times` times (None: from now on), then honestly again.

        A dict or list is sent as JSON. An iterable of bytes is sent chunked and is used up by the first request;
        an endless one ends when the other side hangs up.
        """
        reply = raw_reply(body, status=status, headers=headers or {})
        turns = itertools.repeat(None) if times is None else itertools.repeat(None, times)
        self.on.answer(endpoint, lambda _: next((reply for _ in turns), None))

    def answer_by(self, endpoint: Endpoint, answer: Answer) -> None:
        """Answer what this function makes of the request; honestly where it returns None."""
        self.on.answer(endpoint, answer)

    def drop(self, endpoint: Endpoint) -> None:
        """Close the connection instead of answering."""
        self.on.answer(endpoint, lambda _: Reply(drop=True))

    def hang(self, endpoint: Endpoint) -> None:
        """Take requests and answer none before `release`."""
        self.on.hang(endpoint)

    def release(self) -> None:
        """Answer what hangs; nothing hangs any more."""
        self.on.release()

    def deny(self, error: str, *, description: str = "") -> None:
        """Send the person back with this error (RFC 6749, section 4.1.2.1; OpenID Connect Core, section 3.1.2.6)."""
        self.on.denial = Refused(error, description)

    def rotate_keys(
        self, *, keep_old: bool = False, same_kid: bool = False, no_kid: bool = False, alg: Alg | None = None
    ) -> None:
        """Sign with a new key. `no_kid` takes the name from every published key."""
        self.keys.rotate(keep_old=keep_old, same_kid=same_kid, no_kid=no_kid, alg=alg)

    def encrypt(
        self,
        what: Encryptable,
        key_set: Json,
        *,
        alg: str = "RSA-OAEP-256",
        enc: str = "A128GCM",
        **header: object,
    ) -> None:
        """Encrypt `what` from now on, to the key that `key_set` (the client's) has for `alg`."""
        self.encrypted[what] = Encryption(jwk=chosen(key_set, alg=alg), alg=alg, enc=enc, header=header)

    # What a browser or the provider itself would do

    def authorize(self, url: str) -> browser.BrowserResponse:
        """Play the browser: go to the authorization request `url` and come back with the response."""
        return browser.authorize(url, self.base_url)

    def logout_token(self, *, header: Json | None = None, **claims: object) -> str:
        """A logout token for who is signed in, towards the last client. A claim of None is left out."""
        return id_token.logout_token(self, header=header, **claims)

    def _respond(self, incoming: Incoming) -> Reply:
        path, _, query = incoming.target.partition("?")
        request = RecordedRequest(
            endpoint=self._endpoint(path),
            method=incoming.method,
            path=path,
            query_pairs=pairs(query),
            headers=incoming.headers,
            body=incoming.body,
            certificate=incoming.certificate,
        )
        self._recorder.add(request)
        try:
            self.on.wait_at(request.endpoint)
            return self.on.answer_to(request) or self._honestly(request)
        except Refused as refusal:
            return refusal.reply()
        except Exception as error:  # noqa: BLE001 - kept, and raised in the test
            self.errors.append(error)
            trace = "".join(traceback.format_exception(error))
            return Reply(status=HTTPStatus.INTERNAL_SERVER_ERROR, body=trace.encode())

    def _endpoint(self, path: str) -> str:
        if path in discovery_paths(self):
            return "discovery"
        path = path.removeprefix(MTLS) if self.mtls_aliases else path
        return next((name for name, served in self.paths.items() if served == path), "unknown")

    def _honestly(self, request: RecordedRequest) -> Reply:
        if request.endpoint not in _ENDPOINTS:
            return json_reply({"error": "not_found"}, status=HTTPStatus.NOT_FOUND)
        methods, honest = _ENDPOINTS[request.endpoint]
        if request.method not in methods:
            allowed = {"Allow": ", ".join(sorted(methods))}
            return json_reply({"error": "invalid_request"}, status=HTTPStatus.METHOD_NOT_ALLOWED, headers=allowed)
        return honest(self, request)
