"""What a connection requires of its provider beyond the standards: DPoP, or all of IPSIE SL1 (docs/ipsie.md)."""

from collections.abc import Iterator, Mapping, Sequence

from app.adapters.provider.dpop import ALG
from app.adapters.provider.id_token import numeric_date
from app.adapters.provider.metadata import Metadata
from app.adapters.provider.wording import names, shown
from app.domain.connections import ipsie
from app.domain.connections.connection import Connection, Provider
from app.domain.connections.finding import Finding, Level
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import SESSION_TOO_SHORT
from app.domain.text import Text


def require_profile(connection: Connection, metadata: Metadata) -> None:
    """Checked before any redirect, and before a code is sent. Raises SsoError `misconfigured`."""
    provider = connection.provider
    for key, problem in ipsie.connection_problems(provider):
        raise SsoError(ReasonCode.MISCONFIGURED, connection=connection.name, field=key, error=problem)
    if missing := lacking(provider, metadata):
        setting = "profile" if provider.profile else "dpop"
        raise SsoError(ReasonCode.MISCONFIGURED, connection=connection.name, setting=setting, lacking=missing)


def lacking(provider: Provider, metadata: Metadata) -> list[str]:
    """What the provider's metadata lacks but would need."""
    by_profile = provider.profile == "ipsie"
    # A provider may support DPoP without saying so; for the profile it must say so.
    unsaid = () if by_profile else (ALG,)
    dpop_algs = unsaid if metadata.dpop_algs is None else metadata.dpop_algs
    needed = {
        f"{ALG} in dpop_signing_alg_values_supported": provider.dpop and ALG not in dpop_algs,
        "S256 in code_challenge_methods_supported": by_profile and "S256" not in metadata.challenge_methods,
        "authorization_response_iss_parameter_supported": by_profile and not metadata.response_iss,
    }
    return [name for name, is_lacking in needed.items() if is_lacking]


def findings(provider: Provider, metadata: Metadata, claims: Sequence[str] | None) -> Iterator[Finding]:
    """The same for an inspection. `claims` are those that the provider lists, None if it lists none."""
    if not provider.dpop and not provider.profile:
        return
    check = "profile ipsie" if provider.profile else "DPoP"
    for key, problem in ipsie.connection_problems(provider):
        advice = f"Tenant admin: change {key} in the connection."
        text, details = f"{key} {problem}", {"key": key, "problem": problem}
        yield Finding(check, Level.WRONG, text, advice, "profile_setting", details)
    unsaid = [claim for claim in ipsie.CLAIMS if provider.profile and claims is not None and claim not in claims]
    if missing := lacking(provider, metadata):
        advice = "Tenant IT: enable it at the provider and have its metadata say so."
        text = f"the provider lacks {', '.join(missing)}"
        yield Finding(check, Level.WRONG, text, advice, "profile_lacking", {"missing": missing})
    elif unsaid:
        advice = "Tenant IT: configure the provider to send them in every id_token of this client."
        text = f"the provider does not list the claims {', '.join(unsaid)}"
        yield Finding(check, Level.WARNING, text, advice, "profile_claims", {"missing": unsaid})
    elif metadata.dpop_algs is None:
        text = "the provider does not say that it supports it"
        yield Finding(check, Level.WARNING, text, "Try a login.", "dpop_unsaid")
    else:
        yield Finding(check, text="the provider says that it supports it; responses are checked at each login")


def check_assertion(claims: Mapping[str, object]) -> None:
    """The additional checks of IPSIE SL1, sections 3.2.1 and 3.2.2, on a valid id_token. Raises SsoError."""
    if not isinstance(claims.get("aud"), str):
        raise _invalid("aud", claims, Text("not a single string"))
    for claim in ipsie.CLAIMS:
        if claims.get(claim) is None:
            raise SsoError(ReasonCode.CLAIM_MISSING, claim=claim, claims=names(claims))
    amr, expiry, issued = claims["amr"], numeric_date(claims["session_expiry"]), numeric_date(claims["iat"])
    if not isinstance(claims["acr"], str) or not claims["acr"]:
        raise _invalid("acr", claims, Text("not a string"))
    if not isinstance(amr, list) or not amr or not all(isinstance(method, str) and method for method in amr):
        raise _invalid("amr", claims, Text("not a list of strings"))
    if numeric_date(claims["auth_time"]) is None:
        raise _invalid("auth_time", claims, Text("not a time"))
    if expiry is None or issued is None or expiry < issued + ipsie.LEAST_SESSION_S:
        raise _invalid("session_expiry", claims, Text(SESSION_TOO_SHORT, seconds=str(ipsie.LEAST_SESSION_S)))


def _invalid(claim: str, claims: Mapping[str, object], problem: str) -> SsoError:
    return SsoError(ReasonCode.CLAIM_INVALID, claim=claim, received=shown(claims.get(claim)), error=problem)
