"""Readiness in words. To a tenant's admins it says to ask support where only support can act."""

from collections.abc import Sequence

from app.domain.login.login_attempt import Purpose
from app.domain.reasons.reason import N_
from app.domain.sso_only.readiness import Group
from app.domain.sso_only.readiness_issues import Kind, ReadinessIssue
from app.domain.sso_only.readiness_report import Readiness
from app.domain.tenants.login_policy import LoginPolicy
from app.web.i18n import gettext, listed, moment

_REMEDIES = {
    Kind.NO_CONNECTION: N_("Connect your identity provider on the page “Connections”, or enable it there."),
    Kind.NOT_TESTED: N_("Click “Test connection” on the page “Single sign-on”, or sign in once with OAuth Login."),
    Kind.NO_ADMIN_PROVEN: N_(
        "Test the connection with your own sign-in, on the page “Single sign-on”, or sign out and sign in again with "
        "OAuth Login."
    ),
    Kind.NO_ACCOUNTS: N_("Add people on the page “People”, one by one or by a CSV file."),
    Kind.CONNECTION_UNTESTED: N_("Test it, or disable it on the page “Connections” if no one needs it."),
    Kind.NOT_OFFERED: N_(
        "Ask support to offer OAuth Login alongside passwords for a few days, so that people can try it while their "
        "passwords still work."
    ),
    Kind.PASSWORD_ONLY: N_(
        "Ask them to sign in once with OAuth Login, or ask support to observe: each of them is then offered a check."
    ),
    Kind.NO_EMAIL: N_("Enter their email addresses on the page “People”, one by one or by a CSV file."),
    Kind.NO_EXTERNAL_ID: N_("Enter the IDs that your provider uses for them, on the page “People”."),
    Kind.OUTSIDE_DOMAINS: N_(
        "Correct their email addresses on the page “People”, or add the missing domain under “Domains”."
    ),
    Kind.HELD: N_("Decide about them on the page “People”: these people cannot sign in until then."),
}
_OF_GROUPS = {
    Group.NEVER_SEEN: N_("Disable those who no longer need access, on the page “People”."),
    Group.NO_EMAIL: _REMEDIES[Kind.NO_EMAIL],
    Group.NO_EXTERNAL_ID: _REMEDIES[Kind.NO_EXTERNAL_ID],
    Group.OUTSIDE_DOMAINS: _REMEDIES[Kind.OUTSIDE_DOMAINS],
}


def meaning(policy: LoginPolicy) -> str:
    return {
        LoginPolicy.PASSWORD: gettext(
            "People sign in with a username and password. You can set up and test your provider; no one uses it yet."
        ),
        LoginPolicy.SSO_OPTIONAL: gettext(
            "People sign in with OAuth Login, through your provider, or with a username and password."
        ),
        LoginPolicy.SSO_ONLY: gettext(
            "People can sign in only with OAuth Login, through your provider. Passwords do not work."
        ),
    }[policy]


def for_support(issues: Sequence[ReadinessIssue]) -> list[dict[str, str]]:
    return [
        {
            "kind": one.kind.value,
            "sentence": gettext(one.sentence, **one.values),
            "remedy": gettext(one.remedy, **one.values),
        }
        for one in issues
    ]


def for_admins(issues: Sequence[ReadinessIssue]) -> list[dict[str, str]]:
    return [
        {
            "kind": one.kind.value,
            "sentence": gettext(one.sentence, **one.values),
            "remedy": gettext(_REMEDIES.get(one.kind, one.remedy), **one.values),
        }
        for one in issues
    ]


def groups(readiness: Readiness, staff: bool) -> list[dict[str, str | int]]:  # noqa: FBT001 - see TenantConsole.page
    """The groups that are not empty, with what staff, or the tenant's own admins, can do about them."""
    remedies = {} if staff else _OF_GROUPS
    return [
        {
            "id": one.group.value,
            "title": gettext(one.title),
            "count": one.count,
            "sentence": gettext(one.sentence),
            "remedy": gettext(remedy) if (remedy := remedies.get(one.group, one.remedy)) else "",
        }
        for one in readiness.groups
        if one.count
    ]


def no_login(purpose: Purpose) -> str:
    """What it was instead of a login; empty for one."""
    return {
        Purpose.LOGIN: "",
        Purpose.TEST: gettext("connection test"),
        Purpose.PROVE: gettext("check after a password login"),
        Purpose.REAUTH: gettext("to confirm identity"),
    }[purpose]


def last_sso(readiness: Readiness) -> dict[str, str] | None:
    last = readiness.last_sso
    if last is None:
        return None
    return {
        "at": moment(last.at),
        "what": no_login(last.purpose),
        "username": last.username or "",
        "connection": last.connection,
        "claims": listed(last.claims),
        "reference": last.reference,
    }
