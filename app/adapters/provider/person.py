"""Reads who the person is from a provider's documents. Values of two documents are never combined into one."""

from collections.abc import Mapping

from app.adapters.provider.claim_path import at_path
from app.adapters.provider.wording import MOST_NAMES, clean
from app.domain.accounts.identity import EmailClaim
from app.domain.connections.connection import MatchBy, Provider

Documents = Mapping[str, Mapping[str, object]]
"""By name (`id_token`, `userinfo`), the most trusted first."""

_LONGEST = 255


def lacking(provider: Provider, claims: Mapping[str, object]) -> list[str]:
    """Claims that the login needs but the id_token lacks."""
    needed = [provider.subject_claim]
    if provider.match_by is not MatchBy.EMAIL:
        needed.append(provider.match_claim_path)
    elif not provider.emails_endpoint:
        needed.append(provider.email_claim)
        if provider.email_trust == "verified":
            needed.append(provider.email_verified_claim)
    return [path for path in needed if at_path(claims, path) in (None, "")]


def email_of(provider: Provider, documents: Documents) -> EmailClaim | None:
    """The email, with `email_verified` from the same document (Keycloak CVE-2026-14781).

    A document with both takes precedence over one with only the address.
    """
    source = email_source(provider, documents)
    if source is None:
        return None
    document = documents[source]
    return EmailClaim(at_path(document, provider.email_claim), at_path(document, provider.email_verified_claim))


def email_source(provider: Provider, documents: Documents) -> str | None:
    """The document that the email is taken from."""
    found = [name for name, document in documents.items() if at_path(document, provider.email_claim) not in (None, "")]
    with_word = [name for name in found if at_path(documents[name], provider.email_verified_claim) is not None]
    if provider.email_trust == "verified" and with_word:
        return with_word[0]
    return found[0] if found else None


def first_value(path: str, documents: Documents) -> object:
    """The value in the first document that has one."""
    source = source_of(path, documents)
    return at_path(documents[source], path) if source else None


def source_of(path: str, documents: Documents) -> str | None:
    """The first document that has a value at `path`."""
    return next((name for name, document in documents.items() if at_path(document, path) not in (None, "")), None)


def origins(documents: Documents) -> dict[str, str]:
    """Names of the claims received, each with the first document that carried it."""
    found: dict[str, str] = {}
    for name, document in documents.items():
        for claim in list(document)[:MOST_NAMES]:
            found.setdefault(clean(claim), name)
    return found


def distributed(*documents: Mapping[str, object]) -> tuple[str, ...]:
    """Names of claims that documents only point to (OpenID Connect Core, section 5.6.2), as Entra does with groups."""
    found: set[str] = set()
    for document in documents:
        pointers = document.get("_claim_names")
        if isinstance(pointers, dict):
            found |= {clean(name) for name in list(pointers)[:MOST_NAMES]}
    return tuple(sorted(found))


def short_text(value: object) -> str | None:
    """A string to store with a session, or None."""
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable() else None


def short_texts(value: object) -> tuple[str, ...]:
    """A list of such strings; anything else in it is left out."""
    if not isinstance(value, list):
        return ()
    return tuple(text for item in value[:10] if (text := short_text(item)) is not None)
