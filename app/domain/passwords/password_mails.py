"""Mails about passwords and second factors: who, where, what to do, and what to do if it was not you."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import Account
from app.domain.mail.message import Message, one_line, recipient
from app.domain.reasons.reason import N_
from app.domain.tenants.tenant import Status, Tenant
from app.domain.text import Moment, Reader, Text, joined

_HELLO = N_("Hello %(person)s,\n\n")
_RESET = N_(
    "Someone, probably you, asked to reset the password of your account at %(tenant)s. Your username is "
    "%(username)s. To choose a new password, open this page within one hour:\n\n%(url)s\n\n"
    "The link works once. Until you use it, your current password still works.\n\n"
    "If you did not ask for this, you can ignore this email: only people who can read it can use the link. If you keep "
    "getting emails like this, tell your supervisor or IT team.\n"
)
_RESET_BY_STAFF = N_(
    "Support has sent you this link so that you can choose a new password for your account at %(tenant)s. Your "
    "username is %(username)s. Open this page within one hour:\n\n%(url)s\n\n"
    "The link works once. Until you use it, your current password still works. Support cannot see your password and "
    "will never ask you for it.\n\n"
    "If you did not contact support about this, do not use the link. Tell your supervisor or IT team.\n"
)
_INVITATION = N_(
    "You have an account at %(tenant)s. Your username is %(username)s. To choose your password, open this page within "
    "seven days:\n\n%(url)s\n\n"
    "The link works once. After that, sign in here:\n\n%(login)s\n\n"
    "If you did not expect this email, you can ignore it, or ask your supervisor or IT team about it.\n"
)
_INVITATION_SSO = N_(
    "You have an account at %(tenant)s. Your username is %(username)s. You don't need a password: open this page, "
    "click OAuth Login and sign in with your company account:\n\n%(login)s\n\n"
    "If you did not expect this email, you can ignore it, or ask your supervisor or IT team about it.\n"
)
_NO_PASSWORD = N_(
    "Someone, probably you, asked to reset the password of your account at %(tenant)s. Your username is "
    "%(username)s. This account has no password to reset. If the sign-in page has an OAuth Login button, use that. "
    "Otherwise, ask your supervisor or IT team for an invitation:\n\n%(login)s\n\n"
    "If you did not ask for this, you can ignore this email.\n"
)
_CHANGED = N_(
    "The password of your account at %(tenant)s was changed on %(when)s from the network address %(address)s. Your "
    "username is %(username)s. All other sessions opened with the old password have been signed out.\n\n"
    "If this was you, there is nothing to do.\n\n"
)
_FACTOR = {
    "second_factor.enrolled": N_("A second factor was set up for your account at %(tenant)s on %(when)s "),
    "second_factor.codes_renewed": N_("New recovery codes were generated for your account at %(tenant)s on %(when)s "),
    "second_factor.removed": N_("The second factor of your account at %(tenant)s was removed on %(when)s "),
}
"""Keyed by the audit action."""
_BY_THE_PERSON = N_(
    "from the network address %(address)s. Your username is %(username)s.\n\n"
    "If this was you, there is nothing to do.\n\n"
)
_BY_SUPPORT = N_("by support. Your username is %(username)s.\n\nIf you asked for this, there is nothing to do.\n\n")
_NOT_YOU = N_(
    "If this was not you, someone else may have access to your account. Choose a new password right away, and tell "
    "your supervisor or IT team:\n\n%(forgot)s\n"
)


def reachable(account: Account) -> bool:
    """Whether this account's owner can and may receive mail."""
    try:
        recipient(account.email or "")
    except ValueError:
        return False
    return account.status is Status.ACTIVE


@dataclass(frozen=True, slots=True)
class PasswordMails:
    """`base_url` is configured: links never use the Host header of a request."""

    base_url: str

    def reset(
        self, tenant: Tenant, account: Account, sealed: str, *, by_staff: bool, reader: Reader | None = None
    ) -> Message:
        """`reader` is whoever asked for it, if that was the person.

        Otherwise mails speak the language of the account's last login, or the tenant's.
        """
        text = _RESET_BY_STAFF if by_staff else _RESET
        subject = N_("Choose a new password for %(tenant)s")
        message = self._mail(subject, [text], tenant, account, url=self._url(tenant, sealed))
        return replace(message, reader=reader or tenant.reader_of(account.language))

    def no_password(self, tenant: Tenant, account: Account, *, reader: Reader | None = None) -> Message:
        message = self._mail(N_("Your account at %(tenant)s has no password"), [_NO_PASSWORD], tenant, account)
        return replace(message, reader=reader or tenant.reader_of(account.language))

    def invitation(self, tenant: Tenant, account: Account, sealed: str | None) -> Message:
        """Without a link in a tenant that uses OAuth Login only."""
        subject = N_("Your account at %(tenant)s")
        if sealed is None:
            return self._mail(subject, [_INVITATION_SSO], tenant, account)
        return self._mail(subject, [_INVITATION], tenant, account, url=self._url(tenant, sealed))

    def changed(self, tenant: Tenant, account: Account, *, at: float, client_ip: str) -> Message:
        subject = N_("Your password for %(tenant)s was changed")
        return self._mail(subject, [_CHANGED, _NOT_YOU], tenant, account, when=Moment(at), address=client_ip)

    def second_factor(
        self, tenant: Tenant, account: Account, action: str, *, at: float, client_ip: str | None
    ) -> Message:
        """`action` is the audit action; `client_ip` is None if support did it."""
        subject = N_("Second factor changed for your account at %(tenant)s")
        texts = [_FACTOR[action], _BY_THE_PERSON if client_ip else _BY_SUPPORT, _NOT_YOU]
        return self._mail(subject, texts, tenant, account, when=Moment(at), address=client_ip or "")

    def _url(self, tenant: Tenant, sealed: str) -> str:
        return f"{self.base_url}/t/{tenant.slug}/password/new?link={sealed}"

    def _mail(self, subject: str, texts: Sequence[str], tenant: Tenant, account: Account, **more: str) -> Message:
        place = f"{self.base_url}/t/{tenant.slug}"
        values = {
            "person": one_line(account.name) or account.username,
            "tenant": one_line(tenant.name) or tenant.slug,
            "username": account.username,
            "login": f"{place}/login",
            "forgot": f"{place}/password/forgot",
            **more,
        }
        return Message(
            to=account.email or "",
            subject=Text(subject, **values),
            body=joined(*(Text(text, **values) for text in (_HELLO, *texts))),
            reader=tenant.reader_of(account.language),
        )
