"""Fields of a connection about its provider: where it is, what it is asked, and how people sign out."""

from app.web.connections.connection_entry import Entry, Kind
from app.web.connections.preset_words import issuer_hint
from app.web.i18n import gettext


def yes_or_no() -> tuple[tuple[str, str], tuple[str, str]]:
    return (("yes", gettext("Yes")), ("no", gettext("No")))


def issuer(preset: str) -> Entry:
    return Entry("issuer", gettext("Issuer"), Kind.URL, issuer_hint(preset))


def endpoints(*, oauth2: bool) -> tuple[list[Entry], list[Entry]]:
    """Those that every plain OAuth 2.0 server has, and the others; with discovery, all of them are overrides."""
    first = [
        Entry("authorization_endpoint", gettext("Authorization endpoint"), Kind.URL),
        Entry("token_endpoint", gettext("Token endpoint"), Kind.URL),
        Entry("userinfo_endpoint", gettext("Userinfo endpoint"), Kind.URL),
    ]
    emails = gettext("Only for a server that lists a person's addresses at an endpoint of its own, like GitHub.")
    further = [
        Entry("discovery_url", gettext("Discovery document"), Kind.URL, gettext("Only if it is not under the issuer.")),
        Entry("jwks_uri", gettext("Key set"), Kind.URL),
        Entry(
            "jwks",
            gettext("Key set as text"),
            Kind.LINES,
            gettext('Only if there is no address for it: {"keys": […]}, public keys only.'),
        ),
        Entry("par_endpoint", gettext("Pushed authorization endpoint"), Kind.URL),
        Entry("emails_endpoint", gettext("Emails endpoint"), Kind.URL, emails),
    ]
    if oauth2:
        about = gettext("Only if the server names itself in its responses (RFC 9207) or has a discovery document.")
        return first, [Entry("issuer", gettext("Issuer"), Kind.URL, about), *further]
    return first, [further[0], *first, *further[1:]]


def requests() -> list[Entry]:
    return [
        Entry("scopes", gettext("Scopes"), Kind.WORDS, gettext("Separate with spaces.")),
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
            yes_or_no(),
        ),
        *_protection(),
        Entry(
            "prompt_values_supported",
            gettext("Supported prompt values"),
            Kind.WORDS,
            gettext("Only if the provider's metadata does not list them. Separate with spaces."),
        ),
        Entry(
            "authorize_params",
            gettext("Extra request parameters"),
            Kind.CLAIMS,
            gettext("One per line: name = value. They are added to the authorization request."),
        ),
    ]


def _protection() -> list[Entry]:
    """What keeps requests and tokens from others."""
    return [
        Entry(
            "par",
            gettext("Pushed authorization requests"),
            Kind.CHOICE,
            choices=(
                ("auto", gettext("If the provider requires them (auto)")),
                ("required", gettext("Always (required)")),
                ("off", gettext("Never (off)")),
            ),
        ),
        Entry(
            "dpop",
            gettext("DPoP"),
            Kind.CHOICE,
            gettext("Yes binds access tokens to a key that is created for each login. The provider must support DPoP."),
            yes_or_no(),
        ),
    ]


def sign_out() -> list[Entry]:
    return [
        Entry("provider_logout", gettext("Also sign out at the provider"), Kind.CHOICE, choices=yes_or_no()),
        Entry("end_session_endpoint", gettext("Sign-out endpoint"), Kind.URL),
    ]
