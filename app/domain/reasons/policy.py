"""What the tenant's rules do not allow."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.reason import N_, Outcome, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.SSO_NOT_ALLOWED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("OAuth Login is not switched on for this workspace."),
        next_step=N_("Go back to the sign-in page and sign in with your username and password."),
        summary="The tenant's policy is password, so nobody logs in through the provider.",
        remedy="Support: set the tenant's policy to sso_optional or sso_only if OAuth Login is wanted.",
    ),
    ReasonCode.PASSWORD_NOT_ALLOWED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("This workspace uses OAuth Login only; passwords are not accepted here."),
        next_step=N_("Go back to the sign-in page and click OAuth Login."),
        summary="The tenant's policy is sso_only; the password was not looked at.",
        remedy=(
            "Nobody has to change anything: the person uses OAuth Login. Support alone can set the policy back to "
            "sso_optional, if the provider is away for long."
        ),
    ),
    # The same for a wrong password, an unknown name and an account without a password: none of them may show.
    ReasonCode.WRONG_PASSWORD: Reason(
        outcome=Outcome.REFUSED,
        status=401,
        sentence=N_("This username and password do not go together."),
        next_step=N_("Type both again. If it still does not work, ask your supervisor or your IT for help."),
        summary="The username and the password do not go together; the trace does not say which of them is wrong.",
        remedy=(
            "Tenant admin: look up the person's username and set a new password if it is forgotten. Passwords go by "
            "username, not by email."
        ),
    ),
    ReasonCode.WRONG_CODE: Reason(
        outcome=Outcome.REFUSED,
        status=401,
        sentence=N_("This code does not fit, or it was used before."),
        next_step=N_(
            "Wait for the next code in your app and type it in, or use one of your recovery codes. If neither works, "
            "ask your supervisor or your IT for help."
        ),
        summary=(
            "The password was right, the code was not: neither one of the person's app at this time, nor a recovery "
            "code that is still good. A code opens once."
        ),
        remedy=(
            "Support: ask the person to let the phone set its clock by itself. If the phone is lost, make sure who "
            "asks and remove the account's second factor; the person then sets up a new one."
        ),
    ),
    ReasonCode.LINK_REFUSED: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("This link is not good any more: it was used, it is too old, or something has changed since."),
        next_step=N_(
            "Ask for a new one: under “Forgot password?” on the sign-in page or, if you were invited, whoever "
            "invited you."
        ),
        summary=(
            "A link to set a password was refused: {error}.\n"
            "A link to set a password was refused: it was used, is too old, or belongs elsewhere."
        ),
        remedy=(
            "Nobody has to change anything: the person asks for a new link under “Forgot password?” and opens the "
            "newest mail within an hour. Support: send another invitation, or a reset where there is a password."
        ),
    ),
    ReasonCode.THROTTLED: Reason(
        outcome=Outcome.REFUSED,
        status=429,
        sentence=N_("There were many login attempts in a short time, so we are taking a short break."),
        next_step=N_("Wait a few minutes, then try again. OAuth Login, where this workspace has it, works meanwhile."),
        summary=(
            "So many passwords came at once (at most {waiting} wait) that this one was not looked at. It counts as no "
            "attempt; the next one is taken in {retry_after_s} s.\n"
            "Too many attempts from this network address or for this name or tenant; the next one is taken in "
            "{retry_after_s} s.\n"
            "Too many attempts from this network address or for this name or tenant."
        ),
        remedy=(
            "Nobody has to change anything if the person waits. If it goes on, tenant IT: find out who or what tries "
            "passwords. Operator: check SSO_BRIDGE_TRUSTED_PROXIES if all people seem to share one address."
        ),
    ),
    ReasonCode.NETWORK_NOT_ALLOWED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("Your workspace does not allow logins from the network that you are in."),
        next_step=N_("Connect to your company's network or VPN and try again, or give your IT the reference below."),
        summary=(
            "The person's address “{received}” is not in the tenant's allowed networks: {expected}.\n"
            "The person's address “{received}” is not in the tenant's allowed networks.\n"
            "The person's address is not in the tenant's allowed networks."
        ),
        remedy=(
            "Operator: add the network on the tenant's security page, or as allowed_networks in its file, if people "
            "should log in from it; check SSO_BRIDGE_TRUSTED_PROXIES if the address is a proxy's."
        ),
    ),
    ReasonCode.TENANT_DISABLED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("This workspace is switched off."),
        next_step=N_("Ask your supervisor or your IT about it, and give them the reference below."),
        summary="The tenant's status is disabled: nobody logs in to it.",
        remedy="Support: set the tenant's status to active if it should be used again.",
    ),
    ReasonCode.CONNECTION_DISABLED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("This way to sign in is switched off for your workspace."),
        next_step=N_("Go back to the sign-in page and use another way, or give your IT the reference below."),
        summary=(
            "The connection {connection} is disabled.\n"
            "The connection that this login wanted is disabled, or the tenant has none that is active."
        ),
        remedy=(
            "Tenant admin: set the status of the connection {connection} to active if it should be used.\n"
            "Tenant admin: set the connection's status to active, or add a connection."
        ),
    ),
}
