"""The form of a connection: all of its keys, in sections, from what everybody enters to what hardly anybody needs."""

from collections.abc import Mapping, Sequence

from werkzeug.datastructures import MultiDict
from wtforms import RadioField, StringField

from app.domain.connections.connection import SECRETS, Protocol
from app.domain.tenants.tenant import Status
from app.web.connections.authentication_entries import authentication, client_auth_choices, credentials
from app.web.connections.connection_entry import Entry, Kind, Section
from app.web.connections.connection_fields import as_text
from app.web.connections.person_entries import back, matching, required_claims, step_up
from app.web.connections.provider_entries import endpoints, issuer, requests, sign_out
from app.web.consoles.console_form import ConsoleForm, stripped
from app.web.i18n import gettext

__all__ = ["Entry", "Kind", "Section", "client_auth_choices", "connection_form", "not_in_form", "sections"]


def connection_form(base: Mapping[str, object], posted: MultiDict[str, str] | None = None) -> ConsoleForm:
    """The form with the present values and what was `posted`; a field that was not sent keeps its value."""
    fields = {entry.key: entry.field() for section in sections(base) for entry in section.entries}
    fields["name"] = StringField(filters=[stripped], id="field-name")
    fields["status"] = RadioField(choices={one.value: one.value for one in Status}, validate_choice=False)
    form: type[ConsoleForm] = type("ConnectionForm", (ConsoleForm,), fields)
    return form(posted, data={key: "" if key in SECRETS else as_text(base.get(key)) for key in fields})


def sections(base: Mapping[str, object]) -> Sequence[Section]:
    """The form, top to bottom."""
    oauth2 = base.get("protocol") == Protocol.OAUTH2
    pinned = bool(base.get("required_claims"))
    first, further = endpoints(oauth2=oauth2)
    claims = [required_claims()]
    found = [
        Section(
            gettext("Details from the customer"),
            [
                *(first if oauth2 else [issuer(as_text(base.get("preset")))]),
                *credentials(base),
                *(claims if pinned else []),
            ],
        ),
        Section(gettext("Account matching"), matching(oauth2=oauth2)),
        Section(gettext("Endpoints"), further, folded=True),
        Section(gettext("How the bridge authenticates"), authentication(base), folded=True),
        Section(gettext("Requests"), requests(), folded=True),
        Section(gettext("What must come back"), [*([] if pinned else claims), *back()], folded=True),
        Section(gettext("Fresh sign-in at the provider"), [] if oauth2 else step_up(), folded=True),
        Section(gettext("Sign-out"), sign_out(), folded=True),
    ]
    return [section for section in found if section.entries]


def not_in_form(*, oauth2: bool) -> Mapping[str, str]:
    """The keys of `apply` that the form does not have, and why."""
    fixed = gettext("Chosen with the provider. Set up a new connection for another one.")
    found = {
        "name": gettext("Part of the connection's addresses, so it cannot be changed."),
        "protocol": fixed,
        "preset": fixed,
        "status": gettext("A connection is enabled and disabled on its own page."),
    }
    if not oauth2:
        return found
    asked = gettext("A plain OAuth 2.0 server cannot prove how someone signed in, so nothing of it can be required.")
    return {**found, "prompt": asked, "max_age": asked, "acr_values": asked}
