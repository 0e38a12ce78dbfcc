"""What a guide is made of."""

from dataclasses import dataclass
from enum import StrEnum


class Value(StrEnum):
    """One of the connection's own addresses (domain/connections/provider_addresses.py), to be copied at a step."""

    REDIRECT_URI = "redirect_uri"
    INITIATE_LOGIN_URI = "initiate_login_uri"
    POST_LOGOUT_URI = "post_logout_redirect_uri"
    BACKCHANNEL_LOGOUT_URI = "backchannel_logout_uri"
    FRONTCHANNEL_LOGOUT_URI = "frontchannel_logout_uri"
    JWKS_URI = "jwks_uri"


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One thing to do in the provider's console. `text` is marked for translation by N_, as a whole.

    `**…**` is what to click or fill in there, `*…*` what is shown there, and a backtick encloses what is typed.
    """

    text: str
    values: tuple[Value, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """`before` says what is needed to begin. Optional steps come last."""

    before: str
    steps: tuple[GuideStep, ...]


def step(text: str, *values: Value) -> GuideStep:
    return GuideStep(text, values)


def if_wanted(text: str, *values: Value) -> GuideStep:
    """Logins work without it."""
    return GuideStep(text, values, optional=True)
