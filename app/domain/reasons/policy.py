"""What the tenant's policies do not allow."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.reason import N_, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.SSO_NOT_ALLOWED: Reason(
        status=403,
        sentence=N_("OAuth Login is not available for this workspace."),
        next_step=N_("Go back to the sign-in page and sign in with your username and password."),
        summary="The tenant's policy is password, which does not allow SSO.",
        remedy="Support: to allow OAuth Login, set the tenant's policy to sso_optional or sso_only.",
    ),
    ReasonCode.PASSWORD_NOT_ALLOWED: Reason(
        status=403,
        sentence=N_("This workspace uses OAuth Login only; passwords are not accepted here."),
        next_step=N_("Go back to the sign-in page and click OAuth Login."),
        summary="The tenant's policy is sso_only, so the password was not checked.",
        remedy=(
            "No action needed: the person can use OAuth Login. If the provider is down for long, support can set the "
            "policy back to sso_optional."
        ),
    ),
    # The same for a wrong password, an unknown name and an account without a password: they must look alike.
    ReasonCode.WRONG_PASSWORD: Reason(
        status=401,
        sentence=N_("Wrong username or password."),
        next_step=N_("Try again. If it still doesn't work, ask your supervisor or IT team for help."),
        summary="The username or the password is wrong; the trace does not say which.",
        remedy=(
            "Tenant admin: check the person's username, and send a password reset if they have forgotten the password. "
            "People sign in with their username, not with their email."
        ),
    ),
    ReasonCode.WRONG_CODE: Reason(
        status=401,
        sentence=N_("This code is wrong or has already been used."),
        next_step=N_(
            "Wait for the next code in your app and enter it, or use a recovery code. If neither works, ask your "
            "supervisor or IT team for help."
        ),
        summary=(
            "The password was correct but the code was not: it is neither a current code from the person's app nor an "
            "unused recovery code, and each code works only once."
        ),
        remedy=(
            "Support: ask the person to set their phone's clock to automatic. If the phone is lost, verify who is "
            "asking and remove the account's second factor; the person then sets up a new one."
        ),
    ),
    ReasonCode.LINK_REFUSED: Reason(
        status=400,
        sentence=N_("This link no longer works: it has been used, has expired, or something has changed since."),
        next_step=N_(
            "Request a new link under “Forgot password?” on the sign-in page. If you were invited, ask the person who "
            "invited you."
        ),
        summary=(
            "A link to set a password was refused: {error}.\n"
            "A link to set a password was refused: it has been used, has expired, or belongs elsewhere."
        ),
        remedy=(
            "No action needed: the person requests a new link under “Forgot password?” and opens the latest email "
            "within an hour. Support: send another invitation, or a reset if the account has a password."
        ),
    ),
    ReasonCode.THROTTLED: Reason(
        status=429,
        sentence=N_("Too many sign-in attempts in a short time."),
        next_step=N_("Try again in a few minutes. If your workspace has OAuth Login, it still works in the meantime."),
        summary=(
            "Too many passwords arrived at once (at most {waiting} can wait), so this one was not checked or counted; "
            "the next one is accepted in {retry_after_s} s.\n"
            "Too many attempts from this network address, or for this username or tenant; the next one is accepted in "
            "{retry_after_s} s.\n"
            "Too many attempts from this network address, or for this username or tenant."
        ),
        remedy=(
            "No action needed if the person waits. If it continues, tenant IT: find out who or what is trying "
            "passwords. Operator: check SSO_BRIDGE_TRUSTED_PROXIES if everyone seems to have the same address."
        ),
    ),
    ReasonCode.NETWORK_NOT_ALLOWED: Reason(
        status=403,
        sentence=N_("Your workspace does not allow sign-ins from this network."),
        next_step=N_(
            "Connect to your company's network or VPN and try again, or give your IT team the reference below."
        ),
        summary=(
            "The person's address “{received}” is not in the tenant's allowed networks: {expected}.\n"
            "The person's address “{received}” is not in the tenant's allowed networks.\n"
            "The person's address is not in the tenant's allowed networks."
        ),
        remedy=(
            "Operator: if people should be able to sign in from this network, add it on the tenant's security page or "
            "as allowed_networks in its file. If the address is a proxy's, check SSO_BRIDGE_TRUSTED_PROXIES."
        ),
    ),
    ReasonCode.TENANT_DISABLED: Reason(
        status=403,
        sentence=N_("This workspace is disabled."),
        next_step=N_("Ask your supervisor or IT team about it, and give them the reference below."),
        summary="The tenant's status is disabled, so no one can sign in to it.",
        remedy="Support: to use the tenant again, set its status to active.",
    ),
    ReasonCode.CONNECTION_DISABLED: Reason(
        status=403,
        sentence=N_("This way of signing in is turned off for your workspace."),
        next_step=N_("Go back to the sign-in page and sign in another way, or give your IT team the reference below."),
        summary=(
            "The connection {connection} is disabled.\n"
            "The connection for this login is disabled, or the tenant has no active connection."
        ),
        remedy=(
            "Tenant admin: to use the connection {connection}, set its status to active.\n"
            "Tenant admin: set the connection's status to active, or add a connection."
        ),
    ),
}
