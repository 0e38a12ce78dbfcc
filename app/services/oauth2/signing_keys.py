"""The keys that tokens are signed with: generated once, published before they sign, rotated, withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from app.domain.audit.audit import Actor
from app.domain.connections.connection import Sealed
from app.domain.errors import Detail, SsoError
from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.oauth2.signing_key import (
    FOLLOWED_WITHIN_S,
    PUBLISHED_BEFORE_S,
    VERIFIED_AFTER_S,
    SigningKey,
    published,
    signer,
)
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text
from app.ports.repositories import Database
from app.ports.sealing import SealBroken, Sealer
from app.ports.signing_keys import Signatures
from app.ports.system import Clock
from app.services.audit.audit import AuditService

SEALED_FOR = "signing-key"


@dataclass(slots=True)
class _Recent:
    """The keys as they were last read, and until when a worker may sign by them without asking again."""

    keys: Sequence[SigningKey] = ()
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class SigningKeyService:
    """Verifying always asks the database if a key is still good, so that a withdrawn one ends everywhere at once."""

    database: Database
    signatures: Signatures
    sealer: Sealer
    clock: Clock
    audit: AuditService
    _recent: _Recent = field(default_factory=_Recent, repr=False, compare=False)
    _met: dict[str, SigningKey] = field(default_factory=dict, repr=False, compare=False)
    """Every key that this worker has read, by its id."""
    _making: Lock = field(default_factory=Lock, repr=False, compare=False)

    def published(self) -> list[Mapping[str, str]]:
        """The public JWKs, newest first."""
        return published(self._all(), now=self.clock.now())

    def signed(self, claims: Mapping[str, object], *, algorithm: SigningAlg, token_type: str) -> str:
        """A JWT by the key that signs at present. Raises SsoError `misconfigured` if it cannot be unsealed."""
        return self.signed_by(self.present(algorithm), claims, token_type=token_type)

    def signed_by(self, key: SigningKey, claims: Mapping[str, object], *, token_type: str) -> str:
        """The same by this key, without asking the database."""
        algorithm = key.algorithm
        return self.signatures.sign(
            claims, kid=key.kid, algorithm=algorithm, token_type=token_type, private=lambda: self._open(key)
        )

    def present(self, algorithm: SigningAlg) -> SigningKey:
        """The key that signs at present."""
        return signer(self._recently(), algorithm, now=self.clock.now()) or self._newly_read(algorithm)

    def if_recent(self, algorithm: SigningAlg) -> SigningKey | None:
        """The same without asking the database; None if that is due."""
        recent = self._recent
        return signer(recent.keys, algorithm, now=self.clock.now()) if self.clock.monotonic() < recent.until else None

    def verifying(self, kid: str) -> SigningKey | None:
        """The key with this id, if it may still be verified with."""
        with self.database.read() as work:
            key = work.signing_keys.get(kid)
        if key is None or not key.good(self.clock.now()):
            return None
        self._met[kid] = key
        return key

    def with_id(self, kid: str) -> SigningKey | None:
        """The same, but one that this worker has read before may have been withdrawn: its id is its thumbprint."""
        return self._met.get(kid) or self.verifying(kid)

    def known(self) -> Sequence[SigningKey]:
        """Those that still work, newest first. Generates none."""
        now = self.clock.now()
        return [key for key in self._stored() if key.good(now)]

    def rotate(self, *, withdraw: bool, by: Actor) -> Sequence[SigningKey]:
        """Generate new keys, one for each algorithm, and return them.

        They are published at once and sign a little later; the old ones are verified with until the last token has
        expired. With `withdraw` the old ones end at once, because they may have leaked, and with them every token.
        """
        now = self.clock.now()
        generation = self._all()[0].generation + 1
        signs_from = now if withdraw else now + PUBLISHED_BEFORE_S
        made = self._make(generation, signs_from=signs_from)
        old_until = now if withdraw else signs_from + FOLLOWED_WITHIN_S + VERIFIED_AFTER_S
        with self.database.write() as work:
            work.signing_keys.add(made)  # does nothing if a concurrent rotation was faster
            work.signing_keys.retire(before=generation, at=old_until)
            new = [key for key in work.signing_keys.all() if key.generation == generation]
            after: dict[str, Detail] = {
                "kids": [key.kid for key in new],
                "sign_from": signs_from,
                "old_keys_until": old_until,
            }
            self.audit.record(work, by.did("keys.rotated", "signing keys", tenant_id=None, at=now, after=after))
        self._recent.until = 0.0
        return new

    def _newly_read(self, algorithm: SigningAlg) -> SigningKey:
        """What was read recently may have ended meanwhile."""
        key = signer(self._all(), algorithm, now=self.clock.now())
        if key is None:
            raise SsoError(ReasonCode.MISCONFIGURED, field="signing_keys", error=Text("no key to sign with"))
        return key

    def _recently(self) -> Sequence[SigningKey]:
        recent, now = self._recent, self.clock.monotonic()
        if recent.until <= now:
            recent.keys = self._all()
            recent.until = now + FOLLOWED_WITHIN_S
        return recent.keys

    def _all(self) -> Sequence[SigningKey]:
        """Newest first; at least one for each algorithm."""
        known = self._stored()
        if known:
            return known
        # One at a time: many simultaneous requests must not each spend CPU on keys that are then discarded.
        with self._making:
            known = self._stored()
            if not known:
                made = self._make(1, signs_from=self.clock.now())
                with self.database.write() as work:
                    work.signing_keys.add(made)
                known = self._stored()
        return known

    def _stored(self) -> Sequence[SigningKey]:
        with self.database.read() as work:
            stored = work.signing_keys.all()
        self._met.update({key.kid: key for key in stored})
        return stored

    def _make(self, generation: int, *, signs_from: float) -> list[SigningKey]:
        now = self.clock.now()
        made = [(algorithm, self.signatures.make_key(algorithm)) for algorithm in SigningAlg]
        return [
            SigningKey(
                kid=key.kid,
                algorithm=algorithm,
                generation=generation,
                public=key.public,
                private=Sealed(self.sealer.seal(key.private.encode(), purpose=SEALED_FOR)),
                made_at=now,
                signs_from=signs_from,
            )
            for algorithm, key in made
        ]

    def _open(self, key: SigningKey) -> str:
        try:
            return self.sealer.open(key.private, purpose=SEALED_FOR).decode()
        except SealBroken:
            raise SsoError(
                ReasonCode.MISCONFIGURED,
                field="signing_keys",
                error=Text("cannot be decrypted with the configured keys"),
            ) from None
