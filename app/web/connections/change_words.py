"""What a change to a connection does, in words: each setting before and after, and what people notice."""

from app.domain.audit.audit import differing
from app.domain.connections.connection import Connection
from app.domain.connections.draft import Consequence
from app.domain.errors import Detail
from app.services.apply.connections import connection_shown
from app.web.connections.connection_fields import as_text, present
from app.web.connections.connection_form import sections
from app.web.i18n import gettext


def changed_settings(before: Connection, after: Connection) -> list[dict[str, str]]:
    """Label, value before, value after (empty if there is none); secrets only as set or changed."""
    was, becomes = differing(connection_shown(before), connection_shown(after, before))
    labels = key_labels(after)
    return [
        {"label": labels.get(key, key), "before": _value(was.get(key)), "after": _value(becomes[key])}
        for key in becomes
        if key != "status"
    ]


def key_labels(connection: Connection) -> dict[str, str]:
    """As the page of all settings calls them."""
    return {entry.key: entry.label for section in sections(present(connection)) for entry in section.entries}


def key_label(key: str) -> str:
    """For a list of what is missing."""
    return {
        "issuer": gettext("Issuer"),
        "authorization_endpoint": gettext("Authorization URL"),
        "token_endpoint": gettext("Access token URL"),
        "userinfo_endpoint": gettext("Userinfo URL"),
        "client_id": gettext("Client ID"),
        "client_secret": gettext("Client secret"),
        "required_claims": gettext("Required claims"),
        "private_key": gettext("Private key"),
        "certificate": gettext("Certificate"),
    }.get(key, key)


def consequence_words(consequence: Consequence) -> str:
    return {
        Consequence.NEW_IDENTITIES: gettext(
            "People come from another issuer: at their next login, everyone is matched to their account again, as at "
            "the first login."
        ),
        Consequence.OTHER_MATCHING: gettext("Accounts are found by another value. Check the test's result for it."),
        Consequence.OTHER_CLIENT: gettext(
            "The client changes: the provider may ask people for consent again, and some providers then identify "
            "people differently."
        ),
    }[consequence]


def _value(value: Detail) -> str:
    if value in ("set", "changed"):
        return {"set": gettext("set"), "changed": gettext("changed")}[str(value)]
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return as_text(value)
