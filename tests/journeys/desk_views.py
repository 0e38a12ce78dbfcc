"""The support console's pages for those who call, each in the state in which it is hardest to get right."""

import re
from collections.abc import Callable

from app.domain.accounts.account import Account
from app.domain.audit.audit import Actor
from app.domain.tenants.login_policy import LoginPolicy
from tests.builders import reference_in
from tests.fake_idp import changed, without
from tests.journeys.steps import password_login
from tests.journeys.support_views import as_staff
from tests.journeys.views import Visit

ODD = "internationale.vereinigung.der.kundendienste.fuer.haushaltsgrossgeraete"


def _signed_in(visit: Visit) -> None:
    world = visit.site.world
    world.sign_in(world.client(), visit.idp)


def _failed(visit: Visit) -> str:
    """The reference of a login of Alice's at the provider as it is now; then it is honest again."""
    world = visit.site.world
    reference = reference_in(world.sign_in(world.client(), visit.idp))
    visit.idp.honest()
    return reference


def _alice(visit: Visit) -> Account:
    with visit.site.world.bridge.database.read() as work:
        alice = work.accounts.by_username(visit.acme.id, "alice")
    assert alice
    return alice


def _changed_hands(visit: Visit) -> None:
    _signed_in(visit)
    visit.idp.person("newcomer", email="alice@acme.example")
    _failed(visit)


def reference_asked_for(visit: Visit) -> None:
    as_staff(visit, "/support/references")


def reference_unknown(visit: Visit) -> None:
    as_staff(visit, f"/support/references?q={ODD}")


def reference_of_a_mismatch(visit: Visit) -> None:
    _signed_in(visit)
    visit.idp.on.id_token(changed(iss=f"{visit.idp.issuer}/{ODD}/{ODD}"))
    as_staff(visit, f"/support/references?q={_failed(visit)}")


def reference_of_a_missing_claim(visit: Visit) -> None:
    _signed_in(visit)
    visit.idp.on.id_token(without("email"))
    visit.idp.on.userinfo(without("email"))
    as_staff(visit, f"/support/references?q={_failed(visit)}")


def reference_of_a_provider_that_says_much(visit: Visit) -> None:
    said = {"error": "invalid_client", "error_description": f"AADSTS7000222: {ODD * 4}"}
    visit.idp.answer("token", status=401, body=said)
    as_staff(visit, f"/support/references?q={_failed(visit)}")


def held_none(visit: Visit) -> None:
    as_staff(visit, "/support/held")


def held_one_of_each(visit: Visit) -> None:
    _changed_hands(visit)
    with visit.site.world.bridge.database.read() as work:
        (held,) = work.held.waiting(most=9)
    visit.site.world.bridge.held.refuse(held.id, by=Actor("staff/sam", reason="nobody knows them"))
    visit.idp.person(ODD, email="alice@acme.example")
    _failed(visit)
    as_staff(visit, "/support/held")


def held_decision(visit: Visit) -> None:
    _changed_hands(visit)
    as_staff(visit, "/support/held")
    visit.page.get_by_role("link", name=re.compile("^Review")).click()


def throttled(visit: Visit) -> None:
    for username in ("alice", ODD):
        for _ in range(11):
            password_login(visit.site, visit.page, username, "not hers")
    as_staff(visit, "/support/throttled")


def accounts(visit: Visit) -> None:
    visit.site.world.account(visit.acme, ODD, email=f"{ODD[:60]}@acme.example")
    as_staff(visit, "/support/tenants/acme/people")


def accounts_not_found(visit: Visit) -> None:
    as_staff(visit, f"/support/tenants/acme/people?q={ODD}")


def account_with_a_session(visit: Visit) -> None:
    _signed_in(visit)
    as_staff(visit, f"/support/tenants/acme/people/{_alice(visit).id}")


def account_to_be_disabled(visit: Visit) -> None:
    as_staff(visit, f"/support/tenants/acme/people/{_alice(visit).id}/disable")


def account_without_a_reason(visit: Visit) -> None:
    visit.change(policy=LoginPolicy.SSO_ONLY)
    as_staff(visit, f"/support/tenants/acme/people/{_alice(visit).id}/reset")
    visit.page.get_by_label("Reason").fill(" ")
    visit.page.get_by_role("button", name="Send link").click()


def sessions(visit: Visit) -> None:
    for _ in range(3):
        _signed_in(visit)
    as_staff(visit, "/support/tenants/acme/activity/sessions")


def sessions_none(visit: Visit) -> None:
    as_staff(visit, "/support/tenants/acme/activity/sessions")


def account_to_be_edited(visit: Visit) -> None:
    with visit.site.world.bridge.database.read() as work:
        alice = work.accounts.by_username(visit.acme.id, "alice")
    assert alice
    as_staff(visit, f"/support/tenants/acme/people/{alice.id}/edit")


DESK_VIEWS: tuple[Callable[[Visit], None], ...] = (
    reference_asked_for, reference_unknown, reference_of_a_mismatch, reference_of_a_missing_claim,
    reference_of_a_provider_that_says_much, held_none, held_one_of_each, held_decision, throttled, accounts,
    accounts_not_found, account_with_a_session, account_to_be_disabled, account_to_be_edited, account_without_a_reason,
    sessions, sessions_none,
)  # fmt: skip
