"""The userinfo endpoint: claims about the person beside, or instead of, the id_token."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT, TRY_AGAIN
from app.domain.reasons.reason import N_, Outcome, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.USERINFO_FAILED: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("Your company's sign-in service did not send us your details."),
        next_step=TRY_AGAIN,
        summary=(
            "The userinfo endpoint at {host} returned HTTP status {status}: {error}.\n"
            "The userinfo endpoint returned HTTP status {status}: {error}.\n"
            "The userinfo endpoint returned HTTP status {status}.\n"
            "The userinfo endpoint did not return the person's details: {error}.\n"
            "The userinfo endpoint did not return the person's details."
        ),
        remedy=(
            "Tenant IT: check that this client may call the userinfo endpoint with the connection's scopes. Tenant "
            "admin: check userinfo_endpoint, and emails_endpoint if it is set, in the connection."
        ),
    ),
    ReasonCode.SUBJECT_MISMATCH: Reason(
        status=502,
        sentence=N_("Your company's sign-in service sent the details of two different people."),
        next_step=GIVE_IT,
        summary=(
            "The id_token's subject is “{expected}”, but the userinfo response is about “{received}” and may be "
            "another person's (OpenID Connect Core, section 5.3.2).\n"
            "The id_token's subject is “{expected}”, but the userinfo response names a different subject or none "
            "(OpenID Connect Core, section 5.3.2).\n"
            "The id_token and the userinfo response do not name the same subject (OpenID Connect Core, section 5.3.2)."
        ),
        remedy=(
            "Tenant IT: configure the provider to send the same sub in the id_token and in the userinfo response. "
            "Tenant admin: check that userinfo_endpoint in the connection belongs to the same provider as the issuer."
        ),
    ),
}
