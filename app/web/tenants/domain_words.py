"""What a look at a domain's record found, and why a domain cannot be added, in words."""

from collections.abc import Mapping

from app.domain.tenants.domain_claim import RECORD, DomainClaim, ProofResult
from app.services.tenants.domains import CLAIMS_MOST, DomainProblem, DomainRefused
from app.web.i18n import gettext


def problem(refused: DomainRefused) -> str:
    """The sentence at the field."""
    domain = refused.domain
    return {
        DomainProblem.NOT_A_DOMAIN: gettext("Enter a domain, such as acme.com."),
        DomainProblem.FREE_MAIL: gettext(
            "%(domain)s gives email addresses to the public, so it cannot belong to one organisation. Add the domain "
            "of your company's own addresses.",
            domain=domain,
        ),
        DomainProblem.PUBLIC_SUFFIX: gettext(
            "Anyone can register names under %(domain)s, so it cannot belong to one organisation. Add your own domain "
            "under it.",
            domain=domain,
        ),
        DomainProblem.TOO_LONG: gettext("%(domain)s is too long for a verification record.", domain=domain),
        DomainProblem.TOO_MANY: gettext(
            "A workspace can have %(most)s domains. Remove one that you no longer need.", most=str(CLAIMS_MOST)
        ),
    }[refused.problem]


def found(claim: DomainClaim) -> Mapping[str, str] | None:
    """The last check of a claim, as an alert: `.kind` and `.text`. None if there was none, or all is well."""
    if claim.result is None or claim.result is ProofResult.FOUND:
        return None
    if claim.failing_since is not None and claim.result in (ProofResult.NO_SUCH_NAME, ProofResult.NO_RECORD):
        return None  # that it is missing is said anyway
    return {"kind": "warn", "text": _sentence(claim.result, claim)}


def _sentence(result: ProofResult, claim: DomainClaim) -> str:
    seen = ", ".join(claim.seen)
    return {
        ProofResult.NO_SUCH_NAME: gettext(
            "The record does not exist yet. New records often take a few minutes, sometimes an hour, to become visible."
        ),
        ProofResult.NO_RECORD: gettext("The name exists but has no TXT record. Check the type of the record."),
        ProofResult.OTHER_VALUE: gettext(
            "There is a TXT record with another value: %(seen)s. Add ours beside it, or correct it if it was meant to "
            "be ours.",
            seen=seen,
        ),
        ProofResult.ALIAS: gettext(
            "The name is an alias (CNAME) for %(seen)s. Only a TXT record in your own domain counts, so replace the "
            "alias with the TXT record.",
            seen=seen,
        ),
        ProofResult.MISPLACED: gettext(
            "The record was found at %(seen)s instead. Many DNS consoles append the domain by themselves: enter only "
            "%(label)s as the name.",
            seen=seen,
            label=RECORD,
        ),
        ProofResult.SERVER_FAILED: gettext(
            "The domain's name servers answered with an error (SERVFAIL). If this persists, check the domain's DNSSEC "
            "settings and name servers."
        ),
        ProofResult.TIMED_OUT: gettext("The domain's name servers did not answer in time. Try again in a few minutes."),
        ProofResult.UNREACHABLE: gettext("DNS cannot be reached from here at the moment. Try again in a few minutes."),
        ProofResult.TAKEN: gettext(
            "The record is correct, but another workspace has already verified this domain. Ask support, who can see "
            "which one and release it."
        ),
    }.get(result, "")
