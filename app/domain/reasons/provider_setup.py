"""Configuration of the provider and the connection, and refusals by the provider itself."""

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
"""What to do about `client_refused` for the `client_auth` methods that use no secret."""

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.DISCOVERY_INVALID: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We can't use the settings that your company's sign-in service publishes."),
        next_step=GIVE_IT,
        summary=(
            "The provider's discovery document cannot be used: {field}: {error}.\n"
            "The provider's discovery document cannot be used: {error}.\n"
            "The provider's discovery document cannot be used: {field} is missing or wrong.\n"
            "The request for the provider's discovery document returned HTTP status {status}.\n"
            "The provider's discovery document cannot be used."
        ),
        remedy=(
            "Tenant admin: open the issuer followed by /.well-known/openid-configuration in a browser; it must return "
            "a JSON document. If the provider publishes it elsewhere, set discovery_url in the connection; if it has "
            "none, set the endpoints in the connection."
        ),
    ),
    ReasonCode.ISSUER_MISMATCH: Reason(
        status=502,
        sentence=N_("Your company's sign-in service uses a different name from the one we have on file."),
        next_step=GIVE_IT,
        summary=(
            "The provider's issuer is “{received}”, but the connection expects “{expected}”; the two must match "
            "exactly, including any trailing slash.\n"
            "The provider's issuer is not “{expected}”, which the connection expects.\n"
            "The provider's issuer is “{received}”, but the connection expects a different one; the two must match "
            "exactly, including any trailing slash.\n"
            "The provider's issuer does not match the connection's."
        ),
        remedy=(
            "Tenant admin: copy the issuer into the connection exactly as it appears in the provider's discovery "
            "document."
        ),
    ),
    ReasonCode.ENDPOINT_MISSING: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("Our settings for your company's sign-in service are incomplete."),
        next_step=GIVE_IT,
        summary=(
            "The {endpoint} is in neither the discovery document nor the connection.\n"
            "The {field} is in neither the discovery document nor the connection.\n"
            "An endpoint that this login needs is in neither the discovery document nor the connection."
        ),
        remedy=(
            "Tenant admin: set {endpoint} in the connection to the URL in the provider's documentation.\n"
            "Tenant admin: set {field} in the connection to the URL in the provider's documentation.\n"
            "Tenant admin: set the missing endpoint in the connection to the URL in the provider's documentation."
        ),
    ),
    ReasonCode.KEYS_UNAVAILABLE: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We couldn't get what we need to verify your sign-in at your company."),
        next_step=TRY_AGAIN,
        summary=(
            "The provider's key set could not be fetched from {host}: {error}.\n"
            "The provider's key set could not be fetched: {error}.\n"
            "The request for the provider's key set returned HTTP status {status}.\n"
            "The provider's key set could not be fetched from {host}.\n"
            "The provider's key set could not be fetched."
        ),
        remedy=(
            "Tenant IT: check that the bridge can reach the provider's jwks_uri, and that it returns a JSON key set "
            "with at least one signing key."
        ),
    ),
    ReasonCode.CLIENT_REFUSED: Reason(
        status=502,
        sentence=N_("Your company's sign-in service no longer accepts requests from us."),
        next_step=GIVE_IT,
        summary=(
            "The provider rejected the bridge's client authentication: “{error}”, “{error_description}”.\n"
            "The provider rejected the bridge's client authentication: “{error}”.\n"
            "The provider rejected the bridge's client authentication: “{error_description}”.\n"
            "The provider rejected the bridge's client authentication (HTTP status {status}).\n"
            "The provider rejected the bridge's client authentication."
        ),
        remedy=(
            "Tenant admin: compare client_id with the provider. If the secret has expired, create a new client secret "
            "there and enter it in the connection. Check that client_auth is the method the provider expects. If the "
            "secret contains special characters, try client_auth_encoding = raw."
        ),
    ),
    ReasonCode.GRANT_REFUSED: Reason(
        status=502,
        sentence=N_("Your company's sign-in service did not let us complete this sign-in."),
        next_step=TRY_AGAIN,
        summary=(
            "The provider rejected the authorization code or the redirect URI: “{error}”, “{error_description}”.\n"
            "The provider rejected the authorization code or the redirect URI: “{error}”.\n"
            "The provider rejected the authorization code or the redirect URI: “{error_description}”.\n"
            "The provider rejected the authorization code or the redirect URI (HTTP status {status}).\n"
            "The provider rejected the authorization code or the redirect URI."
        ),
        remedy=(
            "Tenant admin: if every login fails this way, register the connection's redirect URI with the provider "
            "exactly as the bridge shows it. If it happens only occasionally, the code arrived too late or twice, and "
            "the next login works."
        ),
    ),
    ReasonCode.SCOPE_REFUSED: Reason(
        status=502,
        sentence=N_("Your company's sign-in service does not let us request the details we need."),
        next_step=GIVE_IT,
        summary=(
            "The provider rejected the requested scopes: “{error}”, “{error_description}”.\n"
            "The provider rejected the requested scopes: “{error}”.\n"
            "The provider rejected the requested scopes: “{error_description}”.\n"
            "The provider rejected the scopes that the connection requests."
        ),
        remedy=(
            "Tenant admin: allow the connection's scopes for this client at the provider, or remove the one it does "
            "not support from scopes in the connection."
        ),
    ),
    ReasonCode.ACCESS_DENIED: Reason(
        status=403,
        sentence=N_("The sign-in was cancelled, or your company's sign-in service denied access."),
        next_step=N_("Try again. If access is denied again, ask your IT team to give you access to this application."),
        summary=(
            "The person cancelled, or the provider denied access: “{error_description}” ({error}).\n"
            "The person cancelled, or the provider denied access: “{error_description}”.\n"
            "The person cancelled, or the provider denied access (access_denied)."
        ),
        remedy=(
            "Tenant IT: assign the person, or one of their groups, to this application at the provider, and check its "
            "access policies. If the person cancelled, there is nothing to fix."
        ),
    ),
    ReasonCode.LOGIN_REQUIRED: Reason(
        status=403,
        sentence=N_("Your company's sign-in service needs you to sign in there first."),
        next_step=N_("Go back to the sign-in page, click OAuth Login, and sign in when asked."),
        summary=(
            "The provider needs the person to sign in or to respond to a prompt: “{error_description}” ({error}).\n"
            "The provider needs the person to sign in or to respond to a prompt: “{error}”.\n"
            "The provider needs the person to sign in or to respond to a prompt, which the request did not allow."
        ),
        remedy=(
            "No action needed if the next login without prompt=none works. Otherwise, tenant admin: remove prompt from "
            "the connection and from its authorize_params."
        ),
    ),
    ReasonCode.AUTHORIZATION_ERROR: Reason(
        status=502,
        sentence=N_("Your company's sign-in service stopped this sign-in."),
        next_step=TRY_AGAIN,
        summary=(
            "The provider's {endpoint} endpoint rejected the bridge's request with the error “{error}”: "
            "“{error_description}”.\n"
            "The provider's {endpoint} endpoint rejected the bridge's request with the error “{error}”.\n"
            "The provider's {endpoint} endpoint rejected the bridge's request: “{error_description}”.\n"
            "The provider sent the browser back with the error “{error}”: “{error_description}”.\n"
            "The provider sent the browser back with the error “{error}”.\n"
            "The provider sent the browser back with an error: “{error_description}”.\n"
            "The provider sent the browser back with an error."
        ),
        remedy=(
            "Tenant IT: look up “{error}” in the provider's documentation, and in its logs at the time of this trace. "
            "Tenant admin: check client_id, scopes and authorize_params in the connection.\n"
            "Tenant IT: check the provider's logs at the time of this trace. Tenant admin: check client_id, scopes and "
            "authorize_params in the connection."
        ),
    ),
}
