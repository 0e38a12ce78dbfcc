"""Every parser of what providers and browsers send, as a function of bytes that fails where a promise is broken.

One is broken by any exception but the parser's own error, by an error that no trace can hold, and by a result that is
not what the rest of the bridge relies on.
"""

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from urllib.parse import urlsplit

from joserfc.jwk import OctKey
from joserfc.jws import JWSRegistry

from app.adapters.http.body import unpack
from app.adapters.http.dialler import Dialler
from app.adapters.http.exchange import Exchange
from app.adapters.http.guarded_adapter import GuardedRequest, _Passage
from app.adapters.http.pool import Pool
from app.adapters.http.target import Target, parse_target
from app.adapters.provider.claim_path import at_path
from app.adapters.provider.documents import BadDocument, parse_json
from app.adapters.provider.encryption import ALGS, decrypt, imported
from app.adapters.provider.id_token import Expected, verify_id_token
from app.adapters.provider.keys import MOST_KEYS, InlineKeys, parse_keys
from app.adapters.provider.logout_token import verify_logout_token
from app.adapters.provider.metadata import MetadataStore
from app.adapters.provider.token_response import parse_token_response
from app.adapters.provider.userinfo_token import userinfo_claims
from app.domain.accounts.email_address import parse_email
from app.domain.errors import SsoError
from app.domain.login.return_to import return_to
from app.ports.outbound import Answer, OutboundRequest
from tests.unit.adapters.provider import in_memory as idp

MOST_BYTES = 4096
"""Of one answer: little, so that its limits are met."""
EMAILS, PAR = f"{idp.ISSUER}/emails", f"{idp.ISSUER}/par"
KINDS = ("application/json", "application/x-www-form-urlencoded", "text/plain", "application/jwt", "")
STATUSES = (200, 201, 302, 400, 401, 500)
ENDPOINTS = (idp.DISCOVERY, idp.JWKS, PAR, idp.TOKEN, idp.USERINFO, EMAILS)
UNFORESEEN = re.compile(r"\w+(Error|Exception)")

KEYS = InlineKeys(json.dumps(idp.key_set(idp.RSA_KEY, idp.EC_KEY, idp.ED_KEY)))
EXPECTED = Expected(
    issuer=idp.ISSUER,
    client_id=idp.CLIENT_ID,
    now=idp.NOW,
    nonce=idp.NONCE,
    access_token=idp.ACCESS_TOKEN,
    signing_algs=("HS256", "RS256", "ES256", "EdDSA"),
)


@contextmanager
def told() -> Iterator[None]:
    """An SsoError is a way to end, where a trace can hold it and it was foreseen."""
    stopped: SsoError | None = None
    try:
        yield
    except SsoError as error:
        stopped = error
    if stopped:
        json.dumps(stopped.details, allow_nan=False, ensure_ascii=False).encode()
        assert not UNFORESEEN.fullmatch(str(stopped.details.get("error"))), stopped.details


def document(raw: bytes) -> None:
    with suppress(BadDocument):
        json.dumps(parse_json(raw), ensure_ascii=False).encode()


def claim_path(raw: bytes) -> None:
    path, _, rest = raw.partition(b"\n")
    with suppress(BadDocument):
        at_path(parse_json(rest), path.decode("utf-8", "replace"))


def keys(raw: bytes) -> None:
    with suppress(BadDocument):
        ring = parse_keys(parse_json(raw))
        assert len(ring.keys) <= MOST_KEYS
        for alg in EXPECTED.signing_algs:
            ring.candidates(alg, None)


def discovery(raw: bytes) -> None:
    world = idp.World()
    world.outbound.replies[idp.DISCOVERY] = idp.answer(raw)
    with told():
        found = MetadataStore(world.clock, allow_http=False).of(idp.connection(), world.channel())
        for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.end_session_endpoint):
            assert url is None or (urlsplit(url).scheme == "https" and url.isascii() and url.isprintable())


def token_response(raw: bytes) -> None:
    choice, rest = raw[:2].ljust(2, b"\0"), raw[2:]
    headers = {"content-type": KINDS[choice[0] % len(KINDS)]}
    answer = Answer(status=STATUSES[choice[1] % len(STATUSES)], headers=headers, body=rest, took_ms=1)
    with told():
        tokens = parse_token_response(answer, hide=("secret",))
        assert tokens.access_token.isascii()
        assert tokens.access_token.isprintable()


def token(raw: bytes) -> None:
    """Nobody without the key can say anything else than what was signed with it."""
    with told():
        claims = verify_id_token(raw.decode("utf-8", "replace"), EXPECTED, client_secret=_secret, keys=KEYS)
        assert claims == idp.claims()


def id_token(raw: bytes) -> None:
    with told():
        claims = verify_id_token(_signed(raw), EXPECTED, client_secret=_secret, keys=KEYS)
        assert (claims["iss"], claims["nonce"]) == (idp.ISSUER, idp.NONCE)
        assert isinstance(claims["sub"], str)


