"""What can go wrong between the browser, the provider and us."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT, START_AGAIN
from app.domain.reasons.reason import N_, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.STATE_MISSING: Reason(
        status=400,
        sentence=N_("This page completes a sign-in, but no sign-in was started."),
        next_step=START_AGAIN,
        summary="The callback arrived without a state, so it does not belong to any login attempt.",
        remedy=(
            "No action needed if someone typed or bookmarked the address. Otherwise, tenant IT: configure the provider "
            "to return the state unchanged, and start logins at the connection's OAuth Login URL."
        ),
    ),
    ReasonCode.ATTEMPT_UNKNOWN: Reason(
        status=400,
        sentence=N_("We couldn't find the start of this sign-in in this browser."),
        next_step=N_(
            "If you reloaded the page, click OAuth Login again. If it keeps happening, ask your IT team whether this "
            "browser allows cookies."
        ),
        summary=(
            "The state does not match a login attempt in this browser: the page was reloaded after the attempt had "
            "ended, the login started in another browser, its cookie is gone, or the state is forged."
        ),
        remedy=(
            "Tenant IT: allow the bridge's cookies, and start and finish each login in the same browser. Operator: "
            "check that people open the bridge only at SSO_BRIDGE_BASE_URL."
        ),
    ),
    ReasonCode.ATTEMPT_EXPIRED: Reason(
        status=400,
        sentence=N_("This sign-in took too long, so we stopped it to keep your account safe."),
        next_step=START_AGAIN,
        summary="The person came back from the provider after the login attempt had expired.",
        remedy="No action needed: the next login works.",
    ),
    ReasonCode.ATTEMPT_USED: Reason(
        status=400,
        sentence=N_("This form or link has already been used; each works only once."),
        next_step=N_(
            "If you clicked twice or reloaded the page, go to your account: you may already be signed in. If not, sign "
            "in again."
        ),
        summary=(
            "The {what} was received a second time (resent or replayed) and was ignored.\n"
            "A callback or a form was received a second time (a reload, the back button or a replay) and was ignored."
        ),
        remedy="No action needed, unless the person did not do this themselves: then tell your security team.",
    ),
    ReasonCode.RESPONSE_ISSUER_MISMATCH: Reason(
        status=400,
        sentence=N_("The response to this sign-in came from a different service from the one we sent you to."),
        next_step=GIVE_IT,
        summary=(
            "The callback's iss is “{received}”, but the login was started with “{expected}” (RFC 9207, section 2.4).\n"
            "The callback's iss is missing or is not “{expected}”, which the login was started with (RFC 9207, section "
            "2.4).\n"
            "The callback's iss is “{received}”, which is not the provider that the login was started with (RFC 9207, "
            "section 2.4).\n"
            "The callback's iss is not the provider that the login was started with (RFC 9207, section 2.4)."
        ),
        remedy=(
            "Tenant admin: check that the issuer in the connection matches the iss that the provider sends, and that "
            "no other provider uses this connection's redirect URI."
        ),
    ),
    ReasonCode.CODE_MISSING: Reason(
        status=400,
        sentence=N_("Your company's sign-in service sent you back without completing the sign-in."),
        next_step=START_AGAIN,
        summary="The callback contains neither a code nor an error, or contains one of them twice.",
        remedy=(
            "Tenant IT: configure the provider to use response_type=code and the response_mode set in the connection. "
            "Check that no proxy removes parameters."
        ),
    ),
    ReasonCode.SESSION_CHANGED: Reason(
        status=400,
        sentence=N_("Your sign-in here ended or changed in the meantime, so we stopped."),
        next_step=N_("Nothing was changed. Open your account page, sign in again if asked, and start over."),
        summary=(
            "A test, a check or a confirmation that a signed-in person had started could not be completed: {error}.\n"
            "A test, a check or a confirmation that a signed-in person had started could not be completed: the session "
            "has ended, belongs to another browser, or is not allowed to do this."
        ),
        remedy=(
            "No action needed if the next attempt works. Otherwise, tenant admin: check that the account is active and "
            "has the role it needs."
        ),
    ),
    ReasonCode.SIGNED_IN_ELSEWHERE: Reason(
        status=400,
        sentence=N_("This browser is signed in to another workspace, so we did not sign you in to this one."),
        next_step=N_("To leave the other workspace, click OAuth Login and confirm. To stay there, go to your account."),
        summary=(
            "When the person came back from the provider, the browser had a session in another tenant, and the person "
            "had not agreed to leave it."
        ),
        remedy=(
            "No action needed: the next login asks first. If the person did not start this login, another site did: "
            "tell your security team."
        ),
    ),
    ReasonCode.SIGNED_OUT_MEANWHILE: Reason(
        status=400,
        sentence=N_("Your company's sign-in service signed you out while you were signing in here."),
        next_step=START_AGAIN,
        summary="The provider's back-channel logout named this person or session after the login had started.",
        remedy=(
            "No action needed: the next login works. If the person did not sign out, tenant IT: find out who ended the "
            "session at the provider."
        ),
    ),
    ReasonCode.CONNECTION_CHANGED: Reason(
        status=400,
        sentence=N_("Your workspace's sign-in settings changed while you were signing in."),
        next_step=START_AGAIN,
        summary=(
            "The settings of the connection {connection} were changed after the provider's answer had been checked, "
            "so that answer was not used.\n"
            "The connection's settings were changed after the provider's answer had been checked, so that answer was "
            "not used."
        ),
        remedy="No action needed: the next login works, or its trace says what is wrong with the new settings.",
    ),
    ReasonCode.LOGOUT_UNIDENTIFIED: Reason(
        status=400,
        sentence=N_("This address signs people out, but the request does not say who."),
        next_step=N_("To sign out, open your account page and click Sign out."),
        summary="A front-channel logout arrived without iss or sid, so it names no session, and no one was signed out.",
        remedy=(
            "Tenant IT: set frontchannel_logout_session_required to true for this application at the provider (OpenID "
            "Connect Front-Channel Logout 1.0, section 2), so that it sends iss and sid. Better still, register the "
            "back-channel logout URL instead: browsers increasingly block front-channel logout."
        ),
    ),
    ReasonCode.CSRF: Reason(
        status=400,
        sentence=N_("This page was open for too long, so we couldn't accept what you sent."),
        next_step=N_("Reload the page and repeat your last step."),
        summary="The form's anti-forgery token is missing, or belongs to another session or browser.",
        remedy=(
            "No action needed if reloading the page helps. Otherwise, tenant IT: allow the bridge's cookies. Operator: "
            "check that people open the bridge only at SSO_BRIDGE_BASE_URL."
        ),
    ),
}
