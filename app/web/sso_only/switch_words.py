"""A switch in words: before it, what will happen; after it, what has happened."""

from collections.abc import Mapping

from app.domain.audit.audit import AuditEntry
from app.domain.sso_only.readiness_report import Readiness
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.web.i18n import ago, gettext, moment, number

DONE = ("switched", "planned", "cancelled", "declined", "observing", "not_observing")
"""The values of the `done` parameter."""


def policy_name(policy: LoginPolicy) -> str:
    return {
        LoginPolicy.PASSWORD: gettext("Password"),
        LoginPolicy.SSO_OPTIONAL: gettext("SSO or password"),
        LoginPolicy.SSO_ONLY: gettext("SSO only"),
    }[policy]


def happens(readiness: Readiness, policy: LoginPolicy) -> list[str]:
    """The most important first: who loses access, then who may not get in."""
    return {
        LoginPolicy.SSO_ONLY: _passwords_end,
        LoginPolicy.SSO_OPTIONAL: _both_ways,
        LoginPolicy.PASSWORD: _sso_ends,
    }[policy](readiness)


def _passwords_end(readiness: Readiness) -> list[str]:
    preview = readiness.preview
    if preview.password_sessions == 1:
        first = gettext("1 session opened with a password ends immediately; from then on, everyone uses OAuth Login.")
    elif preview.password_sessions:
        first = gettext(
            "%(count)s sessions opened with a password end immediately; from then on, everyone uses OAuth Login.",
            count=number(preview.password_sessions),
        )
    else:
        first = gettext(
            "No sessions end, because none were opened with a password. From the switch on, everyone uses OAuth Login."
        )
    said = [first, gettext("Links to set or reset a password, and unfinished password logins, stop working.")]
    if preview.password_apps:
        said.append(
            gettext(
                "Apps that stay signed in after a password login are signed out: %(count)s.",
                count=str(preview.password_apps),
            )
        )
    if preview.outside:
        said.append(
            gettext(
                "Accounts that cannot sign in with OAuth Login with the current settings: %(count)s.",
                count=number(preview.outside),
            )
        )
    if preview.unproven:
        said.append(
            gettext(
                "Accounts that should be able to sign in, but have not tried recently: %(count)s.",
                count=number(preview.unproven),
            )
        )
    return said


def _both_ways(_: Readiness) -> list[str]:
    return [
        gettext("People can sign in with either OAuth Login or their password; no one is signed out."),
        gettext("Existing passwords work again. Sessions and links that have already ended stay ended."),
    ]


def _sso_ends(readiness: Readiness) -> list[str]:
    count = readiness.preview.sso_sessions
    if count == 1:
        first = gettext(
            "1 session opened with OAuth Login ends immediately; from then on, only passwords are accepted."
        )
    elif count:
        first = gettext(
            "%(count)s sessions opened with OAuth Login end immediately; from then on, only passwords are accepted.",
            count=number(count),
        )
    else:
        first = gettext(
            "No sessions end, because none were opened with OAuth Login. "
            "From the switch on, only passwords are accepted."
        )
    return [
        first,
        gettext("To keep everyone signed in and allow both, switch to “SSO or password” instead."),
        gettext("People without a password cannot sign in again until they are sent a link to set one."),
    ]


def done_sentence(done: str, tenant: Tenant, last: AuditEntry | None) -> str:
    """What the URL says was done, if it is true."""
    sentences = {
        "planned": gettext("Switch planned. It happens automatically; you can cancel it here until then."),
        "cancelled": gettext("Planned switch cancelled."),
        "declined": gettext("Request declined. The tenant can request the switch again."),
        "observing": gettext(
            "Observing started. Logins work as before, and each password login is followed by an offer to check SSO."
        ),
        "not_observing": gettext("Observing stopped."),
    }
    if done != "switched":
        return sentences[done]
    ended = last.after.get("sessions_ended") if last else 0
    name = policy_name(tenant.policy)
    if ended == 1:
        return gettext("Sign-in policy switched to “%(policy)s”. 1 session ended.", policy=name)
    if isinstance(ended, int) and ended:
        return gettext("Sign-in policy switched to “%(policy)s”. %(n)s sessions ended.", policy=name, n=number(ended))
    return gettext("Sign-in policy switched to “%(policy)s”. No sessions ended.", policy=name)


def last_switch(entry: AuditEntry | None, *, now: float) -> Mapping[str, str] | None:
    """Who set the present policy."""
    if entry is None:
        return None
    to = entry.after.get("policy")
    known = to in set(LoginPolicy)
    return {
        "to": policy_name(LoginPolicy(str(to))) if known else str(to),
        "actor": entry.actor,
        "when": ago(entry.at, now=now) or "",
        "at": moment(entry.at),
        "reason": entry.reason,
    }
