"""What one trace says: about the tenant's logins, for the chart, and about its provider, for its state."""

from enum import StrEnum

from app.domain.login.login_attempt import Purpose
from app.domain.reasons import Outcome, provider, reason
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.traces.trace import CHANNEL, Trace


class ProviderState(StrEnum):
    """Whether the provider did its part in a login."""

    OK = "ok"
    FAILING = "failing"


_ASKED_BY_US = ("discovery", "par", "token", "id_token", "userinfo")
"""Steps between our server and the provider. What the browser brings back, anybody can make up."""
_AFTER_THE_PROVIDER = ("account", "choice", "session")
_FAULTS = {
    *provider.REASONS,
    ReasonCode.DISCOVERY_INVALID,
    ReasonCode.ISSUER_MISMATCH,
    ReasonCode.ENDPOINT_MISSING,
    ReasonCode.KEYS_UNAVAILABLE,
    ReasonCode.CLIENT_REFUSED,
    ReasonCode.SCOPE_REFUSED,
    ReasonCode.ID_TOKEN_MISSING,
    ReasonCode.ALGORITHM_REFUSED,
    ReasonCode.KEY_UNKNOWN,
    ReasonCode.SIGNATURE_INVALID,
    ReasonCode.AUDIENCE_MISMATCH,
    ReasonCode.TOKEN_EXPIRED,
    ReasonCode.TOKEN_NOT_YET_VALID,
    ReasonCode.TOKEN_HASH_MISMATCH,
    ReasonCode.TOKEN_TYPE_REFUSED,
    ReasonCode.USERINFO_FAILED,
    ReasonCode.SUBJECT_MISMATCH,
}
"""Reasons of the provider and its set-up. Not `grant_refused`: whoever comes back with an invented code causes it."""


def login_outcome(trace: Trace) -> Outcome | None:
    """How a login ended. None for whatever is no login of the tenant's.

    That is a test, a check, a confirmation, a provider's logout, and a request that belongs to no attempt of ours.
    """
    if not trace.correlated or trace.purpose is not Purpose.LOGIN or CHANNEL in trace.details:
        return None
    return reason(trace.reason).outcome if trace.reason else Outcome.SIGNED_IN


def provider_state(trace: Trace) -> ProviderState | None:
    """None if the login says nothing about the provider, or if a stranger can cause it."""
    if trace.method is not Method.SSO or login_outcome(trace) is None:
        return None
    ended_in = trace.steps[-1].step if trace.steps else ""
    if trace.reason is None or ended_in in _AFTER_THE_PROVIDER:
        return ProviderState.OK
    if trace.reason in _FAULTS and ended_in in _ASKED_BY_US:
        return ProviderState.FAILING
    return None
