"""The callback answers only what this browser began, here, lately, once."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from app.domain.reasons import ReasonCode
from app.services.login.tickets import TICKET
from app.services.traces.traces import UNCORRELATED_PER_MINUTE
from tests.builders import hidden_fields, reference_in
from tests.threats.acme import LOGIN, Acme, cookies, parameters

FLOOD = 80


def callback(acme: Acme, query: str) -> str:
    return f"/callback/{acme.main.id}?{query}"


def test_an_honest_callback_signs_in(steady: Acme) -> None:
    assert steady.sign_in().status_code == 303
    assert steady.opened() == "alice"


@pytest.mark.parametrize("query", ["", "code=a", "state=&code=a", "code=a&iss=http://idp"])
def test_a_callback_without_a_state_is_refused(steady: Acme, query: str) -> None:
    steady.refused(steady.browser.get(callback(steady, query)), ReasonCode.STATE_MISSING)
    assert steady.idp.calls == []


@pytest.mark.parametrize("state", ["forged", "x" * 43, "..", "'--", "\x00", "x" * 4000])
def test_a_forged_state_is_refused(steady: Acme, state: str) -> None:
    steady.callback()
    steady.idp.forget_requests()
    steady.refused(
        steady.browser.get(callback(steady, urlencode({"state": state, "code": "a"}))), ReasonCode.ATTEMPT_UNKNOWN
    )
    assert steady.idp.calls == []


def test_a_state_repeated_is_none(steady: Acme) -> None:
    there = steady.callback()
    state = parameters(there)["state"]
    steady.refused(steady.browser.get(f"{there}&state={state}"), ReasonCode.STATE_MISSING)


@pytest.mark.parametrize("name", ["code", "error", "error_description"])
def test_an_answer_in_which_something_stands_twice_signs_nobody_in(steady: Acme, name: str) -> None:
    there = steady.callback()
    steady.idp.forget_requests()
    steady.refused(steady.browser.get(f"{there}&{name}=x&{name}=y"), ReasonCode.CODE_MISSING)
    assert steady.idp.calls == []


def test_a_callback_in_another_browser_is_refused(steady: Acme) -> None:
    there = steady.callback()
    other = steady.world.client()
    steady.idp.forget_requests()
    steady.refused(other.get(there), ReasonCode.ATTEMPT_UNKNOWN)
    assert steady.idp.calls == []
    assert steady.opened(other) is None


def test_the_callback_of_one_browser_does_not_serve_another_that_began_too(steady: Acme) -> None:
    victim, attacker = steady.world.client(), steady.world.client()
    steady.callback(victim)
    steady.refused(victim.get(steady.callback(attacker)), ReasonCode.ATTEMPT_UNKNOWN)


def test_a_state_belongs_to_the_connection_it_was_made_for(acme: Acme) -> None:
    spare = acme.world.connection(acme.tenant, acme.idp, name="spare")
    there = acme.callback_of_connection("main").replace(acme.main.id, spare.id)
    acme.idp.forget_requests()
    acme.refused(acme.browser.get(there), ReasonCode.ATTEMPT_UNKNOWN)
    assert acme.idp.calls == []


def test_a_login_may_take_ten_minutes_at_the_provider_and_no_longer(acme: Acme) -> None:
    acme.idp.code_seconds = 10_000
    acme.world.clock.stand()
    in_time, late = acme.callback(), acme.callback()
    acme.world.clock.forward(599)
    acme.idp.clock_offset = 599
    assert acme.browser.get(in_time).status_code == 303
    acme.world.clock.forward(2)
    acme.idp.forget_requests()
    other = acme.refused(acme.browser.get(late), ReasonCode.ATTEMPT_EXPIRED)
    assert other["tenant"] == "acme"
    assert acme.idp.calls == []


def test_a_cookie_that_was_altered_is_refused(steady: Acme) -> None:
    there = steady.callback()
    cookie = next(cookie for name, cookie in cookies(steady.browser).items() if name.startswith("sso_login_"))
    name = next(name for name in cookies(steady.browser) if name.startswith("sso_login_"))
    other = "A" if cookie[40] != "A" else "B"
    steady.browser.set_cookie(name, cookie[:40] + other + cookie[41:])
    steady.refused(steady.browser.get(there), ReasonCode.ATTEMPT_UNKNOWN)


def test_what_we_sealed_for_something_else_is_no_login_attempt(steady: Acme) -> None:
    there = steady.callback()
    name = next(name for name in cookies(steady.browser) if name.startswith("sso_login_"))
    steady.browser.set_cookie(name, steady.world.bridge.sealer.seal(b'{"state": "x"}', purpose=TICKET.purpose))
    steady.refused(steady.browser.get(there), ReasonCode.ATTEMPT_UNKNOWN)


def test_the_cookie_of_one_attempt_does_not_vouch_for_another(steady: Acme) -> None:
    first = steady.callback()
    name = next(name for name in cookies(steady.browser) if name.startswith("sso_login_"))
    steady.callback()
    second = next(
        value for other, value in cookies(steady.browser).items() if other.startswith("sso_login_") and other != name
    )
    steady.browser.set_cookie(name, second)
    steady.refused(steady.browser.get(first), ReasonCode.ATTEMPT_UNKNOWN)


@pytest.mark.parametrize("state", [None, "forged"])
def test_an_error_that_answers_no_login_of_ours_is_not_repeated(steady: Acme, state: str | None) -> None:
    forged = {"error": "access_denied", "error_description": "call 555-0100 to unlock your account"}
    answer = steady.browser.get(callback(steady, urlencode({**forged, **({"state": state} if state else {})})))
    trace = steady.refused(answer, ReasonCode.ATTEMPT_UNKNOWN if state else ReasonCode.STATE_MISSING)
    assert "555-0100" not in answer.get_data(as_text=True)
    assert trace["details"] == {}


def test_the_providers_words_are_for_support_and_not_for_the_page(steady: Acme) -> None:
    steady.idp.deny("access_denied", description="<script>alert(1)</script>")
    answer = steady.sign_in()
    trace = steady.refused(answer, ReasonCode.ACCESS_DENIED)
    assert trace["details"]["error_description"] == "<script>alert(1)</script>"
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_an_error_ends_the_login_although_a_code_came_with_it(steady: Acme) -> None:
    there = steady.callback()
    steady.idp.forget_requests()
    steady.refused(steady.browser.get(f"{there}&error=server_error"), ReasonCode.AUTHORIZATION_ERROR)
    assert steady.idp.calls == []


def test_state_nonce_and_challenge_are_never_the_same_twice(steady: Acme) -> None:
    asked = [parameters(steady.browser.get(LOGIN).headers["Location"]) for _ in range(50)]
    for name in ("state", "nonce", "code_challenge"):
        values = {request[name] for request in asked}
        assert len(values) == 50
        assert all(len(value) >= 43 for value in values)
    assert {request["code_challenge_method"] for request in asked} == {"S256"}
    assert {request["response_type"] for request in asked} == {"code"}
    assert not {request["nonce"] for request in asked} & {request["state"] for request in asked}


def test_the_request_asks_for_no_more_than_the_connection_says(steady: Acme) -> None:
    assert parameters(steady.browser.get(LOGIN).headers["Location"])["scope"] == "openid email profile"


@pytest.mark.parametrize(
    "query",
    ["scope=admin", "redirect_uri=http://evil", "client_id=evil", "response_mode=fragment", "request_uri=http://evil"],
)
def test_nobody_adds_to_the_request_by_the_address_of_the_login(steady: Acme, query: str) -> None:
    asked = parameters(steady.browser.get(f"{LOGIN}?{query}").headers["Location"])
    assert asked["scope"] == "openid email profile"
    assert asked["client_id"] == "bridge"
    assert asked["redirect_uri"] == steady.world.bridge.login.redirect_uri(steady.main.id)
    assert not {"response_mode", "request_uri"} & asked.keys()


def test_two_logins_begun_at_once_in_one_browser_both_complete(steady: Acme) -> None:
    first, second = steady.callback(), steady.callback()
    assert steady.browser.get(second).status_code == 303
    assert steady.browser.get(first).status_code == 303


def test_a_flood_of_starts_writes_nothing(acme: Acme) -> None:
    before = acme.rows()
    for _ in range(FLOOD):
        assert acme.world.client().get(LOGIN).status_code == 302
    assert acme.rows() == before


def test_a_flood_of_forged_callbacks_leaves_no_more_than_a_few_traces(acme: Acme) -> None:
    before = acme.rows()
    for number in range(FLOOD):
        answer = acme.browser.get(callback(acme, f"state={number}&code=a"))
        assert answer.status_code == 400
        assert reference_in(answer)
    grown = {name: count - before[name] for name, count in acme.rows().items() if count != before[name]}
    assert list(grown.values()) == [UNCORRELATED_PER_MINUTE]


def test_a_flood_of_one_kind_hides_no_other(steady: Acme) -> None:
    for number in range(FLOOD):
        steady.browser.get(callback(steady, f"state={number}&code=a"))
    steady.refused(steady.browser.get(callback(steady, "code=a")), ReasonCode.STATE_MISSING)


def by_form(acme: Acme) -> dict[str, str]:
    """The fields of an honest answer by `form_post`."""
    acme.world.save(replace(acme.main, provider=replace(acme.main.provider, response_mode="form_post")))
    out = acme.browser.get(LOGIN)
    return dict(acme.idp.authorize(out.headers["Location"]).form.fields)


def test_an_answer_by_form_signs_in(steady: Acme) -> None:
    assert steady.browser.post(f"/callback/{steady.main.id}", data=by_form(steady)).status_code == 303
    assert steady.opened() == "alice"


def test_a_cross_site_post_is_posted_again_from_our_own_origin(steady: Acme) -> None:
    fields = by_form(steady)
    without_cookies = steady.world.client().post(f"/callback/{steady.main.id}", data={**fields, "evil": "1"})
    assert without_cookies.status_code == 200
    again = hidden_fields(without_cookies)
    assert again == {**fields, "reposted": "1"}
    assert steady.browser.post(f"/callback/{steady.main.id}", data=again).status_code == 303


def test_the_page_that_posts_again_loads_nothing_from_elsewhere_and_posts_to_nobody_else(steady: Acme) -> None:
    page = steady.world.client().post(f"/callback/{steady.main.id}", data=by_form(steady))
    assert "http" not in page.get_data(as_text=True).replace("http://127.0.0.1", "")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("form-action 'self'")
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_victim_made_to_post_the_attackers_code_is_not_signed_in(steady: Acme) -> None:
    attackers = by_form(steady)
    victim = steady.world.client()
    page = victim.post(f"/callback/{steady.main.id}", data=attackers)
    answer = victim.post(f"/callback/{steady.main.id}", data=hidden_fields(page))
    steady.refused(answer, ReasonCode.ATTEMPT_UNKNOWN)
    assert steady.opened(victim) is None


def test_a_post_that_answers_nothing_is_refused_at_once(steady: Acme) -> None:
    for data in ({}, {"code": "a"}, {"state": ["a", "b"], "code": "a"}):
        steady.refused(steady.browser.post(f"/callback/{steady.main.id}", data=data), ReasonCode.STATE_MISSING)


def test_only_what_stands_in_the_form_counts_where_the_answer_is_a_form(steady: Acme) -> None:
    fields = by_form(steady)
    steady.refused(
        steady.browser.post(f"/callback/{steady.main.id}?{urlencode(fields)}", data={"reposted": "1"}),
        ReasonCode.STATE_MISSING,
    )


def test_the_callback_takes_no_other_methods(steady: Acme) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert steady.browser.open(steady.callback(), method=method).status_code == 405
