import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import Role
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from app.domain.tenants.tenant import SessionLimits, Status
from tests.integration.support.counter import Counter, words

NEW = "/support/tenants/new"
ACME = {"name": "Acme Support", "slug": "acme", "email_domains": "Acme.example, acme.test", "accent": "teal"}
ADA = {"admin_username": "ada", "admin_name": "Ada", "admin_email": "ada@acme.example"}


def make(counter: Counter, **fields: str) -> TestResponse:
    return counter.browser("olga").fill(NEW, {**ACME, **fields})


def test_an_operator_makes_a_tenant(counter: Counter) -> None:
    answer = make(counter, policy="sso_optional")
    assert answer.headers["Location"] == "/support/tenants/acme?created=all"
    acme = counter.tenant()
    assert (acme.name, acme.email_domains, acme.accent, acme.policy) == (
        "Acme Support",
        ("acme.example", "acme.test"),
        "teal",
        LoginPolicy.SSO_OPTIONAL,
    )
    assert "Tenant created." in counter.browser("olga").read(answer.headers["Location"])
    (entry,) = counter.audit()
    assert (entry.action, entry.actor, entry.address) == ("tenant.created", "staff/olga", "127.0.0.1")


def test_its_first_admin_is_invited_by_mail(counter: Counter) -> None:
    make(counter, **ADA, invite="yes")
    with counter.world.bridge.database.read() as work:
        ada = work.accounts.by_username(counter.tenant().id, "ada")
    assert ada is not None
    assert (ada.name, ada.email, ada.roles) == ("Ada", "ada@acme.example", (Role.TENANT_ADMIN,))
    assert [message.to for message, _ in counter.world.bridge.outbox.newest(most=9)] == ["ada@acme.example"]
    assert [entry.action for entry in counter.audit()] == ["tenant.created", "account.created", "account.link_sent"]


def test_no_mail_goes_to_an_admin_who_will_sign_in_by_sso(counter: Counter) -> None:
    make(counter, **ADA, invite="no")
    assert not counter.world.bridge.outbox.newest(most=9)
    assert [entry.action for entry in counter.audit()] == ["tenant.created", "account.created"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"slug": ""}, "Must be at most 63 lower-case letters, digits and hyphens."),
        ({"slug": "Acme"}, "Must be at most 63 lower-case letters, digits and hyphens."),
        ({"slug": "new"}, "Cannot be “new”."),
        ({"slug": "staff"}, "Is already used by another tenant."),
        ({"name": ""}, "Must not be empty."),
        ({"name": "x" * 101}, "Must have at most 100 characters."),
        ({"email_domains": "nonsense@"}, "Number 1 must be a domain like acme.example."),
        ({"accent": "plaid"}, "Must be one of indigo"),
        ({"admin_email": "ada@acme.example"}, "Must not be empty."),
        ({**ADA, "admin_email": "nonsense"}, "Must be a single plain address"),
        ({"admin_username": "ada", "invite": "yes"}, "Is required to send an invitation."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(counter: Counter, fields: dict[str, str], said: str) -> None:
    answer = make(counter, **fields)
    assert said in words(answer, status=400)
    with counter.world.bridge.database.read() as work:
        assert [tenant.slug for tenant in work.tenants.all()] == ["staff"]
    assert "staff" not in fields.values() or counter.tenant("staff").name == "Vendor"


def test_a_tenant_never_begins_with_sso_only(counter: Counter) -> None:
    make(counter, policy="sso_only")
    assert counter.tenant().policy is LoginPolicy.PASSWORD


def test_name_domains_and_colour_change_and_nothing_else_does(counter: Counter) -> None:
    security = SecurityPolicy(networks=("10.0.0.0/8",), shared_desk=True)
    counter.world.tenant("acme", security=security, limits=SessionLimits(idle_s=600, absolute_s=1200))
    edit = "/support/tenants/acme/edit"
    answer = counter.browser("olga").fill(edit, {**ACME, "slug": "other", "status": "active", "policy": "password"})
    assert answer.headers["Location"] == "/support/tenants/acme"
    acme = counter.tenant()
    assert (acme.name, acme.email_domains, acme.accent) == ("Acme Support", ("acme.example", "acme.test"), "teal")
    assert (acme.security, acme.limits.idle_s, acme.policy) == (security, 600, LoginPolicy.SSO_OPTIONAL)
    assert set(counter.audit()[0].after) == {"name", "email_domains", "accent"}


def test_a_tenant_can_be_switched_off_but_not_the_staffs_own(counter: Counter) -> None:
    counter.world.tenant("acme")
    fields = {**ACME, "status": "disabled"}
    counter.browser("olga").fill("/support/tenants/acme/edit", fields)
    assert counter.tenant().status is Status.DISABLED
    answer = counter.browser("olga").fill("/support/tenants/staff/edit", fields)
    assert "no one could sign in to enable it again" in words(answer, status=400)
    assert counter.tenant("staff").status is Status.ACTIVE
