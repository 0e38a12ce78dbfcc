import pytest

from app.domain.accounts.identity import EmailClaim, ExternalIdentity
from app.domain.accounts.matching import match_value
from app.domain.connections.connection import Provider
from app.domain.connections.open_sign_up import anyone_can_sign_up, needs_own_domains
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

GOOGLE = Provider(issuer="https://accounts.google.com", email_trust="always")


@pytest.mark.parametrize(
    ("provider", "anyone"),
    [
        (GOOGLE, True),
        (Provider(issuer="https://accounts.google.com", required_claims={"hd": "acme.example"}), False),
        (Provider(issuer="https://accounts.google.com", required_claims={"hd": ""}), True),
        (Provider(issuer="https://login.microsoftonline.com/common/v2.0"), True),
        (Provider(issuer="https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"), False),
        (Provider(userinfo_endpoint="https://api.github.com/user"), True),
        (Provider(issuer="https://gitlab.com"), True),
        (Provider(issuer="https://idp.acme.example"), False),
        (Provider(), False),
    ],
)
def test_who_can_have_an_account_at_a_provider(provider: Provider, *, anyone: bool) -> None:
    assert anyone_can_sign_up(provider) is anyone


def test_unverified_emails_of_anyone_need_a_domain_of_the_tenants() -> None:
    assert needs_own_domains(GOOGLE, ())
    assert not needs_own_domains(GOOGLE, ("acme.example",))
    assert not needs_own_domains(Provider(issuer="https://idp.acme.example", email_trust="always"), ())


def test_the_word_of_a_provider_for_anyone_counts_within_the_tenants_own_domains() -> None:
    def matched(email: str) -> str:
        external = ExternalIdentity(
            issuer=GOOGLE.issuer or "", subject="1", email=EmailClaim(value=email, verified=None)
        )
        return match_value(GOOGLE, external, email_domains=(), own_domains=("acme.example",))

    assert matched("bob@acme.example") == "bob@acme.example"
    with pytest.raises(SsoError) as refused:
        matched("bob@elsewhere.example")
    assert refused.value.code is ReasonCode.EMAIL_OUTSIDE_DOMAINS
