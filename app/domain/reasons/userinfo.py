"""The userinfo endpoint: details about the person beside, or instead of, the id_token."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT, TRY_AGAIN
from app.domain.reasons.reason import N_, Outcome, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.USERINFO_FAILED: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("Your company's login service did not give us your details."),
        next_step=TRY_AGAIN,
        summary=(
            "The userinfo endpoint at {host} answered with HTTP status {status}: {error}.\n"
            "The userinfo endpoint answered with HTTP status {status}: {error}.\n"
            "The userinfo endpoint answered with HTTP status {status}.\n"
            "The userinfo endpoint gave no details of the person: {error}.\n"
            "The userinfo endpoint gave no details of the person."
        ),
        remedy=(
            "Tenant IT: check that this client may call the userinfo endpoint with the connection's scopes. Tenant "
            "admin: check userinfo_endpoint, and emails_endpoint where it is set, in the connection."
        ),
    ),
    ReasonCode.SUBJECT_MISMATCH: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service gave us the details of two different people."),
        next_step=GIVE_IT,
        summary=(
            "The id_token is about the subject “{expected}”, the userinfo answer about “{received}”: the answer may "
            "be another person's (OpenID Connect Core, section 5.3.2).\n"
            "The id_token is about the subject “{expected}”, the userinfo answer about somebody else or nobody "
            "(OpenID Connect Core, section 5.3.2).\n"
            "The id_token and the userinfo answer are not about the same subject (OpenID Connect Core, section 5.3.2)."
        ),
        remedy=(
            "Tenant IT: make the provider send the same sub in the id_token and in the userinfo answer. Tenant admin: "
            "check that userinfo_endpoint in the connection belongs to the same provider as the issuer."
        ),
    ),
}
