"""What people are told by mail about passwords and second factors: who, where, what to do, and if it was not you."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.accounts.account import Account
from app.domain.mail.message import Message, one_line
from app.domain.reasons.reason import N_
from app.domain.tenants.tenant import Tenant

_HELLO = N_("Hello %(person)s,\n\n")
_RESET = N_(
    "Somebody, probably you, asked for a new password for your account at %(tenant)s. Your username there is "
    "%(username)s. Open this page within an hour and choose one:\n\n%(url)s\n\n"
    "The link works once. Until then your present password, if you remember it, goes on working.\n\n"
    "If it was not you, you need not do anything: only who can read this mail can use the link. If such mails keep "
    "coming, tell your IT or your supervisor.\n"
)
_RESET_BY_STAFF = N_(
    "Support sends you this so that you can choose a new password for your account at %(tenant)s. Your username there "
    "is %(username)s. Open this page within an hour:\n\n%(url)s\n\n"
    "The link works once. Until then your present password, if you remember it, goes on working. Nobody at support "
    "sees your password, and nobody will ever ask you for it.\n\n"
    "If nobody asked support for this, do not use the link, and tell your IT or your supervisor.\n"
)
_INVITATION = N_(
    "You have an account at %(tenant)s. Your username there is %(username)s. Open this page within seven days and "
    "choose your password:\n\n%(url)s\n\n"
    "The link works once. Afterwards you sign in here:\n\n%(login)s\n\n"
    "If you did not expect this, you need not do anything, or ask your IT or your supervisor what it is about.\n"
)
_INVITATION_SSO = N_(
    "You have an account at %(tenant)s. Your username there is %(username)s. You need no password: open this page, "
    "click OAuth Login and sign in with your company account:\n\n%(login)s\n\n"
    "If you did not expect this, you need not do anything, or ask your IT or your supervisor what it is about.\n"
)
_NO_PASSWORD = N_(
    "Somebody, probably you, asked for a new password for your account at %(tenant)s. Your username there is "
    "%(username)s. This account has no password, so there is none to replace. If the sign-in page has a button "
    "OAuth Login, use that; otherwise ask your IT or your supervisor for an invitation:\n\n%(login)s\n\n"
    "If it was not you, you need not do anything.\n"
)
_CHANGED = N_(
    "The password of your account at %(tenant)s was changed on %(when)s, from the network address %(address)s. Your "
    "username there is %(username)s. Wherever else somebody was signed in with the old password, they are signed out "
    "now.\n\nIf it was you, all is well.\n\n"
)
_FACTOR = {
    "second_factor.enrolled": N_("A second factor was set up for your account at %(tenant)s on %(when)s, "),
    "second_factor.codes_renewed": N_("New recovery codes were made for your account at %(tenant)s on %(when)s, "),
    "second_factor.removed": N_("The second factor of your account at %(tenant)s was removed on %(when)s, "),
}
"""By what the audit calls it."""
_BY_THE_PERSON = N_(
    "from the network address %(address)s. Your username there is %(username)s.\n\nIf it was you, all is well.\n\n"
)
_BY_SUPPORT = N_("by support. Your username there is %(username)s.\n\nIf you asked for it, all is well.\n\n")
_NOT_YOU = N_(
    "If it was not you, somebody else can use your account. Choose a new password at once, and tell your IT or your "
    "supervisor:\n\n%(forgot)s\n"
)


@dataclass(frozen=True, slots=True)
class PasswordMails:
    """`base_url` is the bridge's own: no link follows what a request says about its host."""

    base_url: str

    def reset(self, tenant: Tenant, account: Account, sealed: str, *, by_staff: bool) -> Message:
        text = _RESET_BY_STAFF if by_staff else _RESET
        subject = N_("Choose a new password for %(tenant)s")
        return self._mail(subject, text, tenant, account, url=self._url(tenant, sealed))

    def no_password(self, tenant: Tenant, account: Account) -> Message:
        return self._mail(N_("Your account at %(tenant)s has no password"), _NO_PASSWORD, tenant, account)

    def invitation(self, tenant: Tenant, account: Account, sealed: str | None) -> Message:
        """Without a link: to a tenant that uses OAuth Login only."""
        subject = N_("Your account at %(tenant)s")
        if sealed is None:
            return self._mail(subject, _INVITATION_SSO, tenant, account)
        return self._mail(subject, _INVITATION, tenant, account, url=self._url(tenant, sealed))

    def changed(self, tenant: Tenant, account: Account, *, at: float, client_ip: str) -> Message:
        subject = N_("Your password for %(tenant)s was changed")
        return self._mail(subject, _CHANGED + _NOT_YOU, tenant, account, when=_written(at), address=client_ip)

    def second_factor(
        self, tenant: Tenant, account: Account, action: str, *, at: float, client_ip: str | None
    ) -> Message:
        """`action` as the audit has it; `client_ip` None where support did it."""
        subject = N_("The second factor of your account at %(tenant)s")
        text = _FACTOR[action] + (_BY_THE_PERSON if client_ip else _BY_SUPPORT) + _NOT_YOU
        return self._mail(subject, text, tenant, account, when=_written(at), address=client_ip or "")

    def _url(self, tenant: Tenant, sealed: str) -> str:
        return f"{self.base_url}/t/{tenant.slug}/password/new?link={sealed}"

    def _mail(self, subject: str, text: str, tenant: Tenant, account: Account, **more: str) -> Message:
        place = f"{self.base_url}/t/{tenant.slug}"
        values = {
            "person": one_line(account.name) or account.username,
            "tenant": one_line(tenant.name) or tenant.slug,
            "username": account.username,
            "login": f"{place}/login",
            "forgot": f"{place}/password/forgot",
            **more,
        }
        return Message(to=account.email or "", subject=subject % values, body=(_HELLO + text) % values)


def _written(at: float) -> str:
    return datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%d, %H:%M UTC")
