"""Which ways into a tenant are open. The only place where the policy is turned into yes or no."""

from enum import StrEnum

from app.domain.reasons.codes import ReasonCode


class LoginPolicy(StrEnum):
    """What a tenant accepts. Support alone changes it."""

    PASSWORD = "password"
    """Passwords only; a provider may be configured and tested."""
    SSO_OPTIONAL = "sso_optional"
    """Both."""
    SSO_ONLY = "sso_only"
    """The provider only: no password opens anything."""

    @property
    def takes_passwords(self) -> bool:
        return self is not LoginPolicy.SSO_ONLY

    @property
    def takes_sso(self) -> bool:
        return self is not LoginPolicy.PASSWORD


class Method(StrEnum):
    """What a session or a credential was born of. What is made from it keeps it."""

    SSO = "sso"
    PASSWORD = "password"


def refusal(policy: LoginPolicy, method: Method) -> ReasonCode | None:
    """Why `method` may not be used under `policy`, or None where it may."""
    if method is Method.PASSWORD and policy is LoginPolicy.SSO_ONLY:
        return ReasonCode.PASSWORD_NOT_ALLOWED
    if method is Method.SSO and policy is LoginPolicy.PASSWORD:
        return ReasonCode.SSO_NOT_ALLOWED
    return None
