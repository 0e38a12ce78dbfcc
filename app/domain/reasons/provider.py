"""Reaching the provider: the network, TLS, and answers that are none."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT, TRY_AGAIN
from app.domain.reasons.reason import N_, Outcome, Reason

# Failed or refused? Failed: the bridge got nothing that it could judge. That is so for an answer that is too
# large (it was never read to its end) and for one that cannot be read as what the endpoint should send (a
# proxy's page instead of JSON). Refused: something readable was judged and found wrong. So a document that
# lacks what is needed to go on (discovery, keys, endpoints) is a failure; one that names another issuer, a
# refusal.
REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.PROVIDER_UNREACHABLE: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We cannot reach your company's login service."),
        next_step=TRY_AGAIN,
        summary=(
            "The bridge could not connect to {host}: {error}.\n"
            "The bridge could not connect to {host}.\n"
            "The bridge could not connect to the provider."
        ),
        remedy=(
            "Tenant IT: check that {host} is up, has a public DNS name and lets the bridge's network in: the bridge "
            "itself connects to it, not only the person's browser.\n"
            "Tenant IT: check that the provider is up, has a public DNS name and lets the bridge's network in: the "
            "bridge itself connects to it, not only the person's browser."
        ),
    ),
    ReasonCode.PROVIDER_TIMEOUT: Reason(
        outcome=Outcome.FAILED,
        status=504,
        sentence=N_("Your company's login service took too long to answer."),
        next_step=TRY_AGAIN,
        summary="{host} was too slow: {error}.\n{host} did not answer in time.\nThe provider did not answer in time.",
        remedy=(
            "Tenant IT: check the load of {host} and the network between it and the bridge. The bridge waits 2 "
            "seconds for a connection and 10 seconds for the whole exchange.\n"
            "Tenant IT: check the provider's load and the network between it and the bridge. The bridge waits 2 "
            "seconds for a connection and 10 seconds for the whole exchange."
        ),
    ),
    ReasonCode.PROVIDER_TLS: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We could not make a safe connection to your company's login service."),
        next_step=GIVE_IT,
        summary=(
            "No TLS connection to {host} came about: {error}.\n"
            "No TLS connection to {host} came about.\n"
            "No TLS connection to the provider came about."
        ),
        remedy=(
            "Tenant IT: give {host} a certificate that is valid now, names this host and comes with its intermediate "
            "certificates. For a private CA, the operator adds it by REQUESTS_CA_BUNDLE.\n"
            "Tenant IT: give the provider a certificate that is valid now, names its host and comes with its "
            "intermediate certificates. For a private CA, the operator adds it by REQUESTS_CA_BUNDLE."
        ),
    ),
    ReasonCode.PROVIDER_ERROR: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("Your company's login service has a problem of its own at the moment."),
        next_step=TRY_AGAIN,
        summary=(
            "The provider's {endpoint} endpoint answered with HTTP status {status}.\n"
            "{host} answered with HTTP status {status}.\n"
            "The provider answered with HTTP status {status}.\n"
            "The provider answered that it has an error of its own."
        ),
        remedy=(
            "Tenant IT: look into the logs of {host} at the time of this trace; the error is there.\n"
            "Tenant IT: look into the provider's logs at the time of this trace; the error is there."
        ),
    ),
    ReasonCode.ADDRESS_REFUSED: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("The address of your company's login service is not one that we may connect to."),
        next_step=GIVE_IT,
        summary=(
            "The bridge does not connect to {host}: {error}.\n"
            "The bridge does not connect to the provider's address: {error}.\n"
            "The bridge does not connect to {host}: it is not a public https address.\n"
            "The bridge does not connect to the provider's address: it is not a public https address."
        ),
        remedy=(
            "Tenant admin: give URLs that begin with https:// and whose host has a public address only. If the "
            "provider has to live in a private network, the operator allows that by SSO_BRIDGE_UPSTREAM_NETWORKS."
        ),
    ),
    ReasonCode.ANSWER_TOO_LARGE: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("Your company's login service sent more data than we accept."),
        next_step=GIVE_IT,
        summary=(
            "The answer of {host} was not read to its end: {error}.\n"
            "The answer of {host} was not read to its end: it is larger than 256 KB.\n"
            "The provider's answer was not read to its end: it is larger than 256 KB."
        ),
        remedy=(
            "Tenant IT: make the answer smaller. Most often it carries every group of the person: send the groups that "
            "are needed, or none; the bridge uses none."
        ),
    ),
    ReasonCode.ANSWER_INVALID: Reason(
        outcome=Outcome.FAILED,
        status=502,
        sentence=N_("We could not read the answer of your company's login service."),
        next_step=GIVE_IT,
        summary=(
            "The provider's {endpoint} endpoint (HTTP status {status}) did not send what it should: {error}.\n"
            "The provider's {endpoint} endpoint did not send what it should: {error}.\n"
            "The provider's {endpoint} endpoint (HTTP status {status}) did not send what it should.\n"
            "The provider's {endpoint} endpoint did not send what it should.\n"
            "{host} did not send what it should: {error}.\n"
            "The provider did not send what it should: {error}.\n"
            "{host} did not send what it should.\n"
            "An endpoint of the provider did not send what it should."
        ),
        remedy=(
            "Tenant admin: check the address of the {endpoint} endpoint in the connection. Tenant IT: check that no "
            "proxy, firewall or login page answers in its place; the bridge does not follow redirects there.\n"
            "Tenant admin: check the endpoints' addresses in the connection. Tenant IT: check that no proxy, firewall "
            "or login page answers in their place; the bridge does not follow redirects there."
        ),
    ),
}
