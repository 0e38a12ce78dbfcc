"""What an agent can do now, where several reasons leave the same to do."""

from app.domain.reasons.reason import N_

TRY_AGAIN = N_("Try again in a minute. If it keeps happening, give your IT the reference below.")
GIVE_IT = N_("Trying again will probably not help. Give your IT the reference below: it shows them what to change.")
START_AGAIN = N_("Go back to the sign-in page and click OAuth Login again.")
