"""Every way round a policy that somebody may try (docs/security.md, E6)."""

import pytest

from app.domain.tenants.login_policy import LoginPolicy
from tests.builders import World, callback_of, choose, hidden_fields, offered_accounts, password_login
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.switchable import PASSWORD, Switchable, switchable


@pytest.fixture
def acme(world: World, idp: FakeProvider) -> Switchable:
    return switchable(world, idp)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"username": "alice", "password": PASSWORD}, id="the right password"),
        pytest.param({"username": "alice", "password": "wrong"}, id="a wrong password"),
        pytest.param({"username": "nobody", "password": "wrong"}, id="an unknown person"),
        pytest.param({"username": "alice@acme.example", "password": PASSWORD}, id="an email"),
        pytest.param({"username": "", "password": ""}, id="nothing typed"),
        pytest.param({}, id="no form at all"),
    ],
)
def test_in_an_sso_only_tenant_every_password_gets_the_same_403(acme: Switchable, fields: dict[str, str]) -> None:
    client = acme.world.client()
    before = hidden_fields(client.get("/t/acme/login"))
    acme.switch(LoginPolicy.SSO_ONLY, override=True)
    answer = client.post("/t/acme/login", data={**before, **fields})
    assert answer.status_code == 403
    assert acme.world.trace(answer)["reason"] == "password_not_allowed"
    assert "sso_session" not in str(answer.headers)
    assert client.post("/t/acme/login", data=fields).status_code == 403, "without the form's token too"


def test_no_other_method_type_or_spelling_of_the_form_is_a_way_in(acme: Switchable) -> None:
    acme.switch(LoginPolicy.SSO_ONLY, override=True)
    client = acme.world.client()
    fields = {"username": "alice", "password": PASSWORD}
    answers = [
        client.post("/t/acme/login", json=fields),
        client.post("/t/acme/login?policy=password&Y=1", data=fields),
        client.post("/t/acme/login", data=fields, headers={"X-HTTP-Method-Override": "GET"}),
        client.put("/t/acme/login", data=fields),
        client.get("/t/acme/login", query_string={**fields, "Y": "1"}),
        client.post("/t/acme/login/", data=fields),
        client.post("/t//acme/login", data=fields),
        client.post("/t/ACME/login", data=fields),
        client.post("/t/acme%2Flogin", data=fields),
        client.post("/t/acme/login;x", data=fields),
    ]
    assert all("sso_session" not in str(answer.headers) for answer in answers)
    assert not acme.signed_in(client)
    assert acme.password_sessions() == 0


def test_the_login_page_of_an_sso_only_tenant_has_no_password_form(acme: Switchable) -> None:
    acme.switch(LoginPolicy.SSO_ONLY, override=True)
    page = acme.world.client().get("/t/acme/login").get_data(as_text=True)
    assert "OAuth Login" in page
    assert 'type="password"' not in page


def test_while_the_provider_is_away_no_password_opens_an_sso_only_tenant(acme: Switchable) -> None:
    by_sso = acme.by_sso()
    acme.switch(LoginPolicy.SSO_ONLY)
    acme.idp.stop()
    acme.world.clock.forward(3601)
    page = acme.world.client().get("/t/acme/oauth/login")
    assert page.status_code in (302, 502, 503)
    assert 'type="password"' not in page.get_data(as_text=True)
    assert password_login(acme.world.client(), "alice", PASSWORD).status_code == 403
    assert acme.signed_in(by_sso)


def test_an_sso_login_begun_before_the_switch_is_completed_after_it(acme: Switchable) -> None:
    acme.by_sso()
    client = acme.world.client()
    callback = callback_of(client, acme.idp)
    acme.switch(LoginPolicy.SSO_ONLY)
    assert client.get(callback).status_code == 303
    assert acme.signed_in(client)


def test_an_sso_login_begun_before_a_switch_to_passwords_ends_there(acme: Switchable) -> None:
    client = acme.world.client()
    callback = callback_of(client, acme.idp)
    acme.switch(LoginPolicy.PASSWORD)
    answer = client.get(callback)
    assert answer.status_code == 403
    assert acme.world.trace(answer)["reason"] == "sso_not_allowed"
    assert not acme.signed_in(client)
    assert acme.idp.requests("token") == [], "nothing further is called"


def test_a_chooser_opened_before_a_switch_to_passwords_opens_nothing(acme: Switchable) -> None:
    acme.world.account(acme.tenant, "lead", email="alice@acme.example")
    client = acme.world.client()
    chooser = acme.world.sign_in(client, acme.idp)
    acme.switch(LoginPolicy.PASSWORD)
    answer = choose(client, chooser, offered_accounts(chooser)[0])
    assert answer.status_code == 403
    assert not acme.signed_in(client)
