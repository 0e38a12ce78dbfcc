"""Fields of a connection about who may sign in: how accounts are found, and what the provider must send."""

from app.domain.connections.connection import MatchBy
from app.web.connections.connection_entry import Entry, Kind
from app.web.i18n import gettext


def matching(*, oauth2: bool) -> list[Entry]:
    verified = gettext("The claim that says whether the email is verified; Microsoft Entra ID has xms_edov.")
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
        Entry("email_verified_claim", gettext("Email verified claim"), hint="" if oauth2 else verified),
        Entry("match_claim", gettext("Username or external ID claim"), hint=gettext("Leave empty for the default.")),
        Entry(
            "subject_claim",
            gettext("Subject claim"),
            hint=gettext("A claim that is never reassigned to another person."),
        ),
    ]


def required_claims() -> Entry:
    return Entry(
        "required_claims",
        gettext("Required claims"),
        Kind.CLAIMS,
        gettext("One per line: name = value. Logins without exactly these values are refused."),
    )


def back() -> list[Entry]:
    """What the provider's tokens must be like."""
    profile = gettext(
        "IPSIE SL1 requires the provider to meet the whole profile. Logins that do not meet it are refused."
    )
    return [
        Entry(
            "trusted_audiences",
            gettext("Further audiences"),
            Kind.WORDS,
            gettext("Audiences that an id_token may have beside the client ID. Separate with spaces."),
        ),
        Entry("signing_algs", gettext("Allowed signing algorithms"), Kind.WORDS),
        Entry("encryption_algs", gettext("Allowed key encryption algorithms"), Kind.WORDS),
        Entry(
            "profile",
            gettext("Profile"),
            Kind.CHOICE,
            profile,
            (("", gettext("None")), ("ipsie", gettext("IPSIE SL1"))),
        ),
    ]


def step_up() -> list[Entry]:
    return [
        Entry(
            "prompt",
            gettext("Prompt"),
            Kind.WORDS,
            gettext("login, consent, select_account or several. With login, people sign in at the provider each time."),
        ),
        Entry(
            "max_age",
            gettext("Longest time since the sign-in at the provider"),
            hint=gettext("In seconds. Whoever signed in there longer ago has to sign in again."),
        ),
        Entry(
            "acr_values",
            gettext("Required authentication context (acr)"),
            Kind.WORDS,
            gettext("The best first, separated by spaces. The id_token must have one of them."),
        ),
    ]
