"""What an admin gets wrong while connecting a provider: a sentence at its field, and nothing half-saved."""

import re

import pytest

from app.domain.tenants.tenant import Status
from app.services.connections import drafts
from tests.fake_idp import FakeProvider, changed
from tests.integration.connections.wizard import SECRET, Wizard, untouched
from tests.integration.support.counter import CHANGED_MEANWHILE, words


def at_field(html: str, field: str) -> str:
    """The sentence beside a field, which screen readers get with it."""
    _, _, rest = html.partition(f'id="field-{field}-error">')
    return rest.partition("</p>")[0]


def refused(wizard: Wizard, preset: str, step: str, *, status: int, **typed: str) -> str:
    """The page after Next; nobody can sign in by what is stored."""
    answer = wizard.post(f"{wizard.begin(preset)}/{step}", **typed)
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert [one.status for one in wizard.stored()] == [Status.DISABLED]
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("preset", "field", "typed", "said"),
    [
        ("oidc", "issuer", "ftp://idp.acme.example", "Must start with https://"),
        ("oidc", "issuer", "https://10.0.0.1", "address"),
        ("oidc", "issuer", "https://idp.acme.example/\x00", "Must be a URL"),
        ("entra", "issuer", "common", "every directory in the world"),
        ("entra", "issuer", "acme.onmicrosoft.com", "Enter the Directory (tenant) ID"),
        ("oidc", "jwks", "not JSON", "JSON"),
        ("oauth2", "token_endpoint", "nonsense", "Must be a URL"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_kept_in_it(
    wizard: Wizard, preset: str, field: str, typed: str, said: str
) -> None:
    html = refused(wizard, preset, "address", status=400, **{field: typed})
    assert said in at_field(html, field)
    assert "Nothing was saved." in html
    (connection,) = wizard.stored()
    assert wizard.world.bridge.drafts.one(wizard.tenant, connection.id).draft.settings == connection


def test_a_wrong_issuer_is_shown_beside_what_the_provider_calls_itself(wizard: Wizard, idp: FakeProvider) -> None:
    idp.on.discovery(changed(issuer="https://another.example"))
    html = refused(wizard, "oidc", "address", status=200, issuer=idp.issuer)
    assert "calls itself “https://another.example”" in at_field(html, "issuer")
    assert "character by character" in at_field(html, "issuer")


def test_a_final_slash_is_written_as_the_provider_writes_it(wizard: Wizard, idp: FakeProvider) -> None:
    draft = wizard.begin()
    answer = wizard.post(f"{draft}/address", issuer=f"{idp.issuer}/")
    assert answer.headers["Location"].endswith("/client?checked")
    assert f'value="{idp.issuer}"' in wizard.browser.get(f"{wizard.home}{draft}/address").get_data(as_text=True)


def test_a_discovery_url_is_taken_for_the_issuer_that_it_belongs_to(wizard: Wizard, idp: FakeProvider) -> None:
    answer = wizard.post(f"{wizard.begin()}/address", issuer=f"{idp.issuer}/.well-known/openid-configuration")
    assert answer.headers["Location"].endswith("/client?checked")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>not found</html>", "is not the provider"),
        (b'{"issuer": "\xff\xfe"}', "is not the provider"),
        (b'{"padding": "' + b"x" * 300_000 + b'"}', "larger than 256 KB"),
    ],
    ids=["a page", "invalid UTF-8", "huge"],
)
def test_an_answer_that_is_no_metadata_is_said_at_the_issuer(
    wizard: Wizard, idp: FakeProvider, body: bytes, said: str
) -> None:
    idp.answer("discovery", body=body, headers={"Content-Type": "application/json"})
    html = refused(wizard, "oidc", "address", status=200, issuer=idp.issuer)
    assert said in at_field(html, "issuer")


def test_a_provider_that_does_not_answer_is_said_at_the_issuer(wizard: Wizard, idp: FakeProvider) -> None:
    idp.drop("discovery")
    html = refused(wizard, "oidc", "address", status=200, issuer=idp.issuer)
    assert "could not connect to" in at_field(html, "issuer")


def test_a_provider_that_takes_too_long_is_said_at_the_issuer(
    wizard: Wizard, idp: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "CHECK_S", 0.5)
    idp.hang("discovery")
    html = refused(wizard, "oidc", "address", status=200, issuer=idp.issuer)
    idp.release()
    assert "took too long to answer" in at_field(html, "issuer")


