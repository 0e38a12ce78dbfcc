"""Which sign-in methods a tenant accepts. The only place that turns the policy into yes or no."""

from enum import StrEnum

from app.domain.reasons.codes import ReasonCode


class LoginPolicy(StrEnum):
    """What a tenant accepts. Only support changes it."""

    PASSWORD = "password"
    """Passwords only; a provider may be configured and tested."""
    SSO_OPTIONAL = "sso_optional"
    """Both."""
    SSO_ONLY = "sso_only"
    """The provider only: a password opens nothing."""

    @property
    def takes_passwords(self) -> bool:
        return self is not LoginPolicy.SSO_ONLY

    @property
    def takes_sso(self) -> bool:
        return self is not LoginPolicy.PASSWORD


class Method(StrEnum):
    """How someone signed in. Sessions and credentials keep the method that they come from."""

    SSO = "sso"
    PASSWORD = "password"


def refusal(policy: LoginPolicy, method: Method) -> ReasonCode | None:
    """Why `method` may not be used under `policy`; None if it may."""
    if method is Method.PASSWORD and policy is LoginPolicy.SSO_ONLY:
        return ReasonCode.PASSWORD_NOT_ALLOWED
    if method is Method.SSO and policy is LoginPolicy.PASSWORD:
        return ReasonCode.SSO_NOT_ALLOWED
    return None
