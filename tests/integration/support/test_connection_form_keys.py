"""Whatever a file can set of a connection, the form can, or it says why not."""

from dataclasses import asdict, fields

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.adapters.apply_file.models import ConnectionTable
from app.domain.connections.connection import SEALED_FOR, SECRETS, Connection, Protocol, Provider
from app.domain.tenants.tenant import Tenant
from app.web.connections.connection_fields import as_text, changes, present
from app.web.connections.connection_form import not_in_form, sections
from tests.contracts.connections.test_connections import UNUSUAL
from tests.contracts.samples import MAIN as SAMPLE
from tests.fake_idp import FakeProvider
from tests.integration.support.connection_page import MAIN, save, settings_page, stored
from tests.integration.support.counter import Counter, words

DEFAULTS = present(Connection(id=SAMPLE.id, tenant_id=SAMPLE.tenant_id, name="main", provider=Provider()))


@pytest.fixture
def main(counter: Counter, idp: FakeProvider) -> Tenant:
    tenant = counter.world.tenant("acme")
    counter.world.connection(tenant, idp)
    return tenant


@pytest.mark.parametrize("protocol", list(Protocol))
def test_every_key_of_a_file_has_its_field_or_a_reason(counter: Counter, protocol: Protocol) -> None:
    with counter.world.app.test_request_context():
        shown = [entry.key for section in sections({"protocol": protocol}) for entry in section.entries]
        reasons = not_in_form(oauth2=protocol is Protocol.OAUTH2)
    assert len(shown) == len(set(shown))
    assert set(shown) | set(reasons) == set(ConnectionTable.model_fields)
    assert not set(shown) & set(reasons)
    assert all(reasons.values())


@pytest.mark.parametrize("key", [field.name for field in fields(Provider) if field.name not in ("protocol", "preset")])
def test_a_value_that_is_typed_is_the_one_that_a_file_would_set(key: str) -> None:
    wanted = getattr(UNUSUAL, key)
    if key == "required_claims":
        wanted = {"tid": "12", "staff": True, "level": 3, "number": "3"}
    if key == "authorize_params":
        wanted = {"resource": "phone", "flag": "true", "size": "3", "odd": "a=b"}
    found = changes({key: as_text(wanted)}, DEFAULTS)
    if wanted == asdict(Provider())[key]:
        assert found == {}
    else:
        assert found == {key: list(wanted) if isinstance(wanted, tuple) else wanted}


@pytest.mark.parametrize("key", SECRETS)
def test_an_empty_secret_is_no_change_and_none_is_ever_the_text_of_a_field(key: str) -> None:
    assert changes({key: ""}, DEFAULTS) == {}
    assert changes({key: "typed"}, DEFAULTS) == {key: "typed"}


def test_a_private_key_is_typed_and_never_shown(counter: Counter, main: Tenant) -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    middle = pem.splitlines()[1]
    browser = counter.browser("olga")
    refused = save(browser, MAIN, private_key=pem, max_age="an hour")
    assert "Must be a whole number." in words(refused, status=400)
    assert middle not in refused.get_data(as_text=True)
    assert save(browser, MAIN, private_key=pem, client_auth="private_key_jwt", max_age="3600").status_code == 303
    connection = stored(counter)
    assert connection.private_key is not None
    assert counter.world.bridge.sealer.open(connection.private_key, purpose=SEALED_FOR).decode() == pem.strip()
    assert connection.provider.max_age == 3600
    shown = browser.read(settings_page(browser))
    assert middle not in shown
    assert "A private key is stored and never shown." in shown
    assert save(browser, MAIN, scopes="openid email").status_code == 303
    assert stored(counter).private_key == connection.private_key


def test_the_next_secret_and_the_last_day_of_the_present_one_are_entered(counter: Counter, main: Tenant) -> None:
    browser = counter.browser("olga")
    assert save(browser, MAIN, next_client_secret="the next", client_secret_expires="2027-01-31").status_code == 303
    connection = stored(counter)
    assert connection.client_secret_expires == "2027-01-31"
    assert connection.next_client_secret is not None
    assert "the next" not in browser.read(settings_page(browser))
    assert save(browser, MAIN, scopes="openid email").status_code == 303
    kept = stored(counter)
    assert (kept.client_secret_expires, kept.next_client_secret) == ("2027-01-31", connection.next_client_secret)
    refused = save(browser, MAIN, client_secret_expires="soon")
    assert "Must be a date like 2027-01-31." in words(refused, status=400)
