"""Reports what a provider sent, and which setting took what, to whoever runs a test. A login reports nothing."""

from collections.abc import Iterator

from app.adapters.provider.claim_path import at_path
from app.adapters.provider.person import Documents, email_source, source_of
from app.adapters.provider.wording import MOST_NAMES, clean
from app.domain.accounts.identity import EmailClaim
from app.domain.connections.connection import MatchBy, Provider
from app.domain.login.login_attempt import LoginAttempt, Purpose
from app.domain.login.received_claims import ClaimUse, as_shown, of_documents
from app.ports.provider_client import StepLog

USE_MOST = 255
"""Characters of a value that a setting took: an email is not cut."""


def report(
    log: StepLog, provider: Provider, attempt: LoginAttempt, documents: Documents, *, listed: EmailClaim | None = None
) -> None:
    """Call after the documents have been verified. `listed` is what `emails_endpoint` said, where it was asked."""
    if attempt.purpose is not Purpose.TEST:
        return
    claims = [
        (document, clean(name), value)
        for document, content in documents.items()
        for name, value in list(content.items())[:MOST_NAMES]
    ]
    log.received(of_documents(claims, [*_uses(provider, documents, listed)]))


def _uses(provider: Provider, documents: Documents, listed: EmailClaim | None) -> Iterator[ClaimUse]:
    yield _taken("subject_claim", provider.subject_claim, documents)
    if provider.match_by is not MatchBy.EMAIL:
        yield _taken("match_claim", provider.match_claim_path, documents)
    elif provider.emails_endpoint:
        if listed is not None:
            yield ClaimUse("email_claim", "email", "emails_endpoint", as_shown(listed.value, most=USE_MOST))
            yield ClaimUse("email_verified_claim", "verified", "emails_endpoint", as_shown(listed.verified))
    else:
        source = email_source(provider, documents)
        yield _read("email_claim", provider.email_claim, documents, source)
        yield _read("email_verified_claim", provider.email_verified_claim, documents, source)
    first = next(iter(documents))
    for name, expected in provider.required_claims.items():
        use = _read("required_claims", name, documents, first)
        yield ClaimUse(use.setting, use.path, use.document, use.value, as_shown(expected))


def _taken(setting: str, path: str, documents: Documents) -> ClaimUse:
    return _read(setting, path, documents, source_of(path, documents))


def _read(setting: str, path: str, documents: Documents, source: str | None) -> ClaimUse:
    value = at_path(documents[source], path) if source else None
    if source is None or value is None:
        return ClaimUse(setting, path)
    return ClaimUse(setting, path, source, as_shown(value, most=USE_MOST))
