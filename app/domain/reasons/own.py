"""Failures of the bridge itself."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import TRY_AGAIN
from app.domain.reasons.reason import N_, Outcome, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.STORE_UNAVAILABLE: Reason(
        outcome=Outcome.FAILED,
        status=503,
        sentence=N_("Part of our service is unavailable right now."),
        next_step=TRY_AGAIN,
        summary=(
            "The bridge could not reach its own store: {store}.\nThe bridge could not reach one of its own stores."
        ),
        remedy=(
            "Operator: check /readyz to see what is down and restore the store: {store}. The bridge recovers without a "
            "restart.\n"
            "Operator: check /readyz to see what is down and restore it. The bridge recovers without a restart."
        ),
    ),
    ReasonCode.MISCONFIGURED: Reason(
        outcome=Outcome.FAILED,
        status=503,
        sentence=N_("Sign-in for your company is not fully set up."),
        next_step=N_("Give your IT team the reference below; it shows them what is missing."),
        summary=(
            "The connection {connection} cannot be used as configured: {field}: {error}.\n"
            "The setting {setting} of the connection {connection} requires something that the provider does not "
            "support: {lacking}.\n"
            "The connection {connection} cannot be used as configured: {error}.\n"
            "The connection cannot be used as configured: {field}: {error}.\n"
            "The connection {connection} cannot be used as configured: {field} is missing or wrong.\n"
            "The connection cannot be used as configured: {error}.\n"
            "The connection cannot be used as configured: {field} is missing or wrong.\n"
            "The connection {connection} cannot be used as configured.\n"
            "Part of the configuration is missing or cannot be used."
        ),
        remedy=(
            "Tenant admin: enter {field} in the connection as the provider specifies it. Operator: if a stored secret "
            "cannot be decrypted, put the key it was encrypted with back into SSO_BRIDGE_SECRET_KEYS, after the newest "
            "key.\n"
            "Tenant IT: enable {lacking} at the provider and have its metadata say so. Tenant admin: if the provider "
            "cannot do this, remove {setting} from the connection.\n"
            "Operator: run sso-bridge doctor for this tenant. If a stored secret cannot be decrypted, put the key it "
            "was encrypted with back into SSO_BRIDGE_SECRET_KEYS, after the newest key. Tenant admin: complete the "
            "connection."
        ),
    ),
    ReasonCode.INTERNAL: Reason(
        outcome=Outcome.FAILED,
        status=500,
        sentence=N_("We ran into an unexpected problem on our side."),
        next_step=TRY_AGAIN,
        summary="The bridge has a bug: {error}; no session was opened.\nThe bridge has a bug; no session was opened.",
        remedy="Operator: search the bridge's log for this reference, and report the bug with what you find.",
    ),
}