def logout_token(raw: bytes) -> None:
    with told():
        notice = verify_logout_token(_signed(raw), EXPECTED, client_secret=_secret, keys=KEYS)
        assert notice.sid or notice.subject


def userinfo_token(raw: bytes) -> None:
    for body in (raw, _signed(raw).encode()):
        with told():
            claims = userinfo_claims(body, EXPECTED, decrypt=_decrypt, client_secret=_secret, keys=KEYS)
            json.dumps(claims, ensure_ascii=False).encode()


def encrypted_token(raw: bytes) -> None:
    """As it is, and its first line as the header of four further parts."""
    parts = [idp.base64url(part) for part in raw.split(b"\n", 4)]
    for text in (raw.decode("utf-8", "replace"), ".".join(parts)):
        with told():
            _decrypt(text)


def login(raw: bytes) -> None:
    """All of it, where one endpoint answers this."""
    choice, rest = raw[:3].ljust(3, b"\0"), raw[3:]
    endpoint = ENDPOINTS[choice[0] % len(ENDPOINTS)]
    connection = idp.connection(
        par="required", par_endpoint=PAR, emails_endpoint=EMAILS if endpoint == EMAILS else None
    )
    world = idp.World()
    world.outbound.replies |= {PAR: PUSHED, idp.TOKEN: THIN}
    world.outbound.replies[endpoint] = idp.answer(
        rest, status=STATUSES[choice[1] % len(STATUSES)], kind=KINDS[choice[2] % len(KINDS)]
    )
    with told():
        assert world.begin(connection).startswith("https://")
        assert world.identify(connection).subject == "248289761001"


def packed(raw: bytes) -> None:
    with told():
        assert len(unpack(raw, "gzip", _exchange())) <= MOST_BYTES


def wire(raw: bytes) -> None:
    """What comes over the connection, from its first byte on."""
    ours, theirs = socket.socketpair()
    with ours, theirs, told():
        theirs.sendall(raw[:65_536])
        theirs.shutdown(socket.SHUT_WR)
        exchange = _exchange()
        request = GuardedRequest(OutboundRequest("GET", "https://idp.example/"), TARGET, exchange, {})
        dialler = cast("Dialler", _Dialled(ours))
        received = _Passage(dialler, Pool(lambda: 0.0, most=0), request).urlopen()
        assert len(received.body) <= MOST_BYTES
        assert all(isinstance(value, str) for value in received.headers.values())


def url(raw: bytes) -> None:
    with told():
        target = parse_target(raw.decode("utf-8", "replace"), allow_http=False)
        assert target.scheme == "https"
        assert target.host.isascii()


def email(raw: bytes) -> None:
    with suppress(ValueError):
        found = parse_email(raw.decode("utf-8", "surrogateescape"))
        assert parse_email(found.key) == found


def way_on(raw: bytes) -> None:
    found = return_to(raw.decode("utf-8", "surrogateescape"))
    assert re.match(r"/(?![/\\])", found)
    assert found.isascii()
    assert found.isprintable()


def _signed(raw: bytes) -> str:
    """The first line as its header, the rest as its claims, signed by the client secret."""
    header, _, claims = raw.partition(b"\n")
    signing_input = f"{idp.base64url(header)}.{idp.base64url(claims)}"
    signature = JWSRegistry.algorithms["HS256"].sign(signing_input.encode(), OctKey(_secret(), _secret()))
    return f"{signing_input}.{idp.base64url(signature)}"


def _secret() -> bytes:
    return idp.SECRET.encode()


def _decrypt(raw: str) -> bytes:
    def own_keys() -> Any:
        return idp.FakeConnectionKeys().decrypting(idp.connection())

    return decrypt(raw, own_keys, allowed=[*ALGS], endpoint="token", read=lambda key: imported(key.jwk.encode()))


def _exchange() -> Exchange:
    return Exchange("idp.example", 10.0, lambda: 0.0, MOST_BYTES)


class _Dialled:
    def __init__(self, connected: socket.socket) -> None:
        self._connected = connected

    def dial(self, target: Target, exchange: Exchange) -> socket.socket:
        return self._connected


TARGET = Target("https", "idp.example", 443, "/")
PUSHED = idp.answer({"request_uri": "urn:ietf:params:oauth:request_uri:x", "expires_in": 60}, status=201)
THIN = idp.tokens(idp.signed(idp.claims(email=..., email_verified=...)))

TARGETS: dict[str, Callable[[bytes], None]] = {
    function.__name__: function
    for function in (
        document, claim_path, keys, discovery, token_response, token, id_token, logout_token, userinfo_token,
        encrypted_token, login, packed, wire, url, email, way_on,
    )
}  # fmt: skip
