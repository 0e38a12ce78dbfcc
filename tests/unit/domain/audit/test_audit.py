from dataclasses import replace
from typing import Any

import pytest

from app.domain.audit.audit import AuditEntry, Chain, ChainHead, signed_text
from app.domain.tenants.tenant import TenantId

HEAD = ChainHead(Chain("acme"), seq=3, mac="mac of 3")
ENTRY = AuditEntry(
    tenant_id=TenantId("acme"),
    at=1.5,
    actor="sam",
    address="192.0.2.7",
    action="tenant.policy",
    subject="acme",
    before={"epoch": 1, "policy": "password"},
    after={"policy": "sso_only"},
    reason="asked",
)


def test_the_order_of_details_does_not_matter() -> None:
    turned = replace(ENTRY, before={"policy": "password", "epoch": 1})
    assert signed_text(turned, HEAD) == signed_text(ENTRY, HEAD)


@pytest.mark.parametrize(
    "changed",
    [
        {"tenant_id": None},
        {"tenant_id": TenantId("None")},
        {"at": 1.5000000000000002},
        {"actor": "sa", "address": "m192.0.2.7"},
        {"actor": 'sam","192.0.2.7', "address": ""},
        {"action": "acme", "subject": "tenant.policy"},
        {"before": ENTRY.after, "after": ENTRY.before},
        {"before": {"epoch": True, "policy": "password"}},
        {"before": {"epoch": 1.0, "policy": "password"}},
        {"before": {"epoch": "1", "policy": "password"}},
        {"reason": "asked\x00"},
        {"reason": "asked\ud800"},
    ],
    ids=str,
)
def test_whatever_differs_is_another_text(changed: dict[str, Any]) -> None:
    assert signed_text(replace(ENTRY, **changed), HEAD) != signed_text(ENTRY, HEAD)


@pytest.mark.parametrize("changed", [{"chain": Chain("globex")}, {"seq": 4}, {"mac": "mac of another"}], ids=str)
def test_the_same_entry_in_another_place_is_another_text(changed: dict[str, Any]) -> None:
    assert signed_text(ENTRY, replace(HEAD, **changed)) != signed_text(ENTRY, HEAD)
