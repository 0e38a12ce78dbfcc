import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.domain.connections.connection import SIGNING_ALGS, ClientAuth, Protocol, Provider

FILE = Path(__file__).parents[4] / "config" / "providers.toml"
PRESETS: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text())


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_only_keys_of_a_connection_and_no_clients_own(name: str) -> None:
    own = {"client_id", "preset", "jwks"}
    assert set(PRESETS[name]) <= {field.name for field in fields(Provider)} - own
    assert Protocol(PRESETS[name]["protocol"])
    assert ClientAuth(PRESETS[name].get("client_auth", ClientAuth.BASIC))
    assert set(PRESETS[name].get("signing_algs", ())) <= set(SIGNING_ALGS)


@pytest.mark.parametrize("name", PRESETS)
def test_every_address_of_a_preset_is_https(name: str) -> None:
    for key, value in PRESETS[name].items():
        if value and (key == "issuer" or key.endswith("_endpoint")):
            assert urlsplit(str(value)).scheme == "https", key


def test_emails_are_trusted_only_of_an_issuer_that_is_the_companys_own() -> None:
    """Filled in by the customer; where the host is everybody's (Entra), the directory is pinned by a claim too."""
    trusting = {name for name, preset in PRESETS.items() if preset.get("email_trust") == "always"}
    assert trusting == {"entra", "adfs", "onelogin"}
    assert all(PRESETS[name]["issuer"] == "" for name in trusting)
    assert PRESETS["entra"]["required_claims"] == {"tid": ""}


def test_an_issuer_for_everybody_is_bound_to_the_company() -> None:
    """By a claim, or by an application of the company's own and a confirmed address."""
    shared = {name for name, preset in PRESETS.items() if preset.get("issuer")}
    assert shared == {"google", "jumpcloud", "gitlab"}
    assert PRESETS["google"]["required_claims"] == {"hd": ""}
