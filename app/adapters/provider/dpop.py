"""Proof of possession (RFC 9449): an access token works only with the key that it was requested with.

The key belongs to the attempt and is derived from the secret sealed in it, so it is stored nowhere.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from hashlib import sha256, sha512
from threading import Lock
from urllib.parse import urlsplit, urlunsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64encode

from app.ports.outbound import Answer, OutboundRequest
from app.ports.system import Clock, Randomness

ALG = "ES256"
LONGEST_NONCE = 1024
MOST_NONCES = 2048

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256: a private key is a smaller number, and not 0 (FIPS 186-5, appendix A.2.1)."""
_ASKS_FOR_NONCE = (400, 401)


def proof_key(secret: str) -> ECKey:
    """The key of the attempt with this secret; always the same."""
    number = int.from_bytes(sha512(secret.encode()).digest()) % (_ORDER - 1) + 1
    private = derive_private_key(number, SECP256R1())
    return ECKey(private, private)


class Nonces:
    """The latest nonce of each endpoint for each connection (section 8.2), limited in number. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._given: OrderedDict[tuple[str, str], str] = OrderedDict()

    def of(self, bulkhead_key: str, url: str) -> str | None:
        with self._lock:
            return self._given.get((bulkhead_key, url))

    def learn(self, bulkhead_key: str, url: str, nonce: str) -> None:
        with self._lock:
            self._given[bulkhead_key, url] = nonce
            self._given.move_to_end((bulkhead_key, url))
            while len(self._given) > MOST_NONCES:
                self._given.popitem(last=False)


@dataclass(frozen=True, slots=True)
class ProofMaker:
    """Adds proofs to the requests of one attempt. `nonces` are those of the process."""

    key: ECKey
    bulkhead_key: str
    nonces: Nonces
    clock: Clock
    randomness: Randomness

    def proven(self, request: OutboundRequest, *, access_token: str | None = None) -> OutboundRequest:
        """The request with its own proof (section 4.2), and with the token, if any (section 7.1)."""
        claims: dict[str, object] = {
            "jti": self.randomness.token(),
            "htm": request.method,
            "htu": urlunsplit(urlsplit(request.url)._replace(query="", fragment="")),
            "iat": int(self.clock.now()),
        }
        headers = dict(request.headers)
        if nonce := self.nonces.of(self.bulkhead_key, request.url):
            claims["nonce"] = nonce
        if access_token is not None:
            claims["ath"] = urlsafe_b64encode(sha256(access_token.encode("ascii")).digest()).decode("ascii")
            headers["Authorization"] = f"DPoP {access_token}"
        header = {"typ": "dpop+jwt", "alg": ALG, "jwk": self.key.as_dict(private=False)}
        headers["DPoP"] = jwt.encode(header, claims, self.key, algorithms=[ALG])
        return replace(request, headers=headers)

    def asked_again(self, url: str, answer: Answer) -> bool:
        """Whether the server wants the request again with the nonce in this response (sections 8 and 9)."""
        nonce = answer.headers.get("dpop-nonce", "")
        if not 0 < len(nonce) <= LONGEST_NONCE or not nonce.isascii() or not nonce.isprintable():
            return False
        self.nonces.learn(self.bulkhead_key, url, nonce)
        # A token endpoint says so in the body; a resource server in a header, with the scheme in any case.
        said = answer.headers.get("www-authenticate", "").encode() + answer.body
        return answer.status in _ASKS_FOR_NONCE and b"use_dpop_nonce" in said
