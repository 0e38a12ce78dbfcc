"""What to change at the provider, in the words of its own console, by preset (config/providers.toml) and reason.

The page of a test shows it beside the remedy. The same settings are in the guides, docs/providers/<preset>.md.
"""

from collections.abc import Mapping

from app.domain.connections.connection import Provider
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.reason import N_

_R = ReasonCode
Key = ReasonCode | tuple[ReasonCode, str]
"""A reason, or a reason and the claim that it is about."""

ASK_FOR_EMAIL = N_("This connection does not ask for the email. Add email to its scopes, then run the test again.")
ANY_PROVIDER: Mapping[Key, str] = {
    _R.EMAIL_MISSING: N_(
        "Let the provider send the claim email to this application in the id_token or the userinfo response, and check "
        "that the person who ran the test has an email address there."
    ),
    _R.EMAIL_UNVERIFIED: N_(
        "Mark the person's address as verified at the provider, and let it send the claim email_verified with the "
        "value true."
    ),
    _R.ACCESS_DENIED: N_("Assign the application to the people or groups who may use it."),
    _R.CLIENT_REFUSED: N_(
        "Compare the client ID, and create a new client secret. Enter the secret in the connection as it is shown, "
        "without spaces around it."
    ),
    _R.GRANT_REFUSED: N_("Register the redirect URI of this connection at the application, character by character."),
    _R.SCOPE_REFUSED: N_("Allow the application the scopes openid, email and profile."),
}
_OKTA: Mapping[Key, str] = {
    _R.EMAIL_MISSING: N_(
        "Okta sends the email if the scope email is granted: Applications, your app, Okta API Scopes or Sign On. Then "
        "check that Directory, People, the person, Profile, Primary email is filled in."
    ),
    _R.EMAIL_UNVERIFIED: N_(
        "The person has not confirmed the primary email in Okta: Directory, People, the person. If only your admins "
        "set addresses in Okta, set email_trust = always in the connection instead."
    ),
    _R.ACCESS_DENIED: N_("Applications, your app, Assignments, Assign: add the person, or a group that they are in."),
    _R.CLIENT_REFUSED: N_(
        "Applications, your app, General, Client Credentials: copy the client secret, or generate one."
    ),
    _R.GRANT_REFUSED: N_(
        "Applications, your app, General, Sign-in redirect URIs: add the redirect URI of this connection."
    ),
}
AT_PROVIDER: Mapping[str, Mapping[Key, str]] = {
    "entra": {
        _R.EMAIL_MISSING: N_(
            "Token configuration, Add optional claim, token type ID: choose email. Then check Users, the person, "
            "Properties: Email must be filled in, because the user principal name is not used as an email."
        ),
        (_R.EMAIL_UNVERIFIED, "email_verified"): N_(
            "Entra never sends email_verified. Token configuration, Add optional claim, token type ID: choose "
            "xms_edov, and set email_verified_claim = xms_edov in the connection. If your directory alone gives out "
            "the addresses, you can set email_trust = always instead."
        ),
        (_R.EMAIL_UNVERIFIED, "xms_edov"): N_(
            "Token configuration: check that the optional claims email and xms_edov are both there for the token type "
            "ID. Entra sends xms_edov as true only if your directory has verified the domain of the address: Identity, "
            "Settings, Domain names."
        ),
        (_R.CLAIM_INVALID, "tid"): N_(
            "The person signed in with an account of another directory. Sign in with an account of the directory whose "
            "ID is in required_claims, Overview, Directory (tenant) ID."
        ),
        _R.ACCESS_DENIED: N_(
            "Enterprise applications, your app, Users and groups, Add user/group: assign the person. Or Properties, "
            "Assignment required: No."
        ),
        _R.CLIENT_REFUSED: N_(
            "Certificates & secrets, New client secret: copy its Value, not its Secret ID, into the connection."
        ),
        _R.GRANT_REFUSED: N_("Authentication, platform Web: add the redirect URI of this connection."),
    },
    "google": {
        (_R.CLAIM_MISSING, "hd"): N_(
            "The person signed in with a private Google account, which has no hd claim. Sign in with an account of "
            "your Google Workspace."
        ),
        (_R.CLAIM_INVALID, "hd"): N_(
            "The person signed in with an account of another Google Workspace. Compare required_claims with the "
            "primary domain under Account, Domains in the Google Admin console."
        ),
        _R.EMAIL_MISSING: N_("Google Auth Platform, Data Access: add the scopes openid, email and profile."),
        _R.ACCESS_DENIED: N_(
            "Google Auth Platform, Audience: set User type to Internal, or add the person as a test user."
        ),
        _R.CLIENT_REFUSED: N_("Google Auth Platform, Clients, your client: add a client secret and enter it here."),
        _R.GRANT_REFUSED: N_(
            "Google Auth Platform, Clients, your client, Authorized redirect URIs: add the redirect URI."
        ),
    },
    "okta": _OKTA,
    "okta-custom": {
        **_OKTA,
        _R.EMAIL_MISSING: N_(
            "Security, API, your authorization server, Claims: add the claim email with the value user.email to the ID "
            "Token, and under Access Policies allow the scope email to this app."
        ),
        _R.ACCESS_DENIED: N_(
            "Applications, your app, Assignments: assign the person. Then Security, API, your authorization server, "
            "Access Policies: a rule must let this app in."
        ),
    },
    "adfs": {
        _R.EMAIL_MISSING: N_(
            "In the application group, Web API, Client Permissions: tick allatclaims and openid. Under Issuance "
            "Transform Rules, send the LDAP attribute E-Mail-Addresses as E-Mail Address. The connection has to ask "
            "for the scope allatclaims with response_mode = form_post."
        ),
        _R.EMAIL_UNVERIFIED: N_(
            "AD FS never sends email_verified. Set email_trust = always in the connection: the addresses come from "
            "your own Active Directory."
        ),
        _R.ACCESS_DENIED: N_(
            "In the application group, Web API, Access control policy: permit the person. For MSIS9602, run "
            "Grant-AdfsApplicationPermission with the scopes openid and allatclaims."
        ),
        _R.CLIENT_REFUSED: N_(
            "In the application group, Server application: reset the client secret and enter it here."
        ),
    },
    "keycloak": {
        _R.EMAIL_MISSING: N_(
            "Clients, your client, Client scopes: add the scope email as Default. Then Users, the person, Details: "
            "Email must be filled in."
        ),
        _R.EMAIL_UNVERIFIED: N_(
            "Users, the person, Details: turn on Email verified, or let the person confirm the address. The mapper "
            "email verified of the client scope email must be there."
        ),
        _R.CLIENT_REFUSED: N_("Clients, your client, Credentials: copy the client secret, or regenerate it."),
        _R.GRANT_REFUSED: N_(
            "Clients, your client, Settings, Valid redirect URIs: add the redirect URI of this connection."
        ),
    },
    "auth0": {
        _R.EMAIL_MISSING: N_(
            "User Management, Users, the person: the email must be filled in. A social or enterprise connection sends "
            "it only if Authentication, the connection, asks its own provider for the email."
        ),
        _R.EMAIL_UNVERIFIED: N_(
            "User Management, Users, the person: send the verification email, or set it as verified."
        ),
        _R.ACCESS_DENIED: N_(
            "Applications, your app, Connections: turn on the connection that your people sign in with."
        ),
        _R.CLIENT_REFUSED: N_("Applications, your app, Settings: copy the client secret, or rotate it."),
        _R.GRANT_REFUSED: N_("Applications, your app, Settings, Allowed Callback URLs: add the redirect URI."),
    },
    "pingone": {
        _R.EMAIL_MISSING: N_(
            "Applications, your app, Attribute Mappings: map email to Email Address. Then Resources: allow the scopes "
            "email and profile."
        ),
        _R.EMAIL_UNVERIFIED: N_(
            "Applications, your app, Attribute Mappings: map email_verified to Email Verified. If only your admins set "
            "addresses, set email_trust = always in the connection instead."
        ),
        _R.ACCESS_DENIED: N_("Applications, your app, Access: add a group that the person is in."),
    },
    "pingfederate": {
        _R.EMAIL_MISSING: N_(
            "OpenID Connect Policy Management, the policy of the client: fulfil email in the contract. If the policy "
            "sends mail, set email_claim = mail in the connection."
        ),
        _R.EMAIL_UNVERIFIED: N_(
            "OpenID Connect Policy Management: fulfil email_verified with true. If only your admins set addresses, set "
            "email_trust = always in the connection instead."
        ),
    },
    "onelogin": {
        _R.EMAIL_MISSING: N_(
            "Users, the person: Email must be filled in. Applications, your app, Parameters: add Email."
        ),
        _R.EMAIL_UNVERIFIED: N_("OneLogin never sends email_verified: set email_trust = always in the connection."),
        _R.ACCESS_DENIED: N_("Users, the person, Applications: assign the app, or a role that has it."),
    },
    "jumpcloud": {
        _R.EMAIL_MISSING: N_("SSO Applications, your app, SSO, Attribute Mapping, Standard Scopes: tick Email."),
        _R.EMAIL_UNVERIFIED: N_(
            "SSO Applications, your app, SSO, Attribute Mapping: tick the scope Email, and remove attributes of your "
            "own named email or email_verified."
        ),
        _R.ACCESS_DENIED: N_("SSO Applications, your app, User Groups: tick a group that the person is in."),
    },
    "gitlab": {
        _R.EMAIL_MISSING: N_("Applications, your application: tick the scopes openid, profile and email."),
        _R.EMAIL_UNVERIFIED: N_("The person has to confirm the address in GitLab: Preferences, Emails."),
        _R.SCOPE_REFUSED: N_("Applications, your application: tick the scopes openid, profile and email."),
    },
    "authentik": {
        _R.EMAIL_MISSING: N_(
            "Providers, your provider, Advanced protocol settings, Scopes: select the mapping for email. Then check "
            "the email under Directory, Users."
        ),
        _R.EMAIL_UNVERIFIED: N_(
            "authentik sends email_verified: false for everyone since 2025.10. Customization, Property Mappings: write "
            "a scope mapping for email that sends the real value. If only your admins set addresses, set email_trust = "
            "always in the connection instead."
        ),
        _R.ACCESS_DENIED: N_(
            "Applications, your application, Policy / Group / User Bindings: bind the person or a group."
        ),
    },
    "zitadel": {
        _R.EMAIL_MISSING: N_("Users, the person, Contact Information: add an email address."),
        _R.EMAIL_UNVERIFIED: N_("Users, the person, Contact Information: the email must be verified."),
        _R.ACCESS_DENIED: N_("Projects, your project, Authorizations: give the person a role of the project."),
    },
    "cognito": {
        _R.EMAIL_MISSING: N_(
            "App clients, your client, Login pages: allow the scope Email, and under Attribute permissions let it read "
            "email."
        ),
        _R.EMAIL_UNVERIFIED: N_("Users, the person: mark the email address as verified."),
        _R.SCOPE_REFUSED: N_("App clients, your client, Login pages: allow the scopes OpenID, Email and Profile."),
    },
    "dex": {
        _R.EMAIL_MISSING: N_(
            "The connector has to fill in the email: for LDAP, userSearch.emailAttr in Dex's configuration."
        ),
        _R.EMAIL_UNVERIFIED: N_(
            "The OIDC connector passes on email_verified of its own provider. Let that provider send it, or set "
            "insecureSkipEmailVerified if it gives out all addresses itself."
        ),
    },
    "github": {
        _R.EMAIL_MISSING: N_("The person needs a primary address in GitHub: Settings, Emails."),
        _R.EMAIL_UNVERIFIED: N_("The person has to verify the primary address in GitHub: Settings, Emails."),
    },
}


def at_provider(provider: Provider, code: ReasonCode, *, claim: str = "") -> str | None:
    """The setting to change there; None if the reason is not about the provider's settings. To be translated."""
    if code is _R.EMAIL_MISSING and _asks_too_little(provider):
        return ASK_FOR_EMAIL
    own = AT_PROVIDER.get(provider.preset or "", {})
    found = [table.get(key) for table in (own, ANY_PROVIDER) for key in ((code, claim), code)]
    return next((text for text in found if text), None)


def _asks_too_little(provider: Provider) -> bool:
    """Of those that send the email by the scope of this name (OpenID Connect Core, section 5.4)."""
    return "openid" in provider.scopes and not {"email", "allatclaims"} & set(provider.scopes)
