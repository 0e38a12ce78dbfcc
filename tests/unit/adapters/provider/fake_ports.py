"""The ports that the provider client needs beside the provider itself: time, randomness, keys, the log of steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from app.adapters.crypto.connection_keys import make_key
from app.domain.connections.connection import Connection
from app.domain.connections.connection_key import KeyType, KeyUse
from app.domain.login.received_claims import ReceivedClaims
from app.ports.connection_keys import MadeKey, PrivateKey
from app.ports.sealing import SealBroken

NOW = 1_790_000_000.0


@dataclass
class FakeClock:
    unix: float = NOW
    running: float = 1000.0

    def now(self) -> float:
        return self.unix

    def monotonic(self) -> float:
        return self.running

    def forward(self, seconds: float) -> None:
        self.unix += seconds
        self.running += seconds


class FakeSealer:
    """Text in, text out, under a purpose."""

    def seal(self, plain: bytes, *, purpose: str) -> str:
        return f"{purpose}|{plain.decode()}"

    def open(self, sealed: str, *, purpose: str) -> bytes:
        if not sealed.startswith(f"{purpose}|"):
            raise SealBroken
        return sealed.removeprefix(f"{purpose}|").encode()

    def sign(self, message: str, *, purpose: str) -> str:
        return f"{purpose}|{message}"

    def signed(self, message: str, mac: str, *, purpose: str) -> bool:
        return mac == f"{purpose}|{message}"


class FakeRandomness:
    def token(self) -> str:
        return "random-token"

    def short_id(self) -> str:
        return "short"

    def reference(self) -> str:
        return "7K3Q-9MWT-2X"


@dataclass
class FakeConnectionKeys:
    """One key of each kind, made when they are first asked for."""

    asked: int = 0

    def decrypting(self, connection: Connection) -> Sequence[PrivateKey]:
        self.asked += 1
        return [made(KeyUse.ENCRYPTION, key_type).private for key_type in KeyType]

    def signing(self, connection: Connection, key_type: KeyType) -> PrivateKey:
        self.asked += 1
        return made(KeyUse.SIGNING, key_type).private


@cache
def made(use: KeyUse, key_type: KeyType) -> MadeKey:
    """The bridge's key, as its provider sees it and as the bridge has it."""
    return make_key(use, key_type)


@dataclass
class RecordingLog:
    steps: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    claims: ReceivedClaims | None = None

    def begin(self, step: str) -> None:
        self.steps.append(step)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def received(self, claims: ReceivedClaims) -> None:
        self.claims = claims
