"""Requests of apps that cannot be answered by sending the person back (RFC 6749, section 4.1.2.1)."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.reason import N_, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.APP_REQUEST_INVALID: Reason(
        status=400,
        sentence=N_("The app that sent you here made a sign-in request that we can't accept."),
        next_step=N_(
            "Go back to the app and try again. If it keeps happening, give the people who run the app the reference "
            "below."
        ),
        summary=(
            "The authorization request of the app “{client}” was refused without sending the person back to it: "
            "{error}.\n"
            "An authorization request was refused without sending the person back to an app: {error}.\n"
            "An authorization request was refused without sending the person back to an app."
        ),
        remedy=(
            "Support: compare client_id and redirect_uri with the app's settings, and check that the app is active. "
            "Its developer sends both exactly as they are registered, and each parameter once."
        ),
    ),
    ReasonCode.APP_REQUEST_GONE: Reason(
        status=400,
        sentence=N_("This sign-in for an app has been completed already, or took too long."),
        next_step=N_("Go back to the app and sign in there again."),
        summary=(
            "The page that leads back to the app “{client}” was opened later than 30 minutes after the app had asked.\n"
            "The page that leads back to an app was opened without its request in this browser: it has been answered, "
            "was dropped for newer ones, or began in another browser."
        ),
        remedy=(
            "No action needed if signing in from the app again works. Otherwise, tenant IT: allow the bridge's "
            "cookies, and start and finish each login in the same browser."
        ),
    ),
}
