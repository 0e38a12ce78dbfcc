"""What accounts are searched by: any part of username, name, email or external id, however it is capitalised."""

import unicodedata

from app.domain.accounts.account import Account

WORDS = 3
"""How many parts a search may have; further ones belong to the last."""
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take apart, as people type them without their own keyboard."""


def folded(text: str) -> str:
    """Without capitals and accents: `Łukasz Kovács` is found by `lukasz kovacs`. For searching only, never to match."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(one for one in apart if not unicodedata.combining(one)).translate(_UNDECOMPOSED)


def search_text(account: Account) -> str:
    """Lines that a part of a search must be in; a part never spans two of them, because it has no line break."""
    lines = (account.username, account.name, account.email, account.external_id)
    return "\n".join(folded(line) for line in lines if line)


def search_parts(query: str) -> tuple[str, ...]:
    """Exactly `WORDS` parts, all of which must be found; empty ones are found everywhere."""
    words = folded(query).split(maxsplit=WORDS - 1)
    return tuple(" ".join(word.split()) for word in words) + ("",) * (WORDS - len(words))
