"""Readiness as a tenant's admin reads it: what support would do is something to ask support for."""

from collections.abc import Sequence

from app.domain.reasons.reason import N_
from app.domain.sso_only.readiness import Group
from app.domain.sso_only.readiness_issues import Kind, ReadinessIssue
from app.domain.sso_only.readiness_report import Readiness
from app.domain.tenants.login_policy import LoginPolicy
from app.web.i18n import gettext, moment

_REMEDIES = {
    Kind.NO_CONNECTION: N_("Tell support which provider you use; they set it up with you."),
    Kind.NOT_TESTED: N_("Press “Test it” above, or sign in once with OAuth Login."),
    Kind.NO_ADMIN_PROVEN: N_("Test it above, signing in as yourself there, or sign out and in again with OAuth Login."),
    Kind.NO_ACCOUNTS: N_("Send support the people who are to sign in."),
    Kind.CONNECTION_UNTESTED: N_("Test it above, or tell support that nobody needs it."),
    Kind.NOT_OFFERED: N_(
        "Ask support to offer OAuth Login beside passwords for some days: people try it while their passwords still "
        "work."
    ),
    Kind.PASSWORD_ONLY: N_(
        "Ask them to sign in with OAuth Login once, or ask support to observe: then each of them is offered a try."
    ),
    Kind.NO_EMAIL: N_("Send support their emails."),
    Kind.NO_EXTERNAL_ID: N_("Send support the ids by which your provider knows them."),
    Kind.OUTSIDE_DOMAINS: N_("Send support the right emails, or the domain that is missing."),
    Kind.HELD: N_("Talk to support about them: nobody gets in that way until it is decided."),
}
_OF_GROUPS = {
    Group.NEVER_SEEN: N_("Tell support which of them nobody needs."),
    Group.NO_EMAIL: _REMEDIES[Kind.NO_EMAIL],
    Group.NO_EXTERNAL_ID: _REMEDIES[Kind.NO_EXTERNAL_ID],
    Group.OUTSIDE_DOMAINS: _REMEDIES[Kind.OUTSIDE_DOMAINS],
}


def meaning(policy: LoginPolicy) -> str:
    return {
        LoginPolicy.PASSWORD: gettext(
            "People sign in with username and password. Your provider can be set up and tested; nobody uses it yet."
        ),
        LoginPolicy.SSO_OPTIONAL: gettext(
            "People sign in by OAuth Login, through your provider, or with username and password."
        ),
        LoginPolicy.SSO_ONLY: gettext(
            "People sign in by OAuth Login, through your provider, and in no other way: no password opens anything."
        ),
    }[policy]


def in_words(issues: Sequence[ReadinessIssue]) -> list[dict[str, str]]:
    return [
        {
            "sentence": gettext(one.sentence, **one.values),
            "remedy": gettext(_REMEDIES.get(one.kind, one.remedy), **one.values),
        }
        for one in issues
    ]


def groups(readiness: Readiness) -> list[dict[str, str | int]]:
    """Those that have somebody in them."""
    return [
        {
            "title": gettext(one.title),
            "count": one.count,
            "sentence": gettext(one.sentence),
            "remedy": gettext(remedy) if (remedy := _OF_GROUPS.get(one.group, one.remedy)) else "",
        }
        for one in readiness.groups
        if one.count
    ]


def last_sso(readiness: Readiness) -> dict[str, str] | None:
    last = readiness.last_sso
    if last is None:
        return None
    return {
        "at": moment(last.at),
        "username": last.username or "",
        "connection": last.connection,
        "claims": ", ".join(last.claims),
    }
