"""Claims of a type that nobody expects: what decides is refused, what does not is left alone."""

from dataclasses import replace

import pytest

from app.domain.reasons import ReasonCode
from tests.fake_idp import changed
from tests.threats.acme import Acme

OTHER_TYPES: tuple[object, ...] = (
    True, False, 0, 7, -1, 0.5, 1e300, 10**40, "", "x", "x" * 2000, "a\nb", "\u202e", [], [[]], [7, None, {}],
    ["x"] * 500, {}, {"value": "x"}, {"a": {"b": [{}]}},
)  # fmt: skip
DECIDING = ("iss", "sub", "aud", "exp", "iat", "nonce", "email", "email_verified", "azp", "at_hash", "nbf")
DECIDING_IN_USERINFO = ("sub", "email", "email_verified")
LEFT_ALONE = (
    "name", "given_name", "preferred_username", "picture", "locale", "updated_at", "address", "groups", "roles",
    "sid", "amr", "acr", "auth_time", "_claim_names", "_claim_sources", "cnf", "jti", "typ",
)  # fmt: skip
RIGHT = {"email_verified": (True,), "nbf": (0, 7, -1, 0.5)}
"""Of these values some are good where the claim is this one. `0` and `False` are equal to Python, not to JSON."""


@pytest.fixture
def alice(steady: Acme) -> Acme:
    """Known here already, so that nobody else can become her."""
    assert steady.sign_in().status_code == 303
    return steady


def stopped_by(acme: Acme) -> str | None:
    """The reason that a login of a new browser stopped for; None where it signed in as alice."""
    browser = acme.world.client()
    answer = acme.sign_in(browser)
    if answer.status_code == 303:
        assert acme.opened(browser) == "alice"
        return None
    trace = acme.world.trace(answer)
    acme.refused(answer, ReasonCode(str(trace["reason"])))
    assert trace["reason"] != ReasonCode.INTERNAL
    assert acme.opened(browser) is None
    return str(trace["reason"])


def good(claim: str, value: object) -> bool:
    return any(value is right or (type(value) is type(right) and value == right) for right in RIGHT.get(claim, ()))


@pytest.mark.parametrize("claim", DECIDING)
def test_a_claim_that_decides_counts_in_its_own_type_only(alice: Acme, claim: str) -> None:
    alice.idp.claims_in = "id_token"
    for value in OTHER_TYPES:
        alice.idp.on.id_token(changed(**{claim: value}))
        assert (stopped_by(alice) is None) is good(claim, value), value


@pytest.mark.parametrize("claim", DECIDING_IN_USERINFO)
def test_so_does_one_in_userinfo(alice: Acme, claim: str) -> None:
    alice.idp.claims_in = "userinfo"
    for value in OTHER_TYPES:
        alice.idp.on.userinfo(changed(**{claim: value}))
        assert (stopped_by(alice) is None) is good(claim, value), value


def test_any_other_claim_may_be_anything(alice: Acme) -> None:
    for value in (None, *OTHER_TYPES):
        alice.idp.on.id_token(changed(**dict.fromkeys(LEFT_ALONE, value)))
        alice.idp.on.userinfo(changed(**dict.fromkeys(LEFT_ALONE, value)))
        assert stopped_by(alice) is None, value


@pytest.mark.parametrize("field", ["access_token", "id_token", "token_type"])
def test_a_field_of_the_token_answer_counts_as_text_only(alice: Acme, field: str) -> None:
    for value in OTHER_TYPES:
        alice.idp.on.token_response(changed(**{field: value}))
        assert stopped_by(alice) is not None or field == "access_token", value


def test_any_other_field_may_be_anything(alice: Acme) -> None:
    for value in (None, *OTHER_TYPES):
        alice.idp.on.token_response(changed(expires_in=value, scope=value, refresh_token=value, session_state=value))
        assert stopped_by(alice) is None, value


@pytest.mark.parametrize("value", [*OTHER_TYPES, None, [{}], [{"primary": True}], [{"primary": True, "verified": 1}]])
def test_a_list_of_addresses_of_another_kind_opens_nothing(alice: Acme, value: object) -> None:
    provider = replace(alice.main.provider, emails_endpoint=alice.idp.url("emails"))
    alice.world.save(replace(alice.main, provider=provider))
    alice.idp.on.emails(lambda honest: value)
    assert stopped_by(alice) in {"answer_invalid", "email_missing", "email_unverified"}