def test_a_wrong_secret_is_found_at_once_and_need_not_be_typed_twice_when_it_is_right(
    wizard: Wizard, idp: FakeProvider
) -> None:
    draft = wizard.begin()
    wizard.post(f"{draft}/address", issuer=idp.issuer)
    idp.answer("token", status=401, body={"error": "invalid_client"}, times=1)
    wrong = wizard.post(f"{draft}/client", client_id="bridge", client_secret="not the secret")
    html = wrong.get_data(as_text=True)
    assert wrong.status_code == 200
    assert "Compare the client ID, and create a new client secret" in at_field(html, "client_secret")
    assert "choose Raw" in at_field(html, "client_secret")
    assert "not the secret" not in html
    assert wizard.post(f"{draft}/client", client_secret=SECRET).status_code == 303
    assert wizard.post(f"{draft}/client").status_code == 303


def test_an_expiry_that_is_no_day_is_refused(wizard: Wizard) -> None:
    html = refused(wizard, "oidc", "client", status=400, client_secret_expires="next year")
    assert "Must be a date like 2027-01-31." in at_field(html, "client_secret_expires")


def test_a_step_posted_twice_is_saved_once(wizard: Wizard, idp: FakeProvider) -> None:
    draft = wizard.begin()
    page = wizard.browser.get(f"{wizard.home}/new")
    again = wizard.post("/new", preset="oidc", name="main")
    assert page.status_code == 200
    assert again.headers["Location"].endswith(f"{draft}/guide")
    assert len(wizard.stored()) == 1


def test_a_stale_tab_overwrites_nothing(wizard: Wizard, idp: FakeProvider) -> None:
    draft = wizard.begin()
    old = wizard.browser.get(f"{wizard.home}{draft}/client")
    wizard.post(f"{draft}/client", client_id="of the first")
    answer = wizard.browser.post(
        f"{wizard.home}{draft}/client", data={**dict(_hidden(old.get_data(as_text=True))), "client_id": "of the second"}
    )
    assert CHANGED_MEANWHILE in words(answer, status=409)
    assert 'value="of the first"' in answer.get_data(as_text=True)


def test_back_keeps_what_was_typed(wizard: Wizard, idp: FakeProvider) -> None:
    draft = wizard.begin()
    answer = wizard.post(f"{draft}/client", client_id="typed", go="address")
    assert answer.headers["Location"].endswith(f"{draft}/address")
    assert 'value="typed"' in wizard.browser.get(f"{wizard.home}{draft}/client").get_data(as_text=True)


def test_untested_settings_cannot_be_activated(wizard: Wizard, idp: FakeProvider) -> None:
    draft = wizard.begin()
    wizard.fill(draft, idp)
    (connection,) = wizard.stored()
    version = wizard.world.bridge.drafts.one(wizard.tenant, connection.id).draft.version
    answer = wizard.post(f"{draft}/activate", version=version)
    assert "have not passed a test yet" in words(answer, status=409)
    assert [one.status for one in wizard.stored()] == [Status.DISABLED]


def _hidden(html: str) -> list[tuple[str, str]]:
    return re.findall(r'name="(csrf_token|version)" value="([^"]+)"', html)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_step_posted_twice_goes_on_to_the_next_and_is_saved_once(
    wizard: Wizard, idp: FakeProvider, slash: str
) -> None:
    """Both clicks were made on the page that the first one found."""
    draft = wizard.begin()
    for step, typed, onward in (
        ("address", {"issuer": f"{idp.issuer}{slash}"}, "client"),
        ("client", {"client_id": "bridge", "client_secret": SECRET}, "claims"),
    ):
        here = f"{wizard.home}{draft}/{step}"
        form = {**untouched(wizard.browser.get(here)), **typed}
        for _ in range(2):
            answer = wizard.browser.post(here, data=form)
            assert answer.status_code == 303, words(answer, status=answer.status_code)
            assert f"/{onward}" in answer.headers["Location"]
    (connection,) = wizard.stored()
    with wizard.world.bridge.database.read() as work:
        actions = [one.action for one in work.audit.of_tenant(wizard.tenant.id)]
    assert actions.count("connection.draft_changed") == 2 + (slash == "/")
    settings = wizard.world.bridge.drafts.one(wizard.tenant, connection.id).draft.settings
    assert settings.provider.issuer == idp.issuer


def test_the_claims_step_leads_to_the_domains(wizard: Wizard) -> None:
    html = wizard.browser.get(f"{wizard.home}{wizard.begin()}/claims").get_data(as_text=True)
    assert 'href="/admin/domains"' in html
