"""Servers that companies run themselves: AD FS, Keycloak, Dex, authentik, PingFederate, GitLab."""

from collections.abc import Mapping

from app.domain.reasons.reason import N_
from app.web.connections.guides.guide import Guide, Value, if_wanted, step

GUIDES: Mapping[str, Guide] = {
    "adfs": Guide(
        before=N_(
            "You need AD FS 2016 or later, and to be a local administrator of it. AD FS 2016 needs the update "
            "KB4019472."
        ),
        steps=(
            step(
                N_(
                    "In **AD FS Management**, right-click **Application Groups** and choose **Add Application "
                    "Group**. Enter a name and choose **Server application accessing a web API**."
                )
            ),
            step(
                N_(
                    "On the page **Server application**, copy *Client Identifier*. Add this value under **Redirect "
                    "URI**:"
                ),
                Value.REDIRECT_URI,
            ),
            step(N_("On the next page, tick **Generate a shared secret** and copy it. It is shown only once.")),
            step(
                N_(
                    "On the page **Configure Web API**, paste the *Client Identifier* under **Identifier** and choose "
                    "**Add**. Choose an access control policy on the page after it."
                )
            ),
            step(
                N_(
                    "On the page **Configure Application Permissions**, tick the scopes `openid` and `allatclaims`. "
                    "Without `allatclaims`, no email is sent. Finish the wizard."
                )
            ),
            step(
                N_(
                    "Open the properties of the web API. On the tab **Issuance Transform Rules**, choose **Add Rule** "
                    "> **Send LDAP Attributes as Claims**: attribute store **Active Directory**, and "
                    "*E-Mail-Addresses* as *E-Mail Address*."
                )
            ),
            if_wanted(
                N_(
                    "To end sessions here when people sign out of AD FS, set the front-channel logout address in "
                    "PowerShell: `Set-AdfsServerApplication -TargetIdentifier` with your client identifier, "
                    "`-LogoutUri` with this value:"
                ),
                Value.FRONTCHANNEL_LOGOUT_URI,
            ),
        ),
    ),
    "keycloak": Guide(
        before=N_("You need the role `manage-clients` of your realm."),
        steps=(
            step(
                N_(
                    "In the **Admin Console**, select your realm, open **Clients** and choose **Create client**. "
                    "Client type **OpenID Connect**; choose a *Client ID* yourself, and keep it for later."
                )
            ),
            step(
                N_(
                    "On **Capability config**, switch **Client authentication** on, and of the flows leave only "
                    "**Standard flow** ticked."
                )
            ),
            step(
                N_("On **Login settings**, set **Valid redirect URIs** to this value, without `*`:"),
                Value.REDIRECT_URI,
            ),
            step(N_("Set **Valid post logout redirect URIs** to this value, and save:"), Value.POST_LOGOUT_URI),
            step(N_("On the **Credentials** tab, copy *Client Secret*.")),
            step(
                N_(
                    "Open **Realm settings** > **General** and open the link **OpenID Endpoint Configuration**. Copy "
                    "its address; the bridge finds the issuer in it."
                )
            ),
            if_wanted(
                N_(
                    "To end sessions here when people sign out of Keycloak: on the client's **Settings** tab, switch "
                    "**Front channel logout** off first; while it is on, Keycloak never uses the back channel. Then "
                    "set **Backchannel logout URL** to this value, with **Backchannel logout session required** on:"
                ),
                Value.BACKCHANNEL_LOGOUT_URI,
            ),
            if_wanted(
                N_(
                    "Only if the bridge is to authenticate with a key instead of a secret: on the **Keys** tab, "
                    "switch **Use JWKS URL** on and paste this value:"
                ),
                Value.JWKS_URI,
            ),
        ),
    ),
    "dex": Guide(
        before=N_("You need to be able to change Dex's configuration file, and to restart Dex."),
        steps=(
            step(
                N_(
                    "In Dex's configuration, add a client under `staticClients`: an `id` of your choice, a long random "
                    "`secret` (or `secretEnv`), and `name: SSO Bridge`."
                )
            ),
            step(N_("Under its `redirectURIs`, list this value and nothing else:"), Value.REDIRECT_URI),
            step(N_("Restart Dex. Copy `issuer` from its configuration, exactly as it is.")),
        ),
    ),
    "authentik": Guide(
        before=N_("You need to be an administrator of authentik."),
        steps=(
            step(
                N_(
                    "In the **Admin interface**, open **Applications** > **Providers** and choose **Create** > "
                    "**OAuth2/OpenID Provider**. Client type **Confidential**. Choose a **Signing Key**: without one, "
                    "authentik signs with the client secret, which is refused here."
                )
            ),
            step(N_("Under **Redirect URIs**, add this value in the mode **Strict**:"), Value.REDIRECT_URI),
            step(
                N_(
                    "Open **Applications** > **Applications** and choose **Create**. Enter a name and a slug, and "
                    "choose the provider that you just created. Under **Policy / Group / User Bindings**, choose who "
                    "may sign in."
                )
            ),
            step(
                N_(
                    "Open the provider's page. Copy *Client ID*, *Client Secret* and *OpenID Configuration Issuer*, "
                    "with its slash at the end."
                )
            ),
            if_wanted(
                N_(
                    "To end sessions here when people sign out of authentik: edit the provider, set **Logout Method** "
                    "to **Back-channel** and **Logout URI** to this value:"
                ),
                Value.BACKCHANNEL_LOGOUT_URI,
            ),
        ),
    ),
    "pingfederate": Guide(
        before=N_("You need to be an administrator of PingFederate. For the cloud service, choose PingOne instead."),
        steps=(
            step(
                N_(
                    "In the **administrative console**, open **Applications** > **OAuth** > **Clients** and choose "
                    "**Add Client**. Choose a *Client ID*, set **Client Authentication** to **Client Secret**, and "
                    "choose **Generate Secret**. Copy both."
                )
            ),
            step(N_("Add this value to **Redirection URIs**:"), Value.REDIRECT_URI),
            step(
                N_(
                    "Under **Allowed Grant Types**, tick **Authorization Code**. Choose the client's **OpenID Connect "
                    "Policy**, and save."
                )
            ),
            step(
                N_(
                    "Open **Applications** > **OAuth** > **OpenID Connect Policy Management** and choose that policy. "
                    "Its contract must fulfil an email attribute (`email` or `mail`) and, if it can, `email_verified`."
                )
            ),
            if_wanted(
                N_(
                    "To end sessions here when people sign out of PingFederate: set the client's **Back-Channel Logout "
                    "URI** to this value:"
                ),
                Value.BACKCHANNEL_LOGOUT_URI,
            ),
            if_wanted(
                N_("Only if the bridge is to authenticate with a key: set the client's **JWKS URL** to this value:"),
                Value.JWKS_URI,
            ),
        ),
    ),
    "gitlab": Guide(
        before=N_("You need to be an owner of your group on GitLab.com, or an administrator of your own GitLab."),
        steps=(
            step(
                N_(
                    "On GitLab.com, open your group, then **Settings** > **Applications**. On your own GitLab, open "
                    "**Admin area** > **Applications**. Choose **Add new application**."
                )
            ),
            step(N_("Enter a name, and under **Redirect URI** this value:"), Value.REDIRECT_URI),
            step(N_("Leave **Confidential** ticked, tick the scopes `openid`, `profile` and `email`, and save.")),
            step(N_("Copy *Application ID*, which is the client ID, and *Secret*, which is the client secret.")),
        ),
    ),
}
