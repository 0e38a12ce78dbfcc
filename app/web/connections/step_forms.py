"""The fields of the steps: few of them, named as the provider's console names what is to be pasted."""

from collections.abc import Mapping, Sequence

from werkzeug.datastructures import MultiDict
from wtforms import StringField

from app.domain.connections.connection import SECRET_AUTH, SECRETS, Connection, MatchBy, Protocol
from app.domain.tenants.tenant import Status
from app.web.connections.authentication_entries import next_secret
from app.web.connections.connection_fields import SECRET, as_text, present
from app.web.connections.connection_form import Entry, Kind, Section, client_auth_choices
from app.web.connections.preset_words import issuer_hint, issuer_label
from app.web.connections.steps import Step
from app.web.consoles.console_form import ConsoleForm, stripped
from app.web.i18n import gettext

PINNED = {"google": "hd"}
"""Presets whose issuer everyone shares, and the claim that must name the customer."""
DOMAIN = "pinned_domain"
"""Its field."""


def step_sections(step: Step, settings: Connection) -> Sequence[Section]:
    """Top to bottom; folded what most people leave alone."""
    if step is Step.ADDRESS:
        return _address(settings)
    return _client(settings) if step is Step.CLIENT else _claims(settings)


def step_form(
    sections: Sequence[Section], settings: Connection, posted: MultiDict[str, str] | None = None
) -> ConsoleForm:
    """With the present values and what was `posted`; a field that was not sent keeps its value."""
    entries = [entry for section in sections for entry in section.entries]
    fields = {entry.key: entry.field() for entry in entries}
    form: type[ConsoleForm] = type("StepForm", (ConsoleForm,), fields)
    return form(posted, data=shown_values(settings, [entry.key for entry in entries]))


def shown_values(settings: Connection, keys: Sequence[str]) -> dict[str, str]:
    """As their fields show them; secrets never."""
    base = {**present(settings), DOMAIN: _pinned(settings)}
    return {key: "" if key in SECRETS else as_text(base.get(key)) for key in keys}


def _pinned(settings: Connection) -> object:
    return settings.provider.required_claims.get(PINNED.get(settings.provider.preset or "", ""))


def _address(settings: Connection) -> Sequence[Section]:
    provider = settings.provider
    if provider.protocol is Protocol.OAUTH2:
        return (
            Section("", _endpoints()),
            Section(gettext("If it signs its answers or offers logout"), [*_keys(), _end_session()], folded=True),
        )
    issuer = Entry("issuer", issuer_label(provider.preset), Kind.URL, issuer_hint(provider.preset or ""))
    by_hand = [
        Entry(
            "discovery_url",
            gettext("Discovery document"),
            Kind.URL,
            gettext("Only if it is not at the issuer followed by /.well-known/openid-configuration."),
        ),
        *_endpoints(oidc=True),
        *_keys(),
        _end_session(),
    ]
    main = [issuer]
    if provider.preset in PINNED:
        hint = gettext("For example, acme.example. People of other organizations are turned away.")
        main.insert(0, Entry(DOMAIN, gettext("Google Workspace domain"), hint=hint))
    return (
        Section("", main),
        Section(gettext("My provider has no discovery document"), by_hand, folded=True),
    )


def _endpoints(*, oidc: bool = False) -> list[Entry]:
    userinfo = gettext("Returns the signed-in person for an access token.")
    found = [
        Entry("authorization_endpoint", gettext("Authorization URL"), Kind.URL),
        Entry("token_endpoint", gettext("Access token URL"), Kind.URL),
        Entry("userinfo_endpoint", gettext("Userinfo URL"), Kind.URL, userinfo),
    ]
    emails = gettext(
        "Only if the addresses are in a list of their own, as at GitHub. The primary, verified one counts."
    )
    return found if oidc else [*found, Entry("emails_endpoint", gettext("Emails URL"), Kind.URL, emails)]


def _keys() -> list[Entry]:
    return [
        Entry("jwks_uri", gettext("JWKS URI"), Kind.URL, gettext("The provider's public keys.")),
        Entry(
            "jwks",
            gettext("JWKS text"),
            Kind.LINES,
            gettext("Only if the provider does not publish its keys at a URL: the JSON text with its public keys."),
        ),
    ]


def _end_session() -> Entry:
    hint = gettext("Signing out here then also signs people out at the provider.")
    return Entry("end_session_endpoint", gettext("End session URL"), Kind.URL, hint)


