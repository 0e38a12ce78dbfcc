from dataclasses import replace

import pytest

from app.adapters.apply_file.form import FormReader
from app.domain.accounts.account import STAFF_ROLES, TENANT_ROLES, Account, AccountId, Role
from app.domain.accounts.account_draft import AccountDraft, DraftProblem, FieldProblem
from app.domain.tenants.tenant import Status, TenantId
from app.services.apply.reading import DocumentInvalid

GOOD = AccountDraft("anna", name="Anna Nowak", email="anna@acme.example", roles=(Role.AGENT,), external_id="E-1")
BAD = [
    (replace(GOOD, username=""), FieldProblem("username", DraftProblem.REQUIRED)),
    (replace(GOOD, username="x" * 256), FieldProblem("username", DraftProblem.TOO_LONG)),
    (replace(GOOD, username="a\nb"), FieldProblem("username", DraftProblem.NOT_ONE_LINE)),
    (replace(GOOD, username=" a"), FieldProblem("username", DraftProblem.NOT_ONE_LINE)),
    (replace(GOOD, name="x" * 201), FieldProblem("name", DraftProblem.TOO_LONG)),
    (replace(GOOD, name="a\x00"), FieldProblem("name", DraftProblem.NOT_ONE_LINE)),
    (replace(GOOD, email=""), FieldProblem("email", DraftProblem.NOT_AN_EMAIL)),
    (replace(GOOD, email="Anna <anna@acme.example>"), FieldProblem("email", DraftProblem.NOT_AN_EMAIL)),
    (replace(GOOD, external_id="x" * 256), FieldProblem("external_id", DraftProblem.TOO_LONG)),
    *((replace(GOOD, roles=(role,)), FieldProblem("roles", DraftProblem.ROLE_NOT_ALLOWED)) for role in STAFF_ROLES),
]


def allowed_in_a_file(draft: AccountDraft) -> bool:
    account = {"username": draft.username, "name": draft.name, "email": draft.email, "external_id": draft.external_id}
    roles = [role.value for role in draft.roles]
    document = {"tenants": [{"slug": "acme", "accounts": [{**account, "roles": roles}]}]}
    try:
        FormReader(presets={}, development=False).spec(document)
    except DocumentInvalid:
        return False
    return True


@pytest.mark.parametrize(("draft", "problem"), BAD, ids=str)
def test_a_bad_field_is_named_with_what_is_wrong(draft: AccountDraft, problem: FieldProblem) -> None:
    assert draft.problems(TENANT_ROLES) == [problem]


def test_a_form_and_an_apply_file_allow_the_same() -> None:
    assert allowed_in_a_file(GOOD)
    assert GOOD.problems(TENANT_ROLES) == []
    assert not any(allowed_in_a_file(draft) for draft, _ in BAD)


def test_somebody_without_a_role_is_refused() -> None:
    assert replace(GOOD, roles=()).problems(TENANT_ROLES) == [FieldProblem("roles", DraftProblem.REQUIRED)]


def test_what_a_draft_does_not_say_stays_and_the_version_changes_with_what_it_does() -> None:
    account = Account(AccountId("a"), TenantId("t"), "a.nowak", status=Status.DISABLED, last_login_at=5.0)
    after = GOOD.written_to(account)
    assert AccountDraft.of(after) == GOOD
    assert (after.id, after.status, after.last_login_at) == ("a", Status.DISABLED, 5.0)
    assert after.version != account.version
    assert replace(account, last_login_at=9.0).version == account.version
