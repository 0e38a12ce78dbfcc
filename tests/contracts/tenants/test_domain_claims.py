from dataclasses import replace

import pytest

from app.adapters.sql.tenants import domains
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.tenants.domain_claim import DomainClaim, ProofResult
from app.domain.tenants.tenant import Tenant, TenantId
from app.ports.repositories import AlreadyStored
from tests.contracts.plans import plan_of
from tests.contracts.race import AT_ONCE, all_at_once
from tests.contracts.samples import ACME, GLOBEX, NOW, unstorable

CLAIM = DomainClaim(ACME.id, "acme.example", token="token-1", added_at=NOW, added_by="acme/ada")
PROVEN = replace(
    CLAIM,
    proven_at=NOW + 1,
    checked_at=NOW + 2,
    result=ProofResult.OTHER_VALUE,
    seen=("v=spf1 -all",),
    failing_since=NOW + 2,
    expired_at=NOW + 3,
    due_at=NOW + 10,
)
OF_GLOBEX = replace(CLAIM, tenant_id=GLOBEX.id, token="token-2")


def add(database: SqlDatabase, *claims: DomainClaim) -> None:
    with database.write() as work:
        for claim in claims:
            assert work.domains.add(claim)
            work.domains.save(claim)


def test_a_claim_comes_back_as_it_was_saved(stored: SqlDatabase) -> None:
    add(stored, PROVEN)
    with stored.read() as work:
        assert work.domains.get(ACME.id, "acme.example") == PROVEN
        assert work.domains.of_tenant(ACME.id) == [PROVEN]
        assert work.domains.get(GLOBEX.id, "acme.example") is None
        assert work.domains.of_tenant(GLOBEX.id) == []


def test_a_second_claim_of_the_same_tenant_leaves_the_first_one(stored: SqlDatabase) -> None:
    add(stored, CLAIM)
    with stored.write() as work:
        assert not work.domains.add(replace(CLAIM, token="another"))
        assert work.domains.get(ACME.id, "acme.example") == CLAIM


def test_several_tenants_may_claim_a_domain_and_one_alone_can_prove_it(stored: SqlDatabase) -> None:
    add(stored, PROVEN, OF_GLOBEX)
    with pytest.raises(AlreadyStored), stored.write() as work:
        work.domains.save(replace(OF_GLOBEX, proven_at=NOW))
    with stored.read() as work:
        assert work.domains.prover("acme.example") == ACME.id
        assert work.domains.get(GLOBEX.id, "acme.example") == OF_GLOBEX


def test_of_tenants_that_prove_at_once_one_wins(stored: SqlDatabase) -> None:
    tenants = [Tenant(id=TenantId(f"t{n}"), slug=f"t{n}", name="T") for n in range(AT_ONCE)]
    claims = [replace(CLAIM, tenant_id=tenant.id, token=tenant.id) for tenant in tenants]
    with stored.write() as work:
        for tenant in tenants:
            work.tenants.save(tenant)
    add(stored, *claims)

    def prove(number: int) -> bool:
        try:
            with stored.write() as work:
                work.domains.save(replace(claims[number], proven_at=NOW))
        except AlreadyStored:
            return False
        return True

    assert sum(all_at_once(prove)) == 1


def test_a_removed_claim_is_free_for_others(stored: SqlDatabase) -> None:
    add(stored, PROVEN)
    with stored.write() as work:
        assert not work.domains.remove(GLOBEX.id, "acme.example")
        assert work.domains.remove(ACME.id, "acme.example")
        assert not work.domains.remove(ACME.id, "acme.example")
    add(stored, replace(OF_GLOBEX, proven_at=NOW))


def test_what_is_due_is_given_out_once_the_most_overdue_first(stored: SqlDatabase) -> None:
    sooner = replace(PROVEN, domain="acme.test", token="token-3", due_at=NOW + 5)
    add(stored, PROVEN, sooner, OF_GLOBEX)
    with stored.write() as work:
        assert work.domains.claim_due(now=NOW + 4, until=NOW + 99) is None
        assert work.domains.claim_due(now=NOW + 20, until=NOW + 99) == replace(sooner, due_at=NOW + 99)
        assert work.domains.claim_due(now=NOW + 20, until=NOW + 99) == replace(PROVEN, due_at=NOW + 99)
        assert work.domains.claim_due(now=NOW + 20, until=NOW + 99) is None


def test_which_domains_count_for_others_as_well(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.tenants.save(replace(GLOBEX, proven_domains=("acme.test",)))
        assert work.domains.listed_elsewhere(ACME.id, ["acme.test", "acme.example"]) == {"acme.test": ["globex"]}
        assert work.domains.listed_elsewhere(ACME.id, []) == {}


def test_a_proven_domain_finds_its_tenant(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.tenants.save(replace(GLOBEX, proven_domains=("globex.example",)))
        assert [tenant.slug for tenant in work.tenants.by_email_domain("globex.example")] == ["globex"]
        assert work.tenants.by_slug("globex") == replace(GLOBEX, proven_domains=("globex.example",))


@pytest.mark.parametrize("text", unstorable())
def test_what_no_database_holds_is_not_found(stored: SqlDatabase, text: str) -> None:
    with stored.read() as work:
        assert work.domains.get(ACME.id, text) is None


def test_what_is_due_is_found_by_an_index(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for number in range(2000):
            work.domains.add(replace(CLAIM, domain=f"d{number}.example", token=f"t{number}", due_at=NOW + number))
    if stored.engine.dialect == "postgresql":
        with stored.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE domain_claims")
    plan = plan_of(stored, domains.DUE, now=NOW)
    assert "ix_domain_claims_due_at" in plan, plan
