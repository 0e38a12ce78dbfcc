"""Mails of a set-up link: the link, and the code that opens it."""

from dataclasses import dataclass

from app.domain.mail.message import Message, one_line
from app.domain.reasons.reason import N_
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text, joined

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
_REFUSED = N_(
    "Hello,\n\n"
    "the connection “%(connection)s” that you proposed for %(tenant)s was not accepted, and its settings have been "
    "deleted. Nothing has changed for anyone who signs in.\n\n"
)
_NOTE = N_("They wrote:\n\n%(note)s\n\n")
_AGAIN = N_("To try again, ask the person who sent you the set-up link for a new one.\n")


@dataclass(frozen=True, slots=True)
class SetupMails:
    """`base_url` is configured: links never use the Host header of a request."""

    base_url: str

    def link(self, tenant: Tenant, email: str, token: str) -> Message:
        subject = N_("Set up single sign-on for %(tenant)s")
        return _mail(tenant, email, subject, _LINK, url=f"{self.base_url}/setup/{token}")

    def code(self, tenant: Tenant, email: str, code: str) -> Message:
        return _mail(tenant, email, N_("Your code for the set-up of %(tenant)s"), _CODE, code=code)

    def refused(self, tenant: Tenant, email: str, connection: str, *, note: str) -> Message:
        """`note` is from whoever refused it; empty if they wrote none."""
        name = one_line(tenant.name) or tenant.slug
        noted = [Text(_NOTE, note=note)] if note else []
        return Message(
            to=email,
            subject=Text(N_("Your set-up for %(tenant)s was not accepted"), tenant=name),
            body=joined(Text(_REFUSED, tenant=name, connection=one_line(connection)), *noted, Text(_AGAIN)),
            reader=tenant.reader,
        )


def _mail(tenant: Tenant, email: str, subject: str, text: str, **more: str) -> Message:
    """In the tenant's language: nothing is known about its reader."""
    values = {"tenant": one_line(tenant.name) or tenant.slug, **more}
    return Message(to=email, subject=Text(subject, **values), body=Text(text, **values), reader=tenant.reader)
