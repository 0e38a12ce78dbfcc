"""What the pages of actions on an account say will happen."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.domain.accounts.identity import LinkedIdentity
from app.domain.tenants.login_policy import Method, refusal
from app.services.accounts.account_changes import Obstacle
from app.services.accounts.person import Person
from app.web.i18n import gettext
from app.web.traces.reference_words import printable


class Words(NamedTuple):
    """The texts of an action's page."""

    title: str
    consequences: list[str]
    button: str
    danger: bool = True


def _disable(person: Person) -> Words:
    consequences = [
        gettext("This person can no longer sign in, with SSO or with a password."),
        gettext("Their sessions end and are not restored when the account is enabled again."),
        gettext("Nothing is deleted."),
    ]
    if person.only_admin:
        consequences.insert(0, gettext("This is the only administrator: no one could look after the tenant."))
    return Words(gettext("Disable this account"), consequences, gettext("Disable"))


def _enable(_: Person) -> Words:
    consequences = [
        gettext("This person can sign in again, as the tenant's sign-in policy allows."),
        gettext("Previous sessions are not restored."),
    ]
    return Words(gettext("Enable this account"), consequences, gettext("Enable"), danger=False)


def _end_sessions(_: Person) -> Words:
    consequences = [
        gettext("This person is signed out everywhere at their next click."),
        gettext("They can sign in again right away. To keep them out, disable the account."),
    ]
    return Words(gettext("End all sessions of this account"), consequences, gettext("End all sessions"))


def _reset(person: Person) -> Words:
    consequences = [
        gettext("A link to set a new password is sent to %(email)s.", email=_mailbox(person)),
        gettext("The link works once, within one hour. The current password works until it is used."),
        gettext("You cannot see the link. Anyone who can read that mailbox can use it."),
    ]
    return Words(gettext("Send a password reset link"), consequences, gettext("Send link"), danger=False)


def _invite(person: Person) -> Words:
    goes = gettext("An invitation is sent to %(email)s.", email=_mailbox(person))
    if refusal(person.glance.tenant.policy, Method.PASSWORD) is None:
        then = gettext("Its link sets the first password. It works once, within seven days.")
    else:
        then = gettext("It leads to OAuth Login. No password is set, because the tenant does not allow passwords.")
    return Words(gettext("Send an invitation"), [goes, then], gettext("Send invitation"), danger=False)


def _remove_factor(_: Person) -> Words:
    consequences = [
        gettext("This person's authenticator app and recovery codes stop working."),
        gettext("Their password alone signs them in or, if a second factor is required, lets them set up a new one."),
        gettext(
            "Do this only if you are sure who is asking: someone with a stolen password would ask for exactly this."
        ),
    ]
    return Words(gettext("Remove second factor"), consequences, gettext("Remove"))


def _release(_: Person) -> Words:
    consequences = [
        gettext("The counts of wrong passwords and codes for this person start again from zero."),
        gettext("Releasing also gives an attacker new attempts: do it only if you know who tried."),
    ]
    return Words(gettext("Release the blocks of this person"), consequences, gettext("Release"))


WORDS: Mapping[str, Callable[[Person], Words]] = {
    "disable": _disable,
    "enable": _enable,
    "sessions": _end_sessions,
    "reset": _reset,
    "invite": _invite,
    "second-factor": _remove_factor,
    "release": _release,
}


def unlink_words(linked: LinkedIdentity) -> Words:
    subject = printable(linked.identity.subject)
    consequences = [
        gettext("%(subject)s at the provider no longer opens this account.", subject=subject),
        gettext("The account's SSO sessions end."),
        gettext(
            "The next SSO login that matches this account is linked to it, whoever it is. To keep this person out, "
            "remove them at the provider, or disable the account."
        ),
    ]
    return Words(gettext("Unlink this identity"), consequences, gettext("Unlink"))


def obstacle_words(why: Obstacle) -> str:
    return {
        Obstacle.OWN_ROLE: gettext("You cannot remove your own administrator role. Ask another administrator."),
        Obstacle.OWN_ACCOUNT: gettext("You cannot disable your own account. Ask another administrator."),
        Obstacle.LAST_ADMIN: gettext("This is the only administrator. Give someone else the role first."),
    }[why]


def _mailbox(person: Person) -> str:
    return person.glance.account.email or gettext("their email")
