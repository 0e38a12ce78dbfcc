"""What a provider sent in a test, with the values: for whoever ran the test, and for no store, trace or log."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

VALUE_MOST = 160
"""Characters of a value; the rest is cut off."""
DROPPED_ROOM = 200
"""Bytes for the names of claims without a value. The trace has all names."""
LITERAL_MOST = 24
"""Characters of `true`, `null` or a number, of any that a provider sends."""
UNSHOWN = frozenset({"nonce", "at_hash", "c_hash", "s_hash"})
"""They bind one response to one attempt and say nothing about the person (OpenID Connect Core, section 3.1.3.6)."""
_ABOUT_THE_TOKEN = frozenset(
    {
        "iss", "aud", "azp", "exp", "iat", "nbf", "jti", "typ", "auth_time", "acr", "amr", "sid", "session_state",
        "ver", "rh", "uti", "aio", "idp", "scp", "token_use", "client_id", "updated_at",
    }
)  # fmt: skip
"""The first to give way where there is not room for everything."""


@dataclass(frozen=True, slots=True)
class ReceivedClaim:
    """`document` is `id_token`, `userinfo` or `emails_endpoint`; `value` is JSON, but a plain string bare."""

    document: str
    name: str
    value: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ClaimUse:
    """What one setting of the connection took: `email_claim` took `email` from the userinfo response."""

    setting: str
    path: str
    document: str = ""
    """Empty if no document has it."""
    value: str = ""
    expected: str = ""
    """For `required_claims`, the value that it has to have."""


@dataclass(frozen=True, slots=True)
class ReceivedClaims:
    """The claims of one test, those about the person first, and what the settings took."""

    claims: tuple[ReceivedClaim, ...] = ()
    uses: tuple[ClaimUse, ...] = ()
    dropped: tuple[str, ...] = ()
    """Names of claims whose values there was no room for."""

    def used(self, setting: str) -> ClaimUse | None:
        """What this setting took; None where it was not asked."""
        return next((use for use in self.uses if use.setting == setting), None)

    def within(self, room: int) -> "ReceivedClaims":
        """As much as fits into `room` bytes of JSON: first what the settings took, then claim by claim."""
        uses, kept, dropped = [], [], []
        for use in self.uses:
            size = _size(use.setting, use.path, use.document, use.value, use.expected)
            if size <= room:
                uses.append(use)
                room -= size
        for claim in self.claims:
            size = _size(claim.document, claim.name, claim.value) + len("false,")
            if size > room:
                dropped.append(claim.name)
                continue
            room -= size
            kept.append(claim)
        return ReceivedClaims(tuple(kept), tuple(uses), _fitting(dropped, room=min(room, DROPPED_ROOM)))


def of_documents(documents: Iterable[tuple[str, str, object]], uses: Sequence[ClaimUse]) -> ReceivedClaims:
    """`documents` are triples of document, claim and value."""
    shown = [_claim(document, name, value) for document, name, value in documents if name not in UNSHOWN]
    return ReceivedClaims(tuple(sorted(shown, key=lambda claim: claim.name in _ABOUT_THE_TOKEN)), tuple(uses))


def as_shown(value: object, *, most: int = VALUE_MOST) -> str:
    """A string bare, unless it could be taken for another type: `true` is not the string `"true"`."""
    text = value if isinstance(value, str) and not _could_be_another(value) else json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text[:most])


def _claim(document: str, name: str, value: object) -> ReceivedClaim:
    whole = as_shown(value, most=VALUE_MOST + 1)
    return ReceivedClaim(document, name, whole[:VALUE_MOST], cut=len(whole) > VALUE_MOST)


def _could_be_another(text: str) -> bool:
    if len(text) > LITERAL_MOST:
        return False
    try:
        json.loads(text)
    except ValueError:
        return not text
    return True


def _size(*texts: str) -> int:
    return sum(len(json.dumps(text)) + 1 for text in texts) + 2


def _fitting(names: Iterable[str], *, room: int) -> tuple[str, ...]:
    """As many as there is room for."""
    kept: list[str] = []
    for name in names:
        room -= len(json.dumps(name)) + 1
        if room < 0:
            return (*kept, "…")
        kept.append(name)
    return tuple(kept)
