"""Directories of companies, run by others: Entra ID, Google, Okta, OneLogin, JumpCloud."""

from collections.abc import Mapping

from app.domain.reasons.reason import N_
from app.web.connections.guides.guide import Guide, GuideStep, Value, if_wanted, step

_OKTA_APP: tuple[GuideStep, ...] = (
    step(
        N_(
            "In the **Okta Admin Console**, open **Applications** > **Applications** and choose **Create App "
            "Integration**. Select **OIDC - OpenID Connect** and **Web Application**, then **Next**."
        )
    ),
    step(
        N_(
            "Enter a name that your people recognise. Under **Grant type**, leave **Authorization Code** as it is. "
            "Replace the example under **Sign-in redirect URIs** with this value:"
        ),
        Value.REDIRECT_URI,
    ),
    step(
        N_("Replace the example under **Sign-out redirect URIs** with this value:"),
        Value.POST_LOGOUT_URI,
    ),
    step(
        N_(
            "Under **Assignments**, choose who may sign in: everyone, or selected groups. People who are not assigned "
            "are turned away by Okta. Choose **Save**."
        )
    ),
    step(
        N_(
            "On the **General** tab, copy *Client ID*, and under **Client Secrets** the *Secret*. *Client "
            "authentication* must be **Client secret**."
        )
    ),
)
_OKTA_TILE = if_wanted(
    N_(
        "For a tile on the Okta dashboard: on the **General** tab, edit **General Settings**. Set **Login initiated "
        "by** to **Either Okta or App**, tick **Display application icon to users**, and set **Initiate login URI** to "
        "this value:"
    ),
    Value.INITIATE_LOGIN_URI,
)

GUIDES: Mapping[str, Guide] = {
    "entra": Guide(
        before=N_(
            "You need the role Application Developer, Cloud Application Administrator or Application Administrator."
        ),
        steps=(
            step(
                N_(
                    "In the **Microsoft Entra admin center**, open **Entra ID** > **App registrations** and choose "
                    "**New registration**. Enter a name, and under **Supported account types** choose accounts in this "
                    "organizational directory only (single tenant)."
                )
            ),
            step(
                N_(
                    "Under **Redirect URI**, choose the platform **Web** and paste this value. Then choose "
                    "**Register**."
                ),
                Value.REDIRECT_URI,
            ),
            step(N_("On the **Overview** page, copy *Application (client) ID* and *Directory (tenant) ID*.")),
            step(
                N_(
                    "Open **Certificates & secrets** > **Client secrets** and choose **New client secret**. Copy its "
                    "*Value*, not its *Secret ID*, and note when it expires. The value is shown only once."
                )
            ),
            step(
                N_(
                    "Open **Token configuration** and choose **Add optional claim**. Select the token type **ID** and "
                    "the claim `email`, then **Add**. If you are asked to turn on the Microsoft Graph email "
                    "permission, agree. Without this claim, Entra sends an email for some accounts only."
                )
            ),
            step(
                N_(
                    "If only some people may sign in: open **Enterprise applications**, choose the application, set "
                    "**Properties** > **Assignment required?** to **Yes**, and add them under **Users and groups**."
                )
            ),
            if_wanted(
                N_(
                    "To end sessions here when people sign out of Entra: open **Authentication** and set "
                    "**Front-channel logout URL** to this value:"
                ),
                Value.FRONTCHANNEL_LOGOUT_URI,
            ),
            if_wanted(
                N_("For a tile in My Apps: open **Branding & properties** and set **Home page URL** to this value:"),
                Value.INITIATE_LOGIN_URI,
            ),
        ),
    ),
    "google": Guide(
        before=N_(
            "You need a project in Google Cloud that belongs to your own organization, and permission to edit it."
        ),
        steps=(
            step(
                N_(
                    "In the **Google Cloud console**, select the project and open **APIs & Services** > **OAuth "
                    "consent screen**. Enter a name, and as the audience (user type) choose **Internal**."
                )
            ),
            step(
                N_(
                    "Open **Credentials** (or **Clients**), choose **Create credentials** > **OAuth client ID**, and "
                    "the application type **Web application**."
                )
            ),
            step(N_("Under **Authorized redirect URIs**, add this value and choose **Create**:"), Value.REDIRECT_URI),
            step(N_("Copy *Client ID* and *Client secret*. The secret is shown only once.")),
        ),
    ),
    "okta": Guide(
        before=N_("You need the role Super Administrator or Application Administrator."),
        steps=(
            *_OKTA_APP,
            step(
                N_(
                    "Copy your Okta domain: choose your name in the top right corner. It looks like "
                    "`acme.okta.com`, without `-admin`."
                )
            ),
            _OKTA_TILE,
        ),
    ),
    "okta-custom": Guide(
        before=N_(
            "You need the role Super Administrator, and a custom authorization server (API Access Management). "
            "Without one, choose Okta instead."
        ),
        steps=(
            *_OKTA_APP,
            step(
                N_(
                    "Open **Security** > **API** > **Authorization Servers**, choose your server and copy *Issuer "
                    "URI*. Under **Access Policies**, a policy and a rule must allow this client the authorization "
                    "code grant."
                )
            ),
            _OKTA_TILE,
        ),
    ),
    "onelogin": Guide(
        before=N_("You need the role Super User or Account Owner."),
        steps=(
            step(
                N_(
                    "Open **Administration** > **Applications** > **Applications** and choose **Add App**. Search for "
                    "**OpenId Connect (OIDC)**, enter a name, and choose **Save**."
                )
            ),
            step(N_("On the **Configuration** tab, add this value to **Redirect URI's**:"), Value.REDIRECT_URI),
            step(N_("In the same place, add this value to **Post Logout Redirect URIs**:"), Value.POST_LOGOUT_URI),
            step(
                N_(
                    "On the **SSO** tab, set **Token Endpoint** > **Authentication Method** to **Basic**. Copy *Client "
                    "ID*, *Client Secret* and *Issuer URL*."
                )
            ),
            step(N_("On the **Access** and **Users** tabs, choose who may sign in. Choose **Save**.")),
            if_wanted(
                N_("For a tile in the portal: on the **Configuration** tab, set **Login Url** to this value:"),
                Value.INITIATE_LOGIN_URI,
            ),
        ),
    ),
    "jumpcloud": Guide(
        before=N_("You need the role Administrator or Manager."),
        steps=(
            step(
                N_(
                    "In the **Admin Portal**, open **SSO Applications** and choose **Add New Application** > **Custom "
                    "Application**. Choose **Manage Single Sign-On (SSO)** and **Configure SSO with OIDC**."
                )
            ),
            step(N_("On the **SSO** tab, add this value to **Redirect URIs**:"), Value.REDIRECT_URI),
            step(N_("Set **Client Authentication Type** to **Client Secret Basic**.")),
            step(N_("Set **Login URL** to this value:"), Value.INITIATE_LOGIN_URI),
            step(
                N_(
                    "Under **Attribute Mapping**, tick the standard scopes **Email** and **Profile**. Do not add "
                    "attributes named `email` or `email_verified` of your own."
                )
            ),
            step(N_("On the **User Groups** tab, choose who may sign in.")),
            step(N_("Choose **Activate**. *Client ID* and *Client Secret* are shown once: copy both.")),
        ),
    ),
}
