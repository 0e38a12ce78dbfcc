"""The browser's way to the provider and back."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT, START_AGAIN
from app.domain.reasons.reason import N_, Outcome, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.STATE_MISSING: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("This address completes a login, but no login came with it."),
        next_step=START_AGAIN,
        summary="The callback came without a state, so it answers no login attempt of the bridge.",
        remedy=(
            "Nobody has to change anything if somebody opened the address by hand. Otherwise, tenant IT: let the "
            "provider send back the state as it came, and start logins at the connection's OAuth Login address."
        ),
    ),
    ReasonCode.ATTEMPT_UNKNOWN: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("We cannot find the beginning of this login in this browser."),
        next_step=N_(
            "If you reloaded a page, just click OAuth Login again. If it keeps happening, ask your IT whether this "
            "browser may keep cookies."
        ),
        summary=(
            "The state does not belong to a login attempt of this browser: the page was reloaded after the attempt had "
            "ended, it was begun in another browser, its cookie is gone, or the state is forged."
        ),
        remedy=(
            "Tenant IT: let browsers keep the bridge's cookies, and open and finish a login in one browser. Operator: "
            "check that people reach the bridge under SSO_BRIDGE_BASE_URL only."
        ),
    ),
    ReasonCode.ATTEMPT_EXPIRED: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("This login was open for too long, so we have closed it for your safety."),
        next_step=START_AGAIN,
        summary="The person came back from the provider after the login attempt had expired.",
        remedy="Nobody has to change anything: the next login works.",
    ),
    ReasonCode.ATTEMPT_USED: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("This was sent once before, and counts only once."),
        next_step=N_(
            "If you clicked twice or reloaded the page, go to your account page: you may be signed in already. If you "
            "are not, sign in again."
        ),
        summary=(
            "The {what} came a second time: sent again, or a replay. It did nothing.\n"
            "A callback or a form came a second time: a reload, the back button, or a replay. It did nothing."
        ),
        remedy="Nobody has to change anything unless the person did not do it; then tell your security team.",
    ),
    ReasonCode.RESPONSE_ISSUER_MISMATCH: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("The answer to this login came from another service than the one we sent you to."),
        next_step=GIVE_IT,
        summary=(
            "The callback's iss is “{received}”, the login was begun with “{expected}” (RFC 9207, section 2.4).\n"
            "The callback's iss is missing or is not “{expected}”, which the login was begun with (RFC 9207, section "
            "2.4).\n"
            "The callback's iss is “{received}”, which is not the provider that the login was begun with (RFC 9207, "
            "section 2.4).\n"
            "The callback's iss is not the provider that the login was begun with (RFC 9207, section 2.4)."
        ),
        remedy=(
            "Tenant admin: check that the issuer in the connection is the one that the provider sends as iss, and that "
            "no other provider uses this connection's redirect URI."
        ),
    ),
    ReasonCode.CODE_MISSING: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("Your company's login service sent you back to us empty-handed."),
        next_step=START_AGAIN,
        summary="The callback carries neither a code nor an error, or carries one of them twice.",
        remedy=(
            "Tenant IT: let the provider answer with response_type=code, in the response_mode that the connection "
            "names; a proxy in between must not drop parameters."
        ),
    ),
    ReasonCode.SESSION_CHANGED: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("Your sign-in here has ended or changed in the meantime, so we stopped."),
        next_step=N_("Nothing was changed. Open your account page, sign in again if it asks, and start once more."),
        summary=(
            "What a signed-in person had started (a test, a proof or a confirmation) could not be ended: {error}.\n"
            "What a signed-in person had started (a test, a proof or a confirmation) could not be ended: the session "
            "is over, is another browser's, or may not do this."
        ),
        remedy=(
            "Nobody has to change anything if the next try works. Otherwise, tenant admin: check that the account is "
            "active and has the role that it needs."
        ),
    ),
    ReasonCode.SIGNED_IN_ELSEWHERE: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("This browser is signed in to another workspace, so we did not sign you in to this one."),
        next_step=N_("To leave the other workspace, click OAuth Login and confirm. To stay there, go to your account."),
        summary=(
            "When the person came back from the provider, the browser had a session of another tenant, and nobody had "
            "agreed to leave that."
        ),
        remedy=(
            "Nobody has to change anything: the next login asks first. If the person did not start this login, another "
            "site did; then tell your security team."
        ),
    ),
    ReasonCode.SIGNED_OUT_MEANWHILE: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("Your company's login service signed you out while you were signing in here."),
        next_step=START_AGAIN,
        summary="The provider's back-channel logout named this person or session after the login had begun.",
        remedy=(
            "Nobody has to change anything: the next login works. If the person had not signed out, tenant IT: look "
            "for who ended the session at the provider."
        ),
    ),
    ReasonCode.CONNECTION_CHANGED: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("The sign-in settings of your workspace were changed while you were signing in."),
        next_step=START_AGAIN,
        summary=(
            "The settings of the connection {connection} were changed after the provider's answer had been checked, "
            "so that answer was not used.\n"
            "The connection's settings were changed after the provider's answer had been checked, so that answer was "
            "not used."
        ),
        remedy="Nobody has to change anything: the next login works, or names what is wrong with the new settings.",
    ),
    ReasonCode.LOGOUT_UNIDENTIFIED: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("This address signs people out, but nothing says whom."),
        next_step=N_("To sign out, open your account page and click Sign out."),
        summary="A front-channel logout came without iss or sid, so it names no session, and nobody was signed out.",
        remedy=(
            "Tenant IT: at the provider, set frontchannel_logout_session_required to true for this application "
            "(OpenID Connect Front-Channel Logout 1.0, section 2), so that it sends iss and sid. Better still, "
            "register the back-channel logout address instead: browsers block more and more of the front channel."
        ),
    ),
    ReasonCode.CSRF: Reason(
        outcome=Outcome.REFUSED,
        status=400,
        sentence=N_("This page was open for too long, so we could not take what you sent."),
        next_step=N_("Load the page again and repeat your last step."),
        summary="The form's anti-forgery field is missing, or belongs to another session or browser.",
        remedy=(
            "Nobody has to change anything if a reload helps. Otherwise, tenant IT: let browsers keep the bridge's "
            "cookies. Operator: check that people reach the bridge under SSO_BRIDGE_BASE_URL only."
        ),
    ),
}
