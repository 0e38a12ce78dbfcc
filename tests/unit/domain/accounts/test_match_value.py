"""The value that accounts are matched by: taken from the trusted claim, or the login stops."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounts.identity import EmailClaim, ExternalIdentity
from app.domain.accounts.matching import VALUE_MOST, match_value
from app.domain.connections.connection import MatchBy, Provider
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

BY_EMAIL = Provider()
BY_USERNAME = Provider(match_by=MatchBy.USERNAME)
BY_EXTERNAL_ID = Provider(match_by=MatchBy.EXTERNAL_ID, match_claim="employee.number")

PERSON = ExternalIdentity(issuer="https://idp.acme.example", subject="subject", claims={"sub": "id_token"})

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(), some, max_size=3),
    max_leaves=5,
)


def by_email(
    value: object = "bob@acme.example",
    *,
    verified: object = True,
    provider: Provider = BY_EMAIL,
    domains: tuple[str, ...] = (),
) -> str:
    person = replace(PERSON, email=EmailClaim(value=value, verified=verified))
    return match_value(provider, person, email_domains=domains)


def by_claim(value: object, *, provider: Provider = BY_USERNAME) -> str:
    return match_value(provider, replace(PERSON, match_claim=value), email_domains=())


def test_an_email_is_compared_without_regard_to_ascii_case() -> None:
    assert by_email("Bob@ACME.example") == "bob@acme.example"


@pytest.mark.parametrize("verified", [True, "true"])
def test_an_email_is_taken_where_the_provider_vouches_for_it(verified: object) -> None:
    assert by_email(verified=verified) == "bob@acme.example"


@pytest.mark.parametrize(
    "verified", [None, False, "false", "True", "TRUE", " true", "yes", "1", 1, 1.0, [True], {"a": 1}, ""]
)
def test_an_email_that_the_provider_does_not_vouch_for_stops_the_login(verified: object) -> None:
    with pytest.raises(SsoError) as stopped:
        by_email(verified=verified)
    assert stopped.value.code is ReasonCode.EMAIL_UNVERIFIED
    assert stopped.value.details == {"claim": "email_verified", "domain": "acme.example"}


@pytest.mark.parametrize("verified", [None, False, "no"])
def test_an_issuer_that_the_tenant_owns_need_not_vouch(verified: object) -> None:
    assert by_email(verified=verified, provider=replace(BY_EMAIL, email_trust="always")) == "bob@acme.example"


def test_an_issuer_that_the_tenant_owns_is_still_held_to_the_domains() -> None:
    with pytest.raises(SsoError) as stopped:
        by_email("bob@evil.example", provider=replace(BY_EMAIL, email_trust="always"), domains=("acme.example",))
    assert stopped.value.code is ReasonCode.EMAIL_OUTSIDE_DOMAINS


@pytest.mark.parametrize("missing", [None, ""])
def test_without_an_email_the_login_stops(missing: object) -> None:
    with pytest.raises(SsoError) as stopped:
        by_email(missing)
    assert stopped.value.code is ReasonCode.EMAIL_MISSING


def test_where_no_document_speaks_of_an_email_the_login_stops() -> None:
    with pytest.raises(SsoError) as stopped:
        match_value(replace(BY_EMAIL, email_claim="mail"), PERSON, email_domains=())
    assert stopped.value.code is ReasonCode.EMAIL_MISSING
    assert stopped.value.details == {"claim": "mail"}


@pytest.mark.parametrize(
    "value", ["bob", "bob@evil.example@acme.example", "bob@acme.example\0", ["bob@acme.example"], 7, True]
)
def test_what_is_not_one_plain_address_stops_the_login(value: object) -> None:
    with pytest.raises(SsoError) as stopped:
        by_email(value)
    assert stopped.value.code is ReasonCode.EMAIL_INVALID


@pytest.mark.parametrize(
    "email", ["bob@acme.example", "bob@ACME.example", "bob@bücher.example", "bob@BÜCHER.example".lower()]
)
def test_an_email_inside_the_domains_is_taken(email: str) -> None:
    by_email(email, domains=("acme.example", "xn--bcher-kva.example"))


@pytest.mark.parametrize(
    "email", ["bob@mail.acme.example", "bob@notacme.example", "bob@acme.example.evil.test", "bob@example.test"]
)
def test_an_email_outside_the_domains_stops_the_login(email: str) -> None:
    with pytest.raises(SsoError) as stopped:
        by_email(email, domains=("acme.example",))
    assert stopped.value.code is ReasonCode.EMAIL_OUTSIDE_DOMAINS
    assert stopped.value.details["expected"] == "acme.example"


def test_a_username_is_compared_without_regard_to_ascii_case() -> None:
    assert by_claim("Bob.Agent") == "bob.agent"


@pytest.mark.parametrize("name", ["\u212aim", "İris", "weiß", "JOSÉ"])
def test_a_username_is_not_folded_beyond_that(name: str) -> None:
    assert by_claim(name) == "".join(c.lower() if c.isascii() else c for c in name)


def test_an_external_id_is_compared_exactly() -> None:
    assert by_claim("E-0007a", provider=BY_EXTERNAL_ID) == "E-0007a"


@pytest.mark.parametrize(("number", "text"), [(7, "7"), (0, "0"), (-1, "-1")])
def test_a_whole_number_is_taken_as_its_digits(number: int, text: str) -> None:
    assert by_claim(number, provider=BY_EXTERNAL_ID) == text


@pytest.mark.parametrize("missing", [None, ""])
def test_without_the_claim_the_login_stops_and_says_which_claims_came(missing: object) -> None:
    with pytest.raises(SsoError) as stopped:
        by_claim(missing, provider=BY_EXTERNAL_ID)
    assert stopped.value.code is ReasonCode.CLAIM_MISSING
    assert stopped.value.details == {"claim": "employee.number", "claims": ["sub"]}


@pytest.mark.parametrize(
    "value", [True, False, 7.0, ["bob"], {"name": "bob"}, "bob\0", "bob\n", "bob\ud800", "b" * (VALUE_MOST + 1)]
)
def test_what_is_no_plain_text_stops_the_login(value: object) -> None:
    with pytest.raises(SsoError) as stopped:
        by_claim(value)
    assert stopped.value.code is ReasonCode.CLAIM_INVALID


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        (Provider(), "email"),
        (Provider(email_claim="mail"), "mail"),
        (Provider(match_by=MatchBy.USERNAME), "preferred_username"),
        (Provider(match_by=MatchBy.EXTERNAL_ID), "sub"),
        (Provider(match_by=MatchBy.EXTERNAL_ID, subject_claim="id"), "id"),
        (Provider(match_by=MatchBy.USERNAME, match_claim="upn"), "upn"),
    ],
)
def test_each_way_to_match_has_its_usual_claim(provider: Provider, path: str) -> None:
    assert provider.match_claim_path == path


@given(value=anything, verified=anything, how=st.sampled_from([BY_EMAIL, BY_USERNAME, BY_EXTERNAL_ID]))
def test_whatever_the_provider_says_there_is_a_storable_value_or_a_reason(
    value: object, verified: object, how: Provider
) -> None:
    person = replace(PERSON, email=EmailClaim(value=value, verified=verified), match_claim=value)
    try:
        found = match_value(how, person, email_domains=())
    except SsoError:
        return
    assert found
    assert found.isprintable()
    assert len(found) <= VALUE_MOST


@given(verified=anything)
def test_only_true_and_the_word_true_vouch(verified: object) -> None:
    try:
        by_email(verified=verified)
    except SsoError:
        vouched = False
    else:
        vouched = True
    assert vouched == (verified is True or verified == "true")
