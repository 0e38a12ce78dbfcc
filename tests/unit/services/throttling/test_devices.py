"""The cookie of a browser that somebody has signed in with: for whom it speaks, and for nobody else."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.crypto.sealing import KeyringSealer
from app.adapters.system import SystemRandomness
from app.domain.tenants.tenant import Tenant, TenantId
from app.services.throttling.devices import KEPT_S, NAMES_MOST, Devices
from tests.contracts.samples import StoppedClock

ACME = Tenant(id=TenantId("tenant-acme"), slug="acme", name="Acme")
GLOBEX = replace(ACME, id=TenantId("tenant-globex"), slug="globex")


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def devices(clock: StoppedClock) -> Devices:
    return Devices(sealer=KeyringSealer([b"k" * 32]), clock=clock, randomness=SystemRandomness())


def test_it_speaks_for_one_name_of_one_tenant(devices: Devices) -> None:
    cookie = devices.remembering(None, ACME, "alice")
    assert devices.of(cookie, ACME, "ALICE")
    assert not devices.of(cookie, ACME, "bob")
    assert not devices.of(cookie, GLOBEX, "alice")


@given(st.text(max_size=200))
def test_what_we_did_not_seal_speaks_for_nobody(text: str) -> None:
    sealer = KeyringSealer([b"k" * 32])
    devices = Devices(sealer=sealer, clock=StoppedClock(), randomness=SystemRandomness())
    assert devices.of(text, ACME, "alice") == ""
    assert devices.of(sealer.seal(json.dumps([text]).encode(), purpose="half-login"), ACME, "alice") == ""


def test_at_a_shared_desk_each_is_counted_apart_and_the_newest_are_kept(devices: Devices) -> None:
    cookie = None
    names = [f"agent-{number}" for number in range(NAMES_MOST + 2)]
    for name in names:
        cookie = devices.remembering(cookie, ACME, name)
    known = [devices.of(cookie, ACME, name) for name in names]
    assert known[:2] == ["", ""]
    assert len(set(known[2:])) == NAMES_MOST
    assert cookie
    assert len(cookie) < 1024


def test_a_stolen_copy_is_counted_apart_from_the_next_login_on(devices: Devices) -> None:
    stolen = devices.remembering(None, ACME, "alice")
    cookie = devices.remembering(stolen, ACME, "alice")
    assert devices.of(stolen, ACME, "alice") != devices.of(cookie, ACME, "alice")


def test_after_three_months_it_is_a_strangers_again(devices: Devices, clock: StoppedClock) -> None:
    cookie = devices.remembering(None, ACME, "alice")
    clock.time += KEPT_S - 1
    assert devices.of(cookie, ACME, "alice")
    clock.time += 1
    assert not devices.of(cookie, ACME, "alice")
