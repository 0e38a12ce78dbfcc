"""Plain OAuth 2.0 servers, without id_tokens, and the two guides for whatever has none of its own."""

from collections.abc import Mapping

from app.domain.reasons.reason import N_
from app.web.connections.guides.guide import Guide, Value, if_wanted, step

GUIDES: Mapping[str, Guide] = {
    "github": Guide(
        before=N_("You need to be an owner of your organization on GitHub."),
        steps=(
            step(
                N_(
                    "On GitHub, open your organization, then **Settings** > **Developer settings** > **OAuth Apps**, "
                    "and choose **New OAuth App**. Enter a name and a homepage."
                )
            ),
            step(
                N_("Set **Authorization callback URL** to this value, and choose **Register application**:"),
                Value.REDIRECT_URI,
            ),
            step(N_("Copy *Client ID*. Choose **Generate a new client secret** and copy it. It is shown only once.")),
            step(
                N_(
                    "Anyone can have a GitHub account. People get in only with a verified primary address there that "
                    "an account here has."
                )
            ),
        ),
    ),
    "livechat": Guide(
        before=N_("You need an account on the LiveChat Developer Console that belongs to your organization."),
        steps=(
            step(N_("In the **Developer Console**, create an app and add the building block **Authorization**.")),
            step(
                N_("Choose the client type **Server-side app**, and set **Redirect URI** to this value:"),
                Value.REDIRECT_URI,
            ),
            step(N_("Add the scope `accounts--my:ro` and choose **Save changes**.")),
            step(N_("Copy *Client Id* and *Client Secret*.")),
        ),
    ),
    "versature": Guide(
        before=N_("You need access to the Versature developer portal. If you have none, ask Versature support for it."),
        steps=(
            step(
                N_(
                    "In the **Versature developer portal**, create credentials for the **Authorization Code Grant**. "
                    "As the redirect URI, enter this value:"
                ),
                Value.REDIRECT_URI,
            ),
            step(N_("Copy *Client ID* and *Client Secret*.")),
            step(
                N_(
                    "Ask the service which address returns the signed-in person (userinfo) for an access token, and "
                    "the names of the fields for the person's ID and email. They are not documented publicly."
                )
            ),
        ),
    ),
    "net2phone": Guide(
        before=N_(
            "You need access to the net2phone Canada developer portal. If you have none, ask net2phone support for it."
        ),
        steps=(
            step(
                N_(
                    "In the **net2phone Canada developer portal**, create credentials for the **Authorization Code "
                    "Grant**. As the redirect URI, enter this value:"
                ),
                Value.REDIRECT_URI,
            ),
            step(N_("Copy *Client ID* and *Client Secret*.")),
            step(
                N_(
                    "Ask the service which address returns the signed-in person (userinfo) for an access token, and "
                    "the names of the fields for the person's ID and email. They are not documented publicly."
                )
            ),
        ),
    ),
    "vonage": Guide(
        before=N_(
            "Vonage Contact Center documents API credentials, not logins of people. Ask Vonage whether your account "
            "offers an authorization code login."
        ),
        steps=(
            step(N_("In the **admin portal**, create API credentials: a name, and the scopes that you need.")),
            step(N_("Copy the *client ID* and the *client secret*, which is shown once.")),
            step(
                N_(
                    "Ask Vonage for the three endpoints of the authorization code login (authorization, token, "
                    "userinfo), and to register this redirect URI:"
                ),
                Value.REDIRECT_URI,
            ),
        ),
    ),
    "oidc": Guide(
        before=N_("You need to be able to register an application with your provider."),
        steps=(
            step(
                N_(
                    "In your provider's console, register a confidential web application for the authorization code "
                    "flow, with PKCE if you are asked."
                )
            ),
            step(N_("As its redirect URI (callback URL), enter exactly this value:"), Value.REDIRECT_URI),
            step(N_("Allow the scopes `openid`, `email` and `profile`, and choose who may sign in.")),
            step(
                N_(
                    "Copy the client ID, the client secret and the issuer, or the address of its discovery document, "
                    "which ends with `/.well-known/openid-configuration`."
                )
            ),
            if_wanted(
                N_("If it asks for post-logout redirect URIs (sign-out URLs), enter this value:"),
                Value.POST_LOGOUT_URI,
            ),
            if_wanted(
                N_(
                    "To end sessions here when people sign out there: enter the first of these values where it asks "
                    "for a back-channel logout URL. Use the second one only if it supports the front channel alone."
                ),
                Value.BACKCHANNEL_LOGOUT_URI,
                Value.FRONTCHANNEL_LOGOUT_URI,
            ),
            if_wanted(
                N_("For logins that begin at the provider: enter this value as the initiate login URI:"),
                Value.INITIATE_LOGIN_URI,
            ),
            if_wanted(
                N_("If it encrypts tokens, or authenticates clients by key: enter this value as the JWKS URL:"),
                Value.JWKS_URI,
            ),
        ),
    ),
    "oauth2": Guide(
        before=N_("You need to be able to register an application with the server, and its documentation."),
        steps=(
            step(N_("Register a confidential application for the authorization code grant.")),
            step(N_("As its redirect URI (callback URL), enter exactly this value:"), Value.REDIRECT_URI),
            step(N_("Copy the client ID and the client secret.")),
            step(
                N_(
                    "From its documentation, copy three endpoints: authorization, access token, and the one that "
                    "returns the signed-in person (userinfo). Note the names of the fields for the person's ID and "
                    "email."
                )
            ),
        ),
    ),
}
