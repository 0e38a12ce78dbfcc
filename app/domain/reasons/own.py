"""What is ours to put right."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import TRY_AGAIN
from app.domain.reasons.reason import N_, Outcome, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.STORE_UNAVAILABLE: Reason(
        outcome=Outcome.FAILED,
        status=503,
        sentence=N_("We cannot complete this login at the moment: a part of our service is away."),
        next_step=TRY_AGAIN,
        summary=(
            "The bridge could not reach its own store: {store}.\nThe bridge could not reach one of its own stores."
        ),
        remedy=(
            "Operator: see /readyz for what is away and bring the store back: {store}. The bridge goes on by itself.\n"
            "Operator: see /readyz for what is away and bring it back. The bridge goes on by itself."
        ),
    ),
    ReasonCode.MISCONFIGURED: Reason(
        outcome=Outcome.FAILED,
        status=503,
        sentence=N_("The login of your company is not completely set up."),
        next_step=N_("Give your IT the reference below: it shows them what is missing."),
        summary=(
            "The connection {connection} cannot be used as it is set up: {field}: {error}.\n"
            "The connection {connection} demands by {setting} what the provider lacks: {lacking}.\n"
            "The connection {connection} cannot be used as it is set up: {error}.\n"
            "The connection cannot be used as it is set up: {field}: {error}.\n"
            "The connection {connection} cannot be used as it is set up: {field} is missing or wrong.\n"
            "The connection cannot be used as it is set up: {error}.\n"
            "The connection cannot be used as it is set up: {field} is missing or wrong.\n"
            "The connection {connection} cannot be used as it is set up.\n"
            "A part of the set-up is missing or cannot be used."
        ),
        remedy=(
            "Tenant admin: enter {field} in the connection, as the provider gives it. Operator: if a stored secret "
            "cannot be opened, put the key that sealed it back into SSO_BRIDGE_SECRET_KEYS, after the newest.\n"
            "Tenant IT: let the provider support {lacking}, and say so in its metadata. Tenant admin: if it cannot, "
            "take {setting} out of the connection.\n"
            "Operator: run sso-bridge doctor for this tenant. If a stored secret cannot be opened, put the key that "
            "sealed it back into SSO_BRIDGE_SECRET_KEYS, after the newest. Tenant admin: complete the connection."
        ),
    ),
    ReasonCode.INTERNAL: Reason(
        outcome=Outcome.FAILED,
        status=500,
        sentence=N_("Something went wrong on our side."),
        next_step=TRY_AGAIN,
        summary=(
            "The bridge itself has a fault: {error}. No session was opened.\n"
            "The bridge itself has a fault. No session was opened."
        ),
        remedy="Operator: find the reference of this trace in the bridge's log and report the fault with it.",
    ),
}
