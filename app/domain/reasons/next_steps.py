"""Next steps for the agent that several reasons share."""

from app.domain.reasons.reason import N_

TRY_AGAIN = N_("Try again in a minute. If it keeps happening, give your IT team the reference below.")
GIVE_IT = N_("Trying again probably won't help. Give your IT team the reference below; it shows them what to fix.")
START_AGAIN = N_("Go back to the sign-in page and click OAuth Login again.")
