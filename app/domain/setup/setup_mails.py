"""Mails of a set-up link: the link, and the code that opens it."""

from dataclasses import dataclass

from app.domain.mail.message import Message, one_line
from app.domain.reasons.reason import N_
from app.domain.tenants.tenant import Tenant

_LINK = N_(
    "Hello,\n\n"
    "you have been asked to connect the identity provider of %(tenant)s, so that its people can sign in with their "
    "company accounts. This link opens the set-up in your browser. You need no account here:\n\n%(url)s\n\n"
    "When you open it, we send a code to this address. The link works once, within 72 hours, and only with that code, "
    "so there is no use in forwarding it: if a colleague should do this, ask for a link for them.\n\n"
    "Nothing changes for anyone until your set-up has been reviewed and accepted.\n\n"
    "If you did not expect this email, you can ignore it.\n"
)
_CODE = N_(
    "Hello,\n\n"
    "your code for the set-up of %(tenant)s is:\n\n    %(code)s\n\n"
    "Enter it in the browser in which you asked for it, within 15 minutes. We will never ask you for it in another "
    "way.\n\n"
    "If you did not ask for it, someone else has your set-up link. Without the code they cannot use it; tell whoever "
    "sent you the link.\n"
)


@dataclass(frozen=True, slots=True)
class SetupMails:
    """`base_url` is configured: links never use the Host header of a request."""

    base_url: str

    def link(self, tenant: Tenant, email: str, token: str) -> Message:
        name = one_line(tenant.name) or tenant.slug
        values = {"tenant": name, "url": f"{self.base_url}/setup/{token}"}
        return Message(email, N_("Set up single sign-on for %(tenant)s") % values, _LINK % values)

    def code(self, tenant: Tenant, email: str, code: str) -> Message:
        values = {"tenant": one_line(tenant.name) or tenant.slug, "code": code}
        return Message(email, N_("Your code for the set-up of %(tenant)s") % values, _CODE % values)
