"""Two providers, one of them the attacker's (RFC 9207; RFC 9700, 4.4; docs/security.md, gates 2 and 4)."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pytest

from app.domain.connections.connection import Connection
from app.domain.reasons import ReasonCode
from tests.builders import BASE_URL, callback_of
from tests.fake_idp import FakeProvider, changed, without
from tests.threats.acme import LOGIN, Acme, noting, parameters

EVIL_LOGIN = "/t/evil/oauth/login"


@dataclass
class Attack:
    """The tenant `evil`, whose provider belongs to the attacker."""

    acme: Acme
    rival: FakeProvider
    evil: Connection


@pytest.fixture
def attack(acme: Acme, rival: FakeProvider) -> Attack:
    tenant = acme.world.tenant("evil")
    acme.world.account(tenant, "mallory", email="mallory@evil.example")
    rival.person("mallory", email="mallory@evil.example")
    return Attack(acme=acme, rival=rival, evil=acme.world.connection(tenant, rival))


def test_every_connection_has_a_redirect_uri_of_its_own(attack: Attack) -> None:
    asked = [parameters(attack.acme.browser.get(path).headers["Location"]) for path in (LOGIN, EVIL_LOGIN)]
    assert [request["redirect_uri"] for request in asked] == [
        f"{BASE_URL}/callback/{attack.acme.main.id}",
        f"{BASE_URL}/callback/{attack.evil.id}",
    ]


def test_the_code_of_an_honest_provider_never_reaches_the_attackers(attack: Attack) -> None:
    honest = parameters(attack.acme.callback())
    begun = parameters(callback_of(attack.acme.browser, attack.rival, path=EVIL_LOGIN))
    attack.rival.forget_requests()
    mixed = urlencode({"code": honest["code"], "state": begun["state"], "iss": attack.acme.idp.issuer})
    trace = attack.acme.refused(
        attack.acme.browser.get(f"/callback/{attack.evil.id}?{mixed}"), ReasonCode.RESPONSE_ISSUER_MISMATCH
    )
    assert trace["details"] == {"expected": attack.rival.issuer, "received": attack.acme.idp.issuer}
    assert attack.rival.calls == []


def test_a_login_begun_at_the_attacker_does_not_end_at_the_honest_provider(attack: Attack) -> None:
    honest = parameters(attack.acme.callback(attack.acme.world.client()))
    begun = parameters(callback_of(attack.acme.browser, attack.rival, path=EVIL_LOGIN))
    attack.acme.idp.forget_requests()
    mixed = urlencode({"code": honest["code"], "state": begun["state"], "iss": attack.acme.idp.issuer})
    answer = attack.acme.browser.get(f"/callback/{attack.acme.main.id}?{mixed}")
    attack.acme.refused(answer, ReasonCode.ATTEMPT_UNKNOWN)
    assert attack.acme.idp.calls == []


def test_an_attacker_who_names_the_honest_providers_login_page_gets_no_code(attack: Attack) -> None:
    attack.rival.on.discovery(changed(authorization_endpoint=attack.acme.idp.url("authorize")))
    there = callback_of(attack.acme.browser, attack.acme.idp, path=EVIL_LOGIN)
    attack.rival.forget_requests()
    attack.acme.refused(attack.acme.browser.get(there), ReasonCode.RESPONSE_ISSUER_MISMATCH)
    assert "token" not in attack.rival.calls


def test_an_id_token_of_the_honest_provider_is_worth_nothing_at_the_attackers_connection(attack: Attack) -> None:
    stolen: list[object] = []
    attack.acme.idp.on.token_response(noting(stolen.append))
    attack.acme.sign_in()
    attack.rival.on.token_response(changed(id_token=stolen[0]))
    answer = attack.acme.world.sign_in(attack.acme.world.client(), attack.rival, path=EVIL_LOGIN)
    attack.acme.refused(answer, ReasonCode.ISSUER_MISMATCH)


@pytest.mark.parametrize(
    "wrong", ["https://evil.example", "", "null", "{issuer}/", "{issuer}.", " {issuer}", "{issuer}#", "{issuer}?a=b"]
)
def test_an_answer_under_another_issuer_is_refused(steady: Acme, wrong: str) -> None:
    steady.idp.on.authorization_response(changed(iss=wrong.format(issuer=steady.idp.issuer)))
    answer = steady.sign_in()
    steady.refused(answer, ReasonCode.RESPONSE_ISSUER_MISMATCH)
    assert "token" not in steady.idp.calls


def test_an_issuer_repeated_is_none(steady: Acme) -> None:
    steady.idp.on.authorization_response(lambda answer: {**answer, "iss": [answer["iss"], answer["iss"]]})
    steady.refused(steady.sign_in(), ReasonCode.RESPONSE_ISSUER_MISMATCH)
    assert "token" not in steady.idp.calls


def test_an_issuer_that_was_promised_may_not_be_missing(acme: Acme) -> None:
    acme.idp.on.authorization_response(without("iss"))
    acme.refused(acme.sign_in(), ReasonCode.RESPONSE_ISSUER_MISMATCH)
    assert "token" not in acme.idp.calls


def test_a_provider_that_never_promised_its_issuer_may_leave_it_out(acme: Acme) -> None:
    acme.idp.iss_in_response = False
    assert acme.sign_in().status_code == 303


def test_a_provider_that_never_promised_its_issuer_may_not_name_another(acme: Acme) -> None:
    acme.idp.iss_in_response = False
    acme.idp.on.authorization_response(changed(iss="https://evil.example"))
    acme.refused(acme.sign_in(), ReasonCode.RESPONSE_ISSUER_MISMATCH)


def test_an_error_of_another_issuer_is_not_believed(steady: Acme) -> None:
    steady.idp.deny("access_denied", description="not to be shown")
    steady.idp.on.authorization_response(changed(iss="https://evil.example"))
    trace = steady.refused(steady.sign_in(), ReasonCode.RESPONSE_ISSUER_MISMATCH)
    assert "error" not in trace["details"]


METADATA: dict[str, object] = {
    "another issuer": "https://evil.example",
    "our issuer with a slash": "{issuer}/",
    "our issuer with a path": "{issuer}/tenant",
    "no issuer": None,
    "an issuer that begins like ours": "{issuer}@evil.example",
    "a list": ["https://evil.example"],
}


@pytest.mark.parametrize("issuer", METADATA.values(), ids=METADATA)
def test_metadata_under_another_issuer_stop_the_login_before_it_begins(steady: Acme, issuer: object) -> None:
    named = issuer.format(issuer=steady.idp.issuer) if isinstance(issuer, str) else issuer
    steady.idp.on.discovery(changed(issuer=named))
    trace = steady.refused(steady.browser.get(LOGIN), ReasonCode.ISSUER_MISMATCH)
    assert trace["details"]["expected"] == steady.idp.issuer
    assert steady.idp.calls == ["discovery"]


def test_metadata_without_an_issuer_stop_the_login_before_it_begins(acme: Acme) -> None:
    acme.idp.on.discovery(without("issuer"))
    acme.refused(acme.browser.get(LOGIN), ReasonCode.ISSUER_MISMATCH)


def test_metadata_are_not_fetched_from_where_they_moved_to(acme: Acme, rival: FakeProvider) -> None:
    acme.idp.answer("discovery", status=302, headers={"Location": f"{rival.issuer}/.well-known/openid-configuration"})
    acme.refused(acme.browser.get(LOGIN), ReasonCode.DISCOVERY_INVALID)
    assert rival.calls == []


@pytest.mark.parametrize(
    "endpoint",
    ["javascript:alert(1)", "file:///etc/passwd", "http://idp.example@evil.example/", "//evil.example", "x", 7, [], {}],
)
@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_an_endpoint_that_is_no_plain_url_is_not_used(steady: Acme, name: str, endpoint: object) -> None:
    steady.idp.on.discovery(changed(**{name: endpoint}))
    issuer = f"{steady.idp.base_url}"
    fresh = replace(steady.main.provider, discovery_url=f"{issuer}/.well-known/openid-configuration?{name}{endpoint}")
    steady.world.save(replace(steady.main, provider=fresh))
    trace = steady.refused(steady.browser.get(LOGIN), ReasonCode.DISCOVERY_INVALID)
    assert trace["details"]["endpoint"] == name


def test_two_providers_that_share_the_names_of_their_keys_share_no_keys(attack: Attack) -> None:
    attack.acme.sign_in()
    attack.rival.on.sign = attack.acme.idp.keys.sign
    answer = attack.acme.world.sign_in(attack.acme.world.client(), attack.rival, path=EVIL_LOGIN)
    attack.acme.refused(answer, ReasonCode.SIGNATURE_INVALID)
