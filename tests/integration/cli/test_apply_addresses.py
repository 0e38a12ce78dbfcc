"""`apply` refuses a provider at an address that every login would be refused by."""

import pytest

from tests.integration.cli.conftest import Commands

FILE = """
[[tenants]]
slug = "acme"
policy = "sso_optional"
[[tenants.connections]]
name = "main"
client_id = "bridge"
issuer = "https://idp.acme.example"
"""


@pytest.fixture
def production(commands: Commands) -> Commands:
    commands.environment |= {"SSO_BRIDGE_ENV": "production", "SSO_BRIDGE_BASE_URL": "https://bridge.vendor.example"}
    return commands


@pytest.mark.parametrize(
    ("issuer", "network", "kind"),
    [
        ("https://10.1.2.3", "10.1.2.3/32", "a private address"),
        ("https://192.168.1.5:8443/realms/acme", "192.168.1.5/32", "a private address"),
        ("https://[fd12:3456::1]", "fd12:3456::1/128", "a private address"),
        ("https://127.0.0.1", "127.0.0.1/32", "a loopback address"),
        ("https://127.1", "127.0.0.1/32", "a loopback address"),
    ],
)
def test_production_names_the_setting_that_would_allow_the_issuer(
    production: Commands, issuer: str, network: str, kind: str
) -> None:
    file = FILE.replace("https://idp.acme.example", issuer)
    assert production.refused(file) == (
        f"tenants[0].connections[0].issuer: is {kind}, which the bridge never connects to; "
        f"SSO_BRIDGE_UPSTREAM_NETWORKS={network} would allow it"
    )
    assert production.json("tenant", "list") == []
    production.environment["SSO_BRIDGE_UPSTREAM_NETWORKS"] = network
    assert production.apply(file) == ["+ tenant acme", "+ connection acme/main"]


def test_a_clouds_metadata_service_is_allowed_by_nothing(production: Commands) -> None:
    production.environment["SSO_BRIDGE_UPSTREAM_NETWORKS"] = "169.254.0.0/16"
    said = production.refused(FILE.replace("idp.acme.example", "169.254.169.254"))
    assert said.endswith("is the address of a cloud's metadata service, which the bridge never connects to")


@pytest.mark.parametrize("key", ["discovery_url", "token_endpoint", "userinfo_endpoint", "jwks_uri", "par_endpoint"])
def test_every_address_that_the_bridge_itself_goes_to_is_looked_at(production: Commands, key: str) -> None:
    said = production.refused(f'{FILE}{key} = "https://10.1.2.3/there"\n')
    assert said.startswith(f"tenants[0].connections[0].{key}: is a private address, ")


@pytest.mark.parametrize("issuer", ["https://idp.acme.example", "https://1.1.1.1", "https://localhost"])
def test_a_name_may_lead_anywhere_by_the_time_of_a_login(production: Commands, issuer: str) -> None:
    assert "+ connection acme/main" in production.apply(FILE.replace("https://idp.acme.example", issuer))


def test_development_may_have_its_provider_on_loopback(commands: Commands) -> None:
    assert "+ connection acme/main" in commands.apply(FILE.replace("idp.acme.example", "127.0.0.1:8443"))
