"""When a link to set a password is good."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Account, AccountId
from app.domain.passwords.password_link import LIFETIME_S, LinkKind, PasswordLink
from app.domain.tenants.tenant import Status, Tenant, TenantId

NOW = 1_795_000_000.5
ACME = Tenant(id=TenantId("acme-id"), slug="acme", name="Acme")
BOB = Account(id=AccountId("bob-id"), tenant_id=ACME.id, username="bob", email="bob@acme.example")
LINK = PasswordLink.made(LinkKind.RESET, ACME, BOB, "$argon2id$old", now=NOW)


def test_it_is_good_while_nothing_changes() -> None:
    assert LINK.problem(ACME, BOB, "$argon2id$old", now=NOW + 3599) is None


@pytest.mark.parametrize("kind", LinkKind)
def test_it_ends_on_the_second(kind: LinkKind) -> None:
    link = PasswordLink.made(kind, ACME, BOB, None, now=NOW)
    assert link.problem(ACME, BOB, None, now=NOW + LIFETIME_S[kind] - 1) is None
    assert link.problem(ACME, BOB, None, now=NOW + LIFETIME_S[kind]) == "it is too old"


@pytest.mark.parametrize(
    ("tenant", "account", "stored"),
    [
        (replace(ACME, id=TenantId("globex-id")), BOB, "$argon2id$old"),
        (replace(ACME, password_epoch=2), BOB, "$argon2id$old"),
        (ACME, None, "$argon2id$old"),
        (ACME, replace(BOB, status=Status.DISABLED), "$argon2id$old"),
        (ACME, replace(BOB, email="other@acme.example"), "$argon2id$old"),
        (ACME, replace(BOB, email=None), "$argon2id$old"),
        (ACME, BOB, "$argon2id$new"),
        (ACME, BOB, None),
    ],
    ids=["tenant", "switch", "account gone", "disabled", "email", "no email", "password", "no password"],
)
def test_it_dies_of_any_change(tenant: Tenant, account: Account | None, stored: str | None) -> None:
    assert LINK.problem(tenant, account, stored, now=NOW + 1)


def test_what_it_was_like_cannot_be_read_from_it() -> None:
    text = str(LINK)
    assert "argon2" not in text
    assert "bob@acme.example" not in text
