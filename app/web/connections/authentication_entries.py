"""Fields of a connection about how the bridge proves itself to the provider. Secrets are typed and never shown."""

from collections.abc import Mapping

from app.domain.connections.connection import ClientAuth
from app.web.connections.connection_entry import Entry, Kind
from app.web.connections.connection_fields import SECRET, stored_mark
from app.web.i18n import gettext


def credentials(base: Mapping[str, object]) -> list[Entry]:
    return [
        Entry("client_id", gettext("Client ID"), hint=gettext("Leave empty until the customer has sent it.")),
        Entry(SECRET, gettext("Client secret"), Kind.SECRET, _kept(base, SECRET)),
        Entry(
            "client_secret_expires",
            gettext("Client secret expires on"),
            Kind.DATE,
            gettext("The provider shows the date where it shows the secret. You are warned 30, 14 and 3 days before."),
        ),
    ]


def authentication(base: Mapping[str, object]) -> list[Entry]:
    return [
        Entry("client_auth", gettext("Client authentication"), Kind.CHOICE, choices=client_auth_choices()),
        Entry(
            "client_auth_encoding",
            gettext("Client ID and secret encoding"),
            Kind.CHOICE,
            gettext("Choose Raw for servers that reject a correct secret that contains special characters."),
            choices=(("form", gettext("Form-encoded, as in the standard (form)")), ("raw", gettext("Raw (raw)"))),
        ),
        next_secret(base),
        Entry("private_key", gettext("Private key"), Kind.HIDDEN_LINES, _private_key(base)),
        Entry("certificate", gettext("Client certificate"), Kind.LINES, _certificate(base)),
        *_assertions(),
    ]


def next_secret(base: Mapping[str, object]) -> Entry:
    return Entry("next_client_secret", gettext("Next client secret"), Kind.SECRET, _next(base))


def client_auth_choices() -> list[tuple[str, str]]:
    """How the bridge can authenticate, each with the name that providers use for it."""
    return [
        (ClientAuth.BASIC, gettext("Client secret in a header (client_secret_basic)")),
        (ClientAuth.POST, gettext("Client secret in the form (client_secret_post)")),
        (ClientAuth.SECRET_JWT, gettext("Assertion signed with the client secret (client_secret_jwt)")),
        (ClientAuth.PRIVATE_KEY_JWT, gettext("Assertion signed with a private key (private_key_jwt)")),
        (ClientAuth.TLS, gettext("Client certificate (tls_client_auth)")),
        (ClientAuth.SELF_SIGNED_TLS, gettext("Self-signed client certificate (self_signed_tls_client_auth)")),
        (ClientAuth.NONE, gettext("None: public client (none)")),
    ]


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
            gettext("For a key that the bridge generates; your own private key decides for itself."),
            choices=(("RS256", "RS256"), ("ES256", "ES256")),
        ),
    ]


def _kept(base: Mapping[str, object], key: str) -> str:
    if stored_mark(base, key):
        return gettext("A secret is stored and never shown. Leave this empty to keep it.")
    return gettext("Stored encrypted and never shown again.")


def _next(base: Mapping[str, object]) -> str:
    if stored_mark(base, "next_client_secret"):
        return gettext("The next secret is stored. It takes over by itself when the provider refuses the present one.")
    return gettext("Enter a new secret here before the present one ends: it takes over by itself, and no login fails.")


def _private_key(base: Mapping[str, object]) -> str:
    if stored_mark(base, "private_key"):
        return gettext("A private key is stored and never shown. Leave this empty to keep it.")
    return gettext(
        "PEM or JWK, without a passphrase. Needed for a client certificate; for private_key_jwt the bridge generates "
        "a key if you leave this empty."
    )


def _certificate(base: Mapping[str, object]) -> str:
    if stored_mark(base, "certificate"):
        return gettext("A certificate is stored. Leave this empty to keep it.")
    return gettext("PEM, the bridge's own certificate first, then the ones that signed it.")
