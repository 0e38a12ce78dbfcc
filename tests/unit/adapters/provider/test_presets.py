import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.domain.connection import SIGNING_ALGS, ClientAuth, Protocol, Provider

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
        if key == "issuer" or key.endswith("_endpoint"):
            assert urlsplit(str(value)).scheme == "https", key


def test_whoever_trusts_every_email_pins_the_directory() -> None:
    trusting = {name for name, preset in PRESETS.items() if preset.get("email_trust") == "always"}
    assert trusting == {name for name in trusting if PRESETS[name].get("required_claims")}
