"""Services in which a company keeps the people of its applications: Auth0, PingOne, ZITADEL, Cognito."""

from collections.abc import Mapping

from app.domain.reasons.reason import N_
from app.web.connections.guides.guide import Guide, Value, if_wanted, step

GUIDES: Mapping[str, Guide] = {
    "auth0": Guide(
        before=N_("You need the role Admin of your Auth0 tenant."),
        steps=(
            step(
                N_(
                    "In the **Auth0 Dashboard**, open **Applications** > **Applications** and choose **Create "
                    "Application**. Enter a name and choose **Regular Web Applications**."
                )
            ),
            step(N_("On the **Settings** tab, set **Allowed Callback URLs** to this value:"), Value.REDIRECT_URI),
            step(N_("Set **Allowed Logout URLs** to this value:"), Value.POST_LOGOUT_URI),
            step(N_("In the same place, copy *Domain*, *Client ID* and *Client Secret*. Choose **Save**.")),
            step(
                N_(
                    "On the **Connections** tab, choose which of your connections may sign in. In a database "
                    "connection, turn on **Disable Sign Ups** if only people of your company should have an account."
                )
            ),
            if_wanted(
                N_("For logins that begin at Auth0: set **Application Login URI** to this value:"),
                Value.INITIATE_LOGIN_URI,
            ),
            if_wanted(
                N_(
                    "To end sessions here when people sign out of Auth0: under **Advanced Settings** (or **Sessions**) "
                    "> **OIDC Back-Channel Logout**, enter this value. As initiators, choose *Account deleted* and "
                    "*Session expired* too."
                ),
                Value.BACKCHANNEL_LOGOUT_URI,
            ),
        ),
    ),
    "pingone": Guide(
        before=N_(
            "You need the role Environment Admin or Client Application Developer. For your own server, choose "
            "PingFederate instead."
        ),
        steps=(
            step(
                N_(
                    "In the **PingOne admin console**, open **Applications** > **Applications** and add one of the "
                    "type **OIDC Web App**."
                )
            ),
            step(
                N_(
                    "On the **Configuration** tab, leave the response type **Code** and the grant type "
                    "**Authorization Code**, and add this value to **Redirect URIs**:"
                ),
                Value.REDIRECT_URI,
            ),
            step(N_("Add this value to **Signoff URLs**:"), Value.POST_LOGOUT_URI),
            step(
                N_(
                    "Set **Token Endpoint Authentication Method** to **Client Secret Basic**. Save, and copy *Issuer "
                    "ID*."
                )
            ),
            step(
                N_(
                    "On the **Attribute Mappings** tab, map `email` to *Email Address*. On the **Resources** tab, "
                    "allow the scopes `email` and `profile`."
                )
            ),
            step(N_("On the **Overview** tab, copy *Client ID* and *Client Secret*. Switch the application on.")),
            if_wanted(
                N_("For logins that begin at PingOne: set **Initiate Login URI** to this value:"),
                Value.INITIATE_LOGIN_URI,
            ),
        ),
    ),
    "zitadel": Guide(
        before=N_("You need to be an owner of the project (or of the organization) in ZITADEL."),
        steps=(
            step(
                N_(
                    "In the **Console**, open **Projects**, choose your project (best one of its own for this "
                    "application), and under **Applications** choose **New**: type **Web**, authentication method "
                    "**Code**."
                )
            ),
            step(N_("Add this value to **Redirect URIs**:"), Value.REDIRECT_URI),
            step(N_("Add this value to **Post Logout URIs**, and create the application:"), Value.POST_LOGOUT_URI),
            step(N_("Copy *Client ID* and *Client Secret*. They are shown once.")),
            step(N_("On the project's page, copy *Resource Id*: the bridge has to accept it as an audience.")),
            if_wanted(
                N_(
                    "To end sessions here when people sign out of ZITADEL: set the application's **Back-Channel Logout "
                    "URI** to this value:"
                ),
                Value.BACKCHANNEL_LOGOUT_URI,
            ),
        ),
    ),
    "cognito": Guide(
        before=N_("You need permission to change your user pool in AWS."),
        steps=(
            step(
                N_(
                    "In **Amazon Cognito**, open **User pools**, choose your pool, then **App clients** > **Create app "
                    "client**. Choose **Traditional web application**, which has a client secret."
                )
            ),
            step(
                N_("On its **Login pages** tab, edit, and add this value to **Allowed callback URLs**:"),
                Value.REDIRECT_URI,
            ),
            step(N_("Add this value to **Allowed sign-out URLs**:"), Value.POST_LOGOUT_URI),
            step(
                N_(
                    "Choose the grant type **Authorization code grant** and the scopes **OpenID**, **Email** and "
                    "**Profile**. Save."
                )
            ),
            step(N_("On the app client's page, copy *Client ID* and *Client secret*.")),
            step(
                N_(
                    "On the pool's **Overview**, copy *User pool ID*. Under **Branding** > **Domain**, the pool must "
                    "have a domain: the sign-in page is there."
                )
            ),
        ),
    ),
}
