"""An admin connects her provider, step by step (docs/rules.md, rule 23)."""

from dataclasses import replace

from app.domain.tenants.tenant import Status
from tests.fake_idp import FakeProvider
from tests.integration.connections.wizard import Wizard
from tests.integration.support.counter import words


def test_from_nothing_to_an_active_connection(wizard: Wizard, idp: FakeProvider) -> None:
    assert "No identity provider is connected yet" in wizard.read()
    assert "Microsoft Entra ID" in wizard.read("/new")
    draft = wizard.begin()
    (connection,) = wizard.stored()
    assert connection.status is Status.DISABLED
    assert f"http://localhost:8000/callback/{connection.id}" in wizard.read(f"{draft}/guide")
    wizard.fill(draft, idp)
    idp.person("ada", email="ada@acme.example")
    assert "ada" in words(wizard.test(draft, idp))
    assert "Only settings that have passed" not in wizard.read(f"{draft}/activate")
    answer = wizard.activate(draft)
    assert answer.headers["Location"] == f"/admin/sso/{connection.id}?activated"
    (connection,) = wizard.stored()
    assert connection.status is Status.ACTIVE
    assert "Activated." in wizard.read(f"{draft}?activated")
    assert "Last successful login None yet" in wizard.read(draft), "the test was none"


def test_a_next_secret_is_withdrawn_with_a_click_and_a_confirmation(wizard: Wizard, idp: FakeProvider) -> None:
    connection = wizard.world.connection(wizard.tenant, idp)
    wizard.world.save(replace(connection, next_client_secret=connection.client_secret))
    here = f"/{connection.id}"
    assert f'href="{wizard.home}{here}/next-secret"' in wizard.browser.get(f"{wizard.home}{here}").get_data(
        as_text=True
    )
    answer = wizard.post(f"{here}/next-secret")
    assert answer.headers["Location"] == f"{wizard.home}{here}?withdrawn"
    assert "The next client secret has been deleted." in wizard.read(f"{here}?withdrawn")
    assert "No next client secret is stored." in wizard.read(f"{here}/next-secret")
