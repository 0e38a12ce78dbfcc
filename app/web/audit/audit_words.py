"""The names of audit actions on pages."""

from app.domain.audit.audit import COMMAND_LINE
from app.domain.reasons.reason import N_
from app.domain.sso_only.readiness_issues import blocker_said
from app.domain.text import Text, read_back
from app.services.accounts.import_run import IMPORTED_FROM
from app.services.sso_only.switching import PLANNER_GONE
from app.web.i18n import gettext

ACTIONS = {
    "tenant.created": N_("Tenant created"),
    "tenant.changed": N_("Tenant changed"),
    "tenant.policy": N_("Sign-in policy switched"),
    "tenant.observing": N_("Observing started or stopped"),
    "tenant.switch_requested": N_("Switch requested"),
    "tenant.switch_declined": N_("Switch request declined"),
    "tenant.notices": N_("Notices changed"),
    "tenant.switch_planned": N_("Switch planned"),
    "tenant.switch_cancelled": N_("Planned switch cancelled"),
    "tenant.switch_not_done": N_("Planned switch not carried out"),
    "domain.added": N_("Domain added"),
    "domain.proven": N_("Domain verified"),
    "domain.expired": N_("Domain verification expired"),
    "domain.renewed": N_("Domain verified again"),
    "domain.removed": N_("Domain removed"),
    "setup_link.sent": N_("Set-up link sent"),
    "setup_link.code_sent": N_("Code for a set-up link sent"),
    "setup_link.opened": N_("Set-up link opened"),
    "setup_link.locked": N_("Set-up link locked after wrong codes"),
    "setup_link.proposed": N_("Connection proposed through a set-up link"),
    "setup_link.left": N_("Set-up ended by its recipient"),
    "setup_link.revoked": N_("Set-up link revoked"),
    "connection.created": N_("Connection created"),
    "connection.changed": N_("Connection changed"),
    "connection.secret_rotated": N_("Connection changed to its next client secret"),
    "connection.next_secret_withdrawn": N_("Next client secret withdrawn"),
    "connection.restored": N_("Connection taken back to its previous settings"),
    "connection.draft_begun": N_("Connection draft started"),
    "connection.draft_changed": N_("Connection draft changed"),
    "connection.draft_discarded": N_("Connection draft discarded"),
    "connection.keys_rotated": N_("Connection keys rotated"),
    "connection.keys_retired": N_("Old connection keys retired"),
    "account.created": N_("Account created"),
    "account.imported": N_("Accounts imported"),
    "tenant.invited_to_try": N_("People asked to try SSO"),
    "account.changed": N_("Account changed"),
    "account.unlinked": N_("Identity unlinked"),
    "account.password": N_("Password set or changed"),
    "consent.given": N_("App connected"),
    "account.app_disconnected": N_("App disconnected"),
    "account.link_sent": N_("Invitation or reset sent"),
    "second_factor.enrolled": N_("Second factor set up"),
    "second_factor.codes_renewed": N_("Recovery codes renewed"),
    "second_factor.removed": N_("Second factor removed"),
    "sessions.ended": N_("Sessions ended"),
    "throttle.released": N_("Throttling released"),
    "held.accepted": N_("Held login accepted"),
    "held.refused": N_("Held login refused"),
    "authorization.reused": N_("App's access ended: a code or refresh token was used twice"),
    "client.created": N_("App created"),
    "client.changed": N_("App changed"),
    "client.secret_added": N_("Second client secret added"),
    "client.secret_retired": N_("Client secret retired"),
    "client.revoked": N_("API credential revoked"),
    "scope.created": N_("Scope created"),
    "scope.changed": N_("Scope changed"),
}
"""In the order of the filter."""
BY_ITSELF = {
    COMMAND_LINE: N_("command line"),
    "worker": N_("worker"),
    "the provider's answer": N_("the provider's answer"),
}
"""What stands in the place of a person or of an address."""
SENTENCES = ("blockers", "overridden")
"""The keys whose values are sentences, kept in English."""


def in_words(action: str) -> str:
    """An action of another version is shown by its own name."""
    return gettext(ACTIONS[action]) if action in ACTIONS else action


def sentence(stored: str) -> Text:
    """One of the values of SENTENCES, to be said in the reader's language."""
    blocker = blocker_said(stored)
    return blocker if blocker.values else read_back(stored, [PLANNER_GONE])


def who_or_where(stored: str) -> str:
    """A person's name or a network address as it is; what the bridge did by itself in words."""
    return gettext(BY_ITSELF[stored]) if stored in BY_ITSELF else stored


def why(stored: str) -> str:
    """What a person gave as the reason stays as it was typed."""
    found = read_back(stored, [IMPORTED_FROM])
    return gettext(found) if found.values else stored
