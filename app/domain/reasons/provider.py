"""Reaching the provider: the network, TLS, and unusable answers."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT, TRY_AGAIN
from app.domain.reasons.reason import N_, Outcome, Reason

# Failed or refused? Failed: the bridge got nothing that it could judge. That includes an answer that is too large
# (not read to its end) and one that is not what the endpoint should send (a proxy's page instead of JSON). Refused:
# something readable was judged and found wrong. So a document that lacks what is needed to continue (discovery, keys,
# endpoints) is a failure; one that names another issuer is a refusal.
REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.PROVIDER_UNREACHABLE: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We couldn't reach your company's sign-in service."),
        next_step=TRY_AGAIN,
        summary=(
            "The bridge could not connect to {host}: {error}.\n"
            "The bridge could not connect to {host}.\n"
            "The bridge could not connect to the provider."
        ),
        remedy=(
            "Tenant IT: check that {host} is up, has a public DNS name and accepts connections from the bridge's "
            "network. The bridge connects to it directly, not only the person's browser.\n"
            "Tenant IT: check that the provider is up, has a public DNS name and accepts connections from the bridge's "
            "network. The bridge connects to it directly, not only the person's browser."
        ),
    ),
    ReasonCode.PROVIDER_TIMEOUT: Reason(
        outcome=Outcome.FAILED,
        status=504,
        sentence=N_("Your company's sign-in service took too long to respond."),
        next_step=TRY_AGAIN,
        summary=(
            "{host} took too long to respond: {error}.\n"
            "{host} did not respond in time.\n"
            "The provider did not respond in time."
        ),
        remedy=(
            "Tenant IT: check the load on {host} and the network between it and the bridge. The bridge allows 2 "
            "seconds to connect and 10 seconds for the whole exchange.\n"
            "Tenant IT: check the load on the provider and the network between it and the bridge. The bridge allows 2 "
            "seconds to connect and 10 seconds for the whole exchange."
        ),
    ),
    ReasonCode.PROVIDER_TLS: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We couldn't make a secure connection to your company's sign-in service."),
        next_step=GIVE_IT,
        summary=(
            "The TLS connection to {host} failed: {error}.\n"
            "The TLS connection to {host} failed.\n"
            "The TLS connection to the provider failed."
        ),
        remedy=(
            "Tenant IT: install a certificate on {host} that is currently valid, matches the host name and includes "
            "its intermediate certificates. Operator: for a private CA, add the CA certificate with "
            "REQUESTS_CA_BUNDLE.\n"
            "Tenant IT: install a certificate on the provider that is currently valid, matches the host name and "
            "includes its intermediate certificates. Operator: for a private CA, add the CA certificate with "
            "REQUESTS_CA_BUNDLE."
        ),
    ),
    ReasonCode.PROVIDER_ERROR: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("Your company's sign-in service is having problems right now."),
        next_step=TRY_AGAIN,
        summary=(
            "The provider's {endpoint} endpoint returned HTTP status {status}.\n"
            "{host} returned HTTP status {status}.\n"
            "The provider returned HTTP status {status}.\n"
            "The provider reported an internal error."
        ),
        remedy=(
            "Tenant IT: look for the error in the logs of {host} at the time of this trace.\n"
            "Tenant IT: look for the error in the provider's logs at the time of this trace."
        ),
    ),
    ReasonCode.ADDRESS_REFUSED: Reason(
        status=502,
        sentence=N_("We can't connect to the address that we have for your company's sign-in service."),
        next_step=GIVE_IT,
        summary=(
            "The bridge refused to connect to {host}: {error}.\n"
            "The bridge refused to connect to the provider's address: {error}.\n"
            "The bridge refused to connect to {host}: it is not a public https address.\n"
            "The bridge refused to connect to the provider's address: it is not a public https address."
        ),
        remedy=(
            "Tenant admin: use URLs that start with https:// and whose host has public addresses only. Operator: if "
            "the provider has to be on a private network, add that network to SSO_BRIDGE_UPSTREAM_NETWORKS."
        ),
    ),
    ReasonCode.ANSWER_TOO_LARGE: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("Your company's sign-in service sent more data than we accept."),
        next_step=GIVE_IT,
        summary=(
            "The bridge stopped reading the response from {host}: {error}.\n"
            "The bridge stopped reading the response from {host}: it is larger than 256 KB.\n"
            "The bridge stopped reading the provider's response: it is larger than 256 KB."
        ),
        remedy=(
            "Tenant IT: make the response smaller. The usual cause is a list of every group the person is in: send "
            "only the groups that are needed, or none. The bridge does not use groups."
        ),
    ),
    ReasonCode.ANSWER_INVALID: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We couldn't read the response from your company's sign-in service."),
        next_step=GIVE_IT,
        summary=(
            "The provider's {endpoint} endpoint (HTTP status {status}) returned an unexpected response: {error}.\n"
            "The provider's {endpoint} endpoint returned an unexpected response: {error}.\n"
            "The provider's {endpoint} endpoint (HTTP status {status}) returned an unexpected response.\n"
            "The provider's {endpoint} endpoint returned an unexpected response.\n"
            "{host} returned an unexpected response: {error}.\n"
            "The provider returned an unexpected response: {error}.\n"
            "{host} returned an unexpected response.\n"
            "An endpoint of the provider returned an unexpected response."
        ),
        remedy=(
            "Tenant admin: check the URL of the {endpoint} endpoint in the connection. Tenant IT: check that no proxy, "
            "firewall or login page responds in its place; the bridge does not follow redirects there.\n"
            "Tenant admin: check the endpoint URLs in the connection. Tenant IT: check that no proxy, firewall or "
            "login page responds in their place; the bridge does not follow redirects there."
        ),
    ),
}
