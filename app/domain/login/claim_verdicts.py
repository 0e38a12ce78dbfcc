"""What each rule made of the claims of a test, by the settings as they are now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.accounts.email_address import parse_email
from app.domain.connections.connection import MatchBy, Provider
from app.domain.login.received_claims import ClaimUse, ReceivedClaims


class Verdict(StrEnum):
    """What came of one rule."""

    TAKEN = "taken"
    NOT_NEEDED = "not_needed"
    MISSING = "missing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule, what it took, and what came of it."""

    use: ClaimUse
    verdict: Verdict


def judged(provider: Provider, received: ReceivedClaims, *, email_domains: Sequence[str]) -> tuple[Judged, ...]:
    """In the order in which a login asks."""
    return (*(Judged(use, _verdict(provider, use)) for use in received.uses), *_domains(received, email_domains))


def match_text(provider: Provider, received: ReceivedClaims) -> str | None:
    """The value that accounts were searched by, as it arrived; None if it did not."""
    use = received.used("email_claim" if provider.match_by is MatchBy.EMAIL else "match_claim")
    return use.value if use and use.document else None


def _verdict(provider: Provider, use: ClaimUse) -> Verdict:
    if use.setting == "email_verified_claim" and provider.email_trust == "always":
        return Verdict.NOT_NEEDED
    if not use.document:
        return Verdict.MISSING
    good = {
        "email_claim": _is_address(use.value),
        "email_verified_claim": use.value in ("true", '"true"'),
        "required_claims": use.value == use.expected,
    }
    return Verdict.TAKEN if good.get(use.setting, True) else Verdict.REFUSED


def _domains(received: ReceivedClaims, email_domains: Sequence[str]) -> Iterator[Judged]:
    use = received.used("email_claim")
    if use is None or not _is_address(use.value):
        return
    domain = parse_email(use.value).domain
    rule = ClaimUse("email_domains", use.path, use.document, domain, ", ".join(email_domains))
    if not email_domains:
        yield Judged(rule, Verdict.NOT_NEEDED)
    else:
        yield Judged(rule, Verdict.TAKEN if domain in email_domains else Verdict.REFUSED)


def _is_address(text: str) -> bool:
    try:
        parse_email(text)
    except ValueError:
        return False
    return True