def _client(settings: Connection) -> Sequence[Section]:
    provider = settings.provider
    entries = [Entry("client_id", gettext("Client ID"))]
    if provider.client_auth in SECRET_AUTH:
        stored = settings.client_secret is not None
        entries += [
            Entry(
                SECRET,
                gettext("Client secret"),
                Kind.SECRET,
                gettext("A secret is stored and never shown. Leave this empty to keep it.")
                if stored
                else gettext("Stored encrypted and never shown again."),
            ),
            Entry(
                "client_secret_expires",
                gettext("Secret expires on"),
                Kind.DATE,
                gettext(
                    "As the provider's console shows it: you will be warned in time. Leave it empty if it does not "
                    "expire."
                ),
            ),
        ]
    if provider.preset == "zitadel" or provider.trusted_audiences:
        hint = gettext("In ZITADEL, the Resource Id of the project. Separate several with spaces.")
        entries.append(Entry("trusted_audiences", gettext("Further audiences"), Kind.WORDS, hint))
    auth = Entry(
        "client_auth",
        gettext("Client authentication"),
        Kind.CHOICE,
        gettext("As the provider's console calls it, often “token endpoint authentication method”."),
        choices=client_auth_choices(),
    )
    other = Section(gettext("Authenticate in another way"), [auth], folded=True)
    return (Section("", entries), *_rotation(settings), other)


def _rotation(settings: Connection) -> Sequence[Section]:
    """Of a connection in use: a new one has nobody whose login could fail."""
    in_use = settings.status is Status.ACTIVE and settings.client_secret is not None
    if not in_use or settings.provider.client_auth not in SECRET_AUTH:
        return ()
    entries = [next_secret(present(settings))]
    return (Section(gettext("Replace the secret without a failed login"), entries, folded=True),)


def _claims(settings: Connection) -> Sequence[Section]:
    provider = settings.provider
    plain = provider.protocol is Protocol.OAUTH2
    subject = Entry(
        "subject_claim",
        gettext("Claim that identifies a person"),
        hint=gettext(
            "Something that never changes and is never given to another person: an ID, not a name or an email."
        ),
    )
    scopes = Entry("scopes", gettext("Scopes"), Kind.WORDS, gettext("Separate with spaces."))
    email = Entry(
        "email_claim",
        gettext("Email claim"),
        hint=gettext("Its name at the provider. A path like user.emails.0.value is allowed."),
    )
    verified = Entry(
        "email_verified_claim",
        gettext("Claim that says whether the email is verified"),
        hint=gettext("Usually email_verified. Entra ID has xms_edov."),
    )
    required = Entry(
        "required_claims",
        gettext("Required claims"),
        Kind.CLAIMS,
        gettext("One per line: name = value. Logins without exactly these values are refused."),
    )
    return (
        Section(gettext("What to ask for"), [scopes, *([subject] if plain else [])]),
        Section(gettext("Which account it is"), [*_matching(), email, _trust()]),
        Section(gettext("Seldom needed"), [verified, *([] if plain else [subject]), required], folded=True),
    )


def _matching() -> list[Entry]:
    return [
        Entry(
            "match_by",
            gettext("Find accounts by"),
            Kind.CHOICE,
            choices=(
                (MatchBy.EMAIL, gettext("Email")),
                (MatchBy.USERNAME, gettext("Username")),
                (MatchBy.EXTERNAL_ID, gettext("External ID")),
            ),
        ),
        Entry(
            "match_claim",
            gettext("Claim to search accounts by"),
            hint=gettext(
                "For usernames and external IDs only. Leave it empty for preferred_username, or the person's ID."
            ),
        ),
    ]


def _trust() -> Entry:
    return Entry(
        "email_trust",
        gettext("Which emails count"),
        Kind.CHOICE,
        gettext(
            "An email decides whose account opens. Trust all of them only if the provider is your own and people "
            "cannot change their address there."
        ),
        choices=(
            ("verified", gettext("Only those that the provider marks as verified")),
            ("always", gettext("All: our admins alone assign addresses there")),
        ),
    )


def name_field() -> StringField:
    return StringField(filters=[stripped], id="field-name")


def entered(form: ConsoleForm, settings: Connection) -> Mapping[str, str]:
    """The texts of its fields, with the domain put among the required claims."""
    texts = {key: text or "" for key, text in form.data.items()}
    domain = texts.pop(DOMAIN, None)
    if domain is not None:
        claims = {**settings.provider.required_claims, PINNED[settings.provider.preset or ""]: domain.strip()}
        texts["required_claims"] = as_text(claims)
    return texts
