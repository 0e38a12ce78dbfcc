"""The form of a connection: its fields, their order and their labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.core import Field

from app.domain.connections.connection import TLS_AUTH, ClientAuth, MatchBy, Protocol
from app.domain.tenants.tenant import Status
from app.web.connections.connection_fields import SECRET, as_text
from app.web.connections.preset_words import issuer_hint
from app.web.consoles.console_form import ConsoleForm, stripped
from app.web.i18n import gettext


class Kind(StrEnum):
    """How a value is typed."""

    TEXT = "text"
    URL = "url"
    SECRET = "password"
    WORDS = "words"
    CLAIMS = "claims"
    LINES = "lines"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Entry:
    """One key. The rules of `apply` decide which values are valid, not the form."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()

    def field(self) -> object:
        """The WTForms field, with a unique id on the page."""
        html_id = f"field-{self.key}"
        if self.kind is Kind.CHOICE:
            return SelectField(choices=dict(self.choices), validate_choice=False, id=html_id)
        return _FIELDS.get(self.kind, StringField)(id=html_id)


_FIELDS: Mapping[Kind, type[Field]] = {
    Kind.SECRET: PasswordField,
    Kind.CLAIMS: TextAreaField,
    Kind.LINES: TextAreaField,
}


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together; `folded` if most people leave them alone."""

    title: str
    entries: Sequence[Entry]
    folded: bool = False


def connection_form(base: Mapping[str, object], posted: MultiDict[str, str] | None = None) -> ConsoleForm:
    """The form with the present values and what was `posted`; a field that was not sent keeps its value."""
    fields = {entry.key: entry.field() for section in sections(base) for entry in section.entries}
    fields["name"] = StringField(filters=[stripped], id="field-name")
    fields["status"] = RadioField(choices={one.value: one.value for one in Status}, validate_choice=False)
    form: type[ConsoleForm] = type("ConnectionForm", (ConsoleForm,), fields)
    return form(posted, data={key: "" if key == SECRET else as_text(base.get(key)) for key in fields})


def sections(base: Mapping[str, object]) -> Sequence[Section]:
    """The form, top to bottom: what the customer sent, who may sign in, and what is rarely needed."""
    sent = [
        Entry("client_id", gettext("Client ID"), hint=gettext("Leave empty until the customer has sent it.")),
        Entry(SECRET, gettext("Client secret"), Kind.SECRET),
    ]
    where, requests = _endpoints(), _requests(as_text(base.get("client_auth")))
    if base.get("protocol") == Protocol.OAUTH2:
        emails = Entry("emails_endpoint", gettext("Emails endpoint"), Kind.URL)
        return (
            Section(gettext("Details from the customer"), [*where[:3], *sent]),
            Section(gettext("Account matching"), _matching()),
            Section(gettext("Requests and responses"), [*requests, where[4], emails], folded=True),
        )
    claims = Entry(
        "required_claims",
        gettext("Required claims"),
        Kind.CLAIMS,
        gettext("One per line: name = value. Logins without exactly these values are refused."),
    )
    pinned = bool(base.get("required_claims"))
    issuer = Entry("issuer", gettext("Issuer"), Kind.URL, issuer_hint(as_text(base.get("preset"))))
    return (
        Section(gettext("Details from the customer"), [issuer, *sent, *([claims] if pinned else [])]),
        Section(gettext("Account matching"), _matching()),
        Section(gettext("Requests and tokens"), [*requests, *([] if pinned else [claims]), _profile()], folded=True),
        Section(gettext("Manual endpoints"), [_discovery(), *where], folded=True),
    )


def _discovery() -> Entry:
    hint = gettext("Only if it is not under the issuer.")
    return Entry("discovery_url", gettext("Discovery document"), Kind.URL, hint)


def _endpoints() -> list[Entry]:
    return [
        Entry("authorization_endpoint", gettext("Authorization endpoint"), Kind.URL),
        Entry("token_endpoint", gettext("Token endpoint"), Kind.URL),
        Entry("userinfo_endpoint", gettext("Userinfo endpoint"), Kind.URL),
        Entry("jwks_uri", gettext("Key set"), Kind.URL),
        Entry("end_session_endpoint", gettext("Sign-out endpoint"), Kind.URL),
    ]


def _matching() -> list[Entry]:
    return [
        Entry(
            "match_by",
            gettext("Match accounts by"),
            Kind.CHOICE,
            choices=(
                (MatchBy.EMAIL, gettext("Email")),
                (MatchBy.USERNAME, gettext("Username")),
                (MatchBy.EXTERNAL_ID, gettext("External ID")),
            ),
        ),
        Entry(
            "email_trust",
            gettext("Trust emails"),
            Kind.CHOICE,
            gettext(
                "Choose Always only if the customer owns the issuer and people cannot choose their own address there."
            ),
            choices=(
                ("verified", gettext("Only if the provider marks them as verified")),
                ("always", gettext("Always")),
            ),
        ),
        Entry("email_claim", gettext("Email claim")),
        Entry("match_claim", gettext("Username or external ID claim"), hint=gettext("Leave empty for the default.")),
        Entry(
            "subject_claim",
            gettext("Subject claim"),
            hint=gettext("A claim that is never reassigned to another person."),
        ),
    ]


def _requests(auth: str) -> list[Entry]:
    yes_or_no = (("yes", gettext("Yes")), ("no", gettext("No")))
    return [
        Entry("client_auth", gettext("Client authentication"), Kind.CHOICE, choices=client_auth_choices(auth)),
        Entry(
            "client_auth_encoding",
            gettext("Client ID and secret encoding"),
            Kind.CHOICE,
            gettext("Choose Raw for servers that reject a correct secret that contains special characters."),
            choices=(("form", gettext("Form-encoded, as in the standard (form)")), ("raw", gettext("Raw (raw)"))),
        ),
        *_assertions(),
        Entry("scopes", gettext("Scopes"), Kind.WORDS, gettext("Separate with spaces.")),
        Entry("signing_algs", gettext("Allowed signing algorithms"), Kind.WORDS),
        Entry("encryption_algs", gettext("Allowed key encryption algorithms"), Kind.WORDS),
        Entry(
            "response_mode",
            gettext("Response mode"),
            Kind.CHOICE,
            choices=(("query", gettext("Query string (query)")), ("form_post", gettext("Form post (form_post)"))),
        ),
        Entry(
            "pkce",
            gettext("PKCE"),
            Kind.CHOICE,
            gettext("Choose No only if the server does not support it."),
            yes_or_no,
        ),
        Entry(
            "dpop",
            gettext("DPoP"),
            Kind.CHOICE,
            gettext("Yes binds access tokens to a key that is created for each login. The provider must support DPoP."),
            yes_or_no,
        ),
        Entry("provider_logout", gettext("Also sign out at the provider"), Kind.CHOICE, choices=yes_or_no),
    ]


def _profile() -> Entry:
    hint = gettext("IPSIE SL1 requires the provider to meet the whole profile. Logins that do not meet it are refused.")
    choices = (("", gettext("None")), ("ipsie", gettext("IPSIE SL1")))
    return Entry("profile", gettext("Profile"), Kind.CHOICE, hint, choices)


def _assertions() -> list[Entry]:
    return [
        Entry(
            "client_assertion_audience",
            gettext("Assertion audience"),
            Kind.CHOICE,
            choices=(("token_endpoint", gettext("The token endpoint")), ("issuer", gettext("The issuer"))),
        ),
        Entry(
            "client_assertion_alg",
            gettext("Assertion signing algorithm"),
            Kind.CHOICE,
            choices=(("RS256", "RS256"), ("ES256", "ES256")),
        ),
    ]


def client_auth_choices(present: str) -> list[tuple[str, str]]:
    """Certificates come from `sso-bridge apply`: their methods are offered only if already in use."""
    ways = {
        ClientAuth.BASIC: gettext("Client secret in a header (client_secret_basic)"),
        ClientAuth.POST: gettext("Client secret in the form (client_secret_post)"),
        ClientAuth.SECRET_JWT: gettext("Assertion signed with the client secret (client_secret_jwt)"),
        ClientAuth.PRIVATE_KEY_JWT: gettext("Assertion signed with a private key (private_key_jwt)"),
        ClientAuth.TLS: gettext("Client certificate (tls_client_auth)"),
        ClientAuth.SELF_SIGNED_TLS: gettext("Self-signed client certificate (self_signed_tls_client_auth)"),
        ClientAuth.NONE: gettext("None: public client (none)"),
    }
    return [(way, label) for way, label in ways.items() if way not in TLS_AUTH or way == present]
