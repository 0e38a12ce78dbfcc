"""A switch in words: before it what will happen, after it what has happened."""

from collections.abc import Mapping

from app.domain.audit.audit import AuditEntry
from app.domain.sso_only.readiness_report import Readiness
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.web.i18n import ago, gettext, moment

DONE = ("switched", "planned", "cancelled", "declined", "observing", "not_observing")
"""What an address may say has just been done."""


def policy_name(policy: LoginPolicy) -> str:
    return {
        LoginPolicy.PASSWORD: gettext("Password"),
        LoginPolicy.SSO_OPTIONAL: gettext("SSO or password"),
        LoginPolicy.SSO_ONLY: gettext("SSO only"),
    }[policy]


def happens(readiness: Readiness, policy: LoginPolicy) -> list[str]:
    """The most important first: who loses what, then who may not get in."""
    return {
        LoginPolicy.SSO_ONLY: _passwords_end,
        LoginPolicy.SSO_OPTIONAL: _both_ways,
        LoginPolicy.PASSWORD: _sso_ends,
    }[policy](readiness)


def _passwords_end(readiness: Readiness) -> list[str]:
    preview = readiness.preview
    if preview.password_sessions == 1:
        first = gettext(
            "1 session was opened with a password and ends at once; from then on everybody uses OAuth Login."
        )
    elif preview.password_sessions:
        first = gettext(
            "%(count)s sessions were opened with a password and end at once; from then on everybody uses OAuth Login.",
            count=str(preview.password_sessions),
        )
    else:
        first = gettext("No session ends, as none was opened with a password; from then on everybody uses OAuth Login.")
    said = [first, gettext("Links to set or reset a password, and half-finished logins, open nothing any more.")]
    if preview.outside:
        said.append(
            gettext("Accounts that cannot get in by OAuth Login as they stand: %(count)s.", count=str(preview.outside))
        )
    if preview.unproven:
        said.append(
            gettext("Accounts that should get in, but have not tried lately: %(count)s.", count=str(preview.unproven))
        )
    return said


def _both_ways(_: Readiness) -> list[str]:
    return [
        gettext("People sign in with OAuth Login or with their password, as they like; nobody is signed out."),
        gettext("The passwords that people have work. Sessions and links that ended before stay ended."),
    ]


def _sso_ends(readiness: Readiness) -> list[str]:
    count = readiness.preview.sso_sessions
    if count == 1:
        first = gettext("1 session was opened by OAuth Login and ends at once; from then on only passwords are taken.")
    elif count:
        first = gettext(
            "%(count)s sessions were opened by OAuth Login and end at once; from then on only passwords are taken.",
            count=str(count),
        )
    else:
        first = gettext("No session ends, as none was opened by OAuth Login; from then on only passwords are taken.")
    return [
        first,
        gettext("To keep everybody signed in and offer both ways, switch to “SSO or password” instead."),
        gettext("Who has no password cannot sign in again until they are sent a link to set one."),
    ]


def done_sentence(done: str, tenant: Tenant, last: AuditEntry | None) -> str:
    """What an address says was done, as far as it is so."""
    sentences = {
        "planned": gettext("The switch is planned. It happens by itself; until then it can be cancelled here."),
        "cancelled": gettext("The plan is cancelled. Nothing happens by itself."),
        "declined": gettext("The request is declined. The tenant may ask again."),
        "observing": gettext("Observing. Logins work as before, and each password login is offered a try by SSO."),
        "not_observing": gettext("Not observing any more."),
    }
    if done != "switched":
        return sentences[done]
    ended = last.after.get("sessions_ended") if last else 0
    name = policy_name(tenant.policy)
    if ended == 1:
        return gettext("Done: logins are by “%(policy)s” now. 1 session was ended.", policy=name)
    if ended:
        return gettext("Done: logins are by “%(policy)s” now. %(n)s sessions were ended.", policy=name, n=str(ended))
    return gettext("Done: logins are by “%(policy)s” now. No session was ended.", policy=name)


def last_switch(entry: AuditEntry | None, *, now: float) -> Mapping[str, str] | None:
    """Who made it what it is."""
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
