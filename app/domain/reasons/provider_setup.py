"""How the provider and the connection are set up, and what the provider itself refuses."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT, TRY_AGAIN
from app.domain.reasons.reason import N_, Outcome, Reason

PROOFS: dict[str, str] = {
    "private_key_jwt": (
        "Tenant admin: compare client_id with the provider, and set private_key_jwt there as the client's method. Give "
        "it the connection's JWKS URL, as sso-bridge tenant show prints it, or the public half of the connection's "
        "private_key. If it does not like the audience, try client_assertion_audience. Tenant IT: check that the "
        "provider can fetch the JWKS URL."
    ),
    "tls_client_auth": (
        "Tenant admin: compare client_id with the provider, set tls_client_auth there as the client's method, and "
        "compare the certificate's subject. If the certificate has expired, enter a new one in the connection. Tenant "
        "IT: check that the provider trusts whoever issued it, and that no proxy in between ends TLS."
    ),
    "self_signed_tls_client_auth": (
        "Tenant admin: compare client_id with the provider, set self_signed_tls_client_auth there as the client's "
        "method, and enter the connection's present certificate there. Tenant IT: check that no proxy in between ends "
        "TLS."
    ),
    "none": (
        "Tenant admin: compare client_id with the provider, and register the client there as a public one, without a "
        "secret. If it has a secret, set client_auth in the connection and enter it."
    ),
}
"""What to do about `client_refused`, by `client_auth`, where that is no secret."""

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.DISCOVERY_INVALID: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("Your company's login service does not describe itself in a way that we can use."),
        next_step=GIVE_IT,
        summary=(
            "The provider's discovery document cannot be used: {field}: {error}.\n"
            "The provider's discovery document cannot be used: {error}.\n"
            "The provider's discovery document cannot be used: {field} is missing or wrong.\n"
            "The discovery document was asked for and came with HTTP status {status}.\n"
            "The provider's discovery document cannot be used."
        ),
        remedy=(
            "Tenant admin: open the issuer plus /.well-known/openid-configuration in a browser: it must show a JSON "
            "document. If the provider keeps it elsewhere, set discovery_url in the connection; if it has none, give "
            "the endpoints there."
        ),
    ),
    ReasonCode.ISSUER_MISMATCH: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service gives itself another name than the one we have on file."),
        next_step=GIVE_IT,
        summary=(
            "The provider calls itself “{received}”, the connection says “{expected}”. They must be the same, "
            "character by character, the final slash included.\n"
            "The provider does not call itself “{expected}”, as the connection does.\n"
            "The provider calls itself “{received}”; the connection says something else. They must be the same, "
            "character by character, the final slash included.\n"
            "The provider's issuer and the connection's are not the same."
        ),
        remedy=(
            "Tenant admin: copy the issuer exactly as the provider's discovery document gives it into the connection."
        ),
    ),
    ReasonCode.ENDPOINT_MISSING: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We do not know every address of your company's login service that we need."),
        next_step=GIVE_IT,
        summary=(
            "Neither the discovery document nor the connection gives the {endpoint}.\n"
            "Neither the discovery document nor the connection gives the {field}.\n"
            "Neither the discovery document nor the connection gives an endpoint that this login needs."
        ),
        remedy=(
            "Tenant admin: set {endpoint} in the connection, as the provider's documentation gives it.\n"
            "Tenant admin: set {field} in the connection, as the provider's documentation gives it.\n"
            "Tenant admin: set the missing endpoint in the connection, as the provider's documentation gives it."
        ),
    ),
    ReasonCode.KEYS_UNAVAILABLE: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We could not get what we need to check the answer of your company's login service."),
        next_step=TRY_AGAIN,
        summary=(
            "The provider's key set could not be had from {host}: {error}.\n"
            "The provider's key set could not be had: {error}.\n"
            "The provider's key set was asked for and came with HTTP status {status}.\n"
            "The provider's key set could not be had from {host}.\n"
            "The provider's key set could not be had."
        ),
        remedy=(
            "Tenant IT: check that the provider's jwks_uri answers to the bridge with a JSON key set that holds at "
            "least one key for signatures."
        ),
    ),
    ReasonCode.CLIENT_REFUSED: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service no longer accepts our access to it."),
        next_step=GIVE_IT,
        summary=(
            "The provider did not accept the bridge's client ID or proof: it said “{error}”, “{error_description}”.\n"
            "The provider did not accept the bridge's client ID or proof: it said “{error}”.\n"
            "The provider did not accept the bridge's client ID or proof: it said “{error_description}”.\n"
            "The provider did not accept the bridge's client ID or proof (HTTP status {status}).\n"
            "The provider did not accept the bridge's client ID or proof."
        ),
        remedy=(
            "Tenant admin: compare client_id with the provider, make a new client secret there if the old one has "
            "expired, enter it in the connection, and check that client_auth is the method that the provider expects. "
            "If the secret holds special characters, try client_auth_encoding = raw."
        ),
    ),
    ReasonCode.GRANT_REFUSED: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service did not let us finish this login."),
        next_step=TRY_AGAIN,
        summary=(
            "The provider did not accept the authorization code or the redirect URI: it said “{error}”, "
            "“{error_description}”.\n"
            "The provider did not accept the authorization code or the redirect URI: it said “{error}”.\n"
            "The provider did not accept the authorization code or the redirect URI: it said “{error_description}”.\n"
            "The provider did not accept the authorization code or the redirect URI (HTTP status {status}).\n"
            "The provider did not accept the authorization code or the redirect URI."
        ),
        remedy=(
            "Tenant admin: if it happens at every login, register the connection's redirect URI at the provider "
            "exactly as the bridge shows it. If it happens now and then, the code came too late or twice: the next "
            "login works."
        ),
    ),
    ReasonCode.SCOPE_REFUSED: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service does not let us ask for the details that we need."),
        next_step=GIVE_IT,
        summary=(
            "The provider did not accept the scopes: it said “{error}”, “{error_description}”.\n"
            "The provider did not accept the scopes: it said “{error}”.\n"
            "The provider did not accept the scopes: it said “{error_description}”.\n"
            "The provider did not accept the scopes that the connection asks for."
        ),
        remedy=(
            "Tenant admin: allow the connection's scopes for this client at the provider, or take the one that it does "
            "not know out of scopes in the connection."
        ),
    ),
    ReasonCode.ACCESS_DENIED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("Your company's login service did not allow this login, or it was cancelled there."),
        next_step=N_("Try again. If it says no again, ask your IT to give you access to this application."),
        summary=(
            "The person or the provider said no: “{error_description}” ({error}).\n"
            "The person or the provider said no: “{error_description}”.\n"
            "The person or the provider said no (access_denied)."
        ),
        remedy=(
            "Tenant IT: assign the person, or a group of theirs, to this application at the provider, and look at its "
            "rules for access. Nothing is to do where the person cancelled."
        ),
    ),
    ReasonCode.LOGIN_REQUIRED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("Your company's login service wants you to sign in there first."),
        next_step=N_("Go back to the sign-in page, click OAuth Login and sign in when you are asked to."),
        summary=(
            "The provider wants to see the person before it goes on: “{error_description}” ({error}).\n"
            "The provider wants to see the person before it goes on: it said “{error}”.\n"
            "The provider wants to see the person before it goes on, and the request did not let it."
        ),
        remedy=(
            "Nobody has to change anything if the next login without prompt=none works. Otherwise, tenant admin: take "
            "prompt out of the connection, and out of its authorize_params."
        ),
    ),
    ReasonCode.AUTHORIZATION_ERROR: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service stopped this login."),
        next_step=TRY_AGAIN,
        summary=(
            "The provider's {endpoint} endpoint refused the bridge's own request with the error “{error}”: "
            "“{error_description}”.\n"
            "The provider's {endpoint} endpoint refused the bridge's own request with the error “{error}”.\n"
            "The provider's {endpoint} endpoint refused the bridge's own request: “{error_description}”.\n"
            "The provider sent the person back with the error “{error}”: “{error_description}”.\n"
            "The provider sent the person back with the error “{error}”.\n"
            "The provider sent the person back with an error: “{error_description}”.\n"
            "The provider sent the person back with an error."
        ),
        remedy=(
            "Tenant IT: look up “{error}” in the provider's documentation and its logs at the time of this trace. "
            "Tenant admin: check client_id, scopes and authorize_params in the connection.\n"
            "Tenant IT: look into the provider's logs at the time of this trace. Tenant admin: check client_id, scopes "
            "and authorize_params in the connection."
        ),
    ),
}
