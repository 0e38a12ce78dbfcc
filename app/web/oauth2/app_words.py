"""Apps and API credentials in words."""

from app.domain.oauth2.client import GrantType
from app.domain.oauth2.client_type import ClientType
from app.services.oauth2.apps import MOST, AppObstacle
from app.web.i18n import gettext


def type_name(kind: ClientType) -> str:
    return {
        ClientType.CREDENTIAL: gettext("API credential"),
        ClientType.WEB: gettext("Web app"),
        ClientType.SINGLE_PAGE: gettext("Single-page app"),
        ClientType.NATIVE: gettext("Native app"),
        ClientType.DEVICE: gettext("Device"),
    }[kind]


def type_explained(kind: ClientType) -> str:
    return {
        ClientType.CREDENTIAL: gettext("A program that calls APIs on its own behalf, without a person."),
        ClientType.WEB: gettext("Runs on a server that can keep a secret: Python, Node, PHP, Java, .NET."),
        ClientType.SINGLE_PAGE: gettext("Runs in the browser only, without a secret."),
        ClientType.NATIVE: gettext("Desktop or mobile. Opens the system browser to sign in."),
        ClientType.DEVICE: gettext(
            "Has no browser: a desk phone, a TV, a command line. People enter a code elsewhere."
        ),
    }[kind]


def grant_words(grant: GrantType) -> str:
    return {
        GrantType.AUTHORIZATION_CODE: gettext("Sign people in (authorization code with PKCE)"),
        GrantType.REFRESH_TOKEN: gettext("Get new tokens without asking again (refresh token)"),
        GrantType.CLIENT_CREDENTIALS: gettext("Call APIs on its own behalf (client credentials)"),
        GrantType.DEVICE_CODE: gettext("Sign people in by a code that they enter elsewhere (device authorization)"),
    }[grant]


def obstacle_words(why: AppObstacle) -> str:
    return {
        AppObstacle.MADE_ALREADY: gettext("This form was sent twice. It has made one app, which is listed here."),
        AppObstacle.TOO_MANY: gettext("There are %(most)s already, which is the limit.", most=str(MOST)),
        AppObstacle.PUBLIC: gettext("This app has no secret."),
        AppObstacle.TWO_SECRETS: gettext("There are two secrets already. Retire one of them first."),
        AppObstacle.ONLY_SECRET: gettext("This is the only secret. Add a second one before you retire it."),
        AppObstacle.REVOKED: gettext("This credential has been revoked. Create a new one."),
    }[why]
