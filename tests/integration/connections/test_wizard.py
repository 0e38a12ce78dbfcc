"""An admin connects her provider, step by step (docs/rules.md, rule 23)."""

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
