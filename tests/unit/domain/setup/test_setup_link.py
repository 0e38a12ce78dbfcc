import pytest

from app.domain.setup.setup_link import SetupLink, SetupLinkId, recipient_of, spoken
from app.domain.tenants.tenant import TenantId

LINK = SetupLink(SetupLinkId("1"), TenantId("t"), "hash", "it@acme.example", 0.0, "staff/sam", "asked", 100.0)


@pytest.mark.parametrize("typed", ["7K3Q-9MWT-2X", "7k3q 9mwt 2x", " 7K3Q9MWT2X ", "7K3Q-9MWT-2X\n"])
def test_a_code_is_the_same_however_it_is_typed(typed: str) -> None:
    assert spoken(typed) == "7K3Q9MWT2X"


def test_letters_that_a_code_does_not_have_are_the_digits_that_they_look_like() -> None:
    assert spoken("O0IL") == "0011"


def test_who_did_something_through_a_link_is_known_by_the_name_in_the_audit_log() -> None:
    assert recipient_of(LINK.actor_name) == "it@acme.example"
    assert recipient_of("acme/ada") is None
