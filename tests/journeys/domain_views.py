"""The page of a tenant's domains, in each state that a domain can be in."""

from collections.abc import Callable
from dataclasses import replace

from app.domain.audit.audit import Actor
from app.domain.tenants.domain_claim import DAY_S, Proof, ProofResult
from tests.journeys.admin_views import as_admin
from tests.journeys.support_views import as_staff
from tests.journeys.views import Visit

BY = Actor("acme/ada")
LONG_DOMAIN = f"{'subsidiary-of-acme.' * 8}example"


def claimed(visit: Visit, domain: str, *proofs: Proof) -> None:
    """And checked so often, once a day."""
    claim = visit.site.world.bridge.domains.add(visit.acme, domain, by=BY)
    at = visit.site.world.clock.now() - 9 * DAY_S
    for proof in proofs:
        claim, at = claim.checked(proof, at=at), at + DAY_S
    with visit.site.world.bridge.database.write() as work:
        work.domains.save(claim)
        if claim.proven:
            tenant = work.tenants.get(visit.acme.id)
            assert tenant is not None
            work.tenants.save(replace(tenant, proven_domains=(*tenant.proven_domains, domain)))


def every_state(visit: Visit) -> None:
    found, gone = Proof(ProofResult.FOUND), Proof(ProofResult.NO_SUCH_NAME)
    claimed(visit, "new.example")
    claimed(visit, "other.example", Proof(ProofResult.OTHER_VALUE, ("v=spf1 -all", "x" * 100)))
    claimed(visit, "verified.example", found)
    claimed(visit, "failing.example", found, gone)
    claimed(visit, "expired.example", found, gone, gone, gone, gone)
    claimed(visit, LONG_DOMAIN, Proof(ProofResult.ALIAS, (LONG_DOMAIN,)))


def domains(visit: Visit) -> None:
    every_state(visit)
    as_admin(visit, "/admin/domains")


def domains_none(visit: Visit) -> None:
    visit.change(email_domains=())
    as_admin(visit, "/admin/domains")


def domains_of_a_tenant(visit: Visit) -> None:
    every_state(visit)
    visit.site.world.tenant("globex", email_domains=("acme.example", "verified.example"))
    as_staff(visit, "/support/tenants/acme/domains")


def domain_form_with_a_mistake(visit: Visit) -> None:
    as_admin(visit, "/admin/domains/new")
    visit.page.get_by_label("Domain").fill("gmail.com")
    visit.page.get_by_role("button", name="Add domain").click()
    visit.page.get_by_text("gives email addresses to the public").wait_for()


def domain_to_remove(visit: Visit) -> None:
    every_state(visit)
    as_admin(visit, "/admin/domains/verified.example/remove")


DOMAIN_VIEWS: tuple[Callable[[Visit], None], ...] = (
    domains, domains_none, domains_of_a_tenant, domain_form_with_a_mistake, domain_to_remove,
)  # fmt: skip
