"""Nobody gets a domain counted that is not theirs (docs/rules.md, rule 2)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.adapters.dns.text_records import DnsTextRecords
from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.errors import NotFound, SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.domain_claim import DomainClaim, ProofResult
from app.domain.tenants.tenant import Tenant
from app.services.connections.draft_state import DraftProblem, DraftRefused
from app.services.tenants.domains import CHECKS_MOST, DomainService
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.integration.admin.office import Office
from tests.services.name_server import NameServer

BY = Actor("acme/ada")
NAME = "_sso-bridge-challenge.acme.example"


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    with NameServer() as server:
        yield server


@pytest.fixture
def domains(world: World, name_server: NameServer) -> DomainService:
    service = world.bridge.domains
    records = service.records
    assert isinstance(records, DnsTextRecords)
    records.servers, records.port = ["127.0.0.1"], name_server.port
    return service


def proven(world: World, tenant: Tenant) -> tuple[str, ...]:
    with world.bridge.database.read() as work:
        found = work.tenants.get(tenant.id)
    assert found is not None
    return found.proven_domains


def record(name_server: NameServer, claim: DomainClaim) -> None:
    name_server.text(claim.record_name, f'"{claim.record_value}"')


def test_a_record_that_another_tenant_copied_proves_nothing(
    world: World, domains: DomainService, name_server: NameServer
) -> None:
    acme, globex = world.tenant("acme"), world.tenant("globex")
    own = domains.add(acme, "acme.example", by=BY)
    copied = domains.add(globex, "acme.example", by=BY)
    assert own.token != copied.token
    record(name_server, own)
    assert domains.check(globex, "acme.example", by=BY).result is ProofResult.OTHER_VALUE
    assert proven(world, globex) == ()
    assert domains.check(acme, "acme.example", by=BY).proven


def test_the_record_of_one_domain_proves_no_other(
    world: World, domains: DomainService, name_server: NameServer
) -> None:
    acme = world.tenant("acme")
    own = domains.add(acme, "acme.example", by=BY)
    domains.add(acme, "victim.example", by=BY)
    name_server.text("_sso-bridge-challenge.victim.example", f'"{own.record_value}"')
    assert not domains.check(acme, "victim.example", by=BY).proven


def test_a_domain_that_one_tenant_has_proven_no_other_proves(
    world: World, domains: DomainService, name_server: NameServer
) -> None:
    """The domain has been sold: the vendor decides, since people of the old owner may still sign in by it."""
    acme, globex = world.tenant("acme"), world.tenant("globex")
    record(name_server, domains.add(acme, "acme.example", by=BY))
    assert domains.check(acme, "acme.example", by=BY).proven
    record(name_server, domains.add(globex, "acme.example", by=BY))
    assert domains.check(globex, "acme.example", by=BY).result is ProofResult.TAKEN
    assert proven(world, globex) == ()
    domains.remove(acme, "acme.example", by=BY)
    assert domains.check(globex, "acme.example", by=BY).proven


def test_an_alias_to_somebody_elses_zone_proves_nothing(
    world: World, domains: DomainService, name_server: NameServer
) -> None:
    acme = world.tenant("acme")
    claim = domains.add(acme, "acme.example", by=BY)
    name_server.alias(NAME, "abandoned.hosting.example")
    name_server.text("abandoned.hosting.example", f'"{claim.record_value}"')
    assert not domains.check(acme, "acme.example", by=BY).proven


def test_a_claim_alone_counts_for_nothing(world: World, domains: DomainService) -> None:
    acme = world.tenant("acme", email_domains=("acme.test",))
    domains.add(acme, "victim.example", by=BY)
    assert world.bridge.tenant_lookup.find("someone@victim.example") == []
    assert proven(world, acme) == ()


def test_another_tenants_domain_is_not_there(world: World, idp: FakeProvider, domains: DomainService) -> None:
    globex = world.tenant("globex")
    domains.add(globex, "globex.example", by=BY)
    office = Office(world, idp)
    form = hidden_fields(office.browser.get("/admin/domains/new"))
    assert office.browser.post("/admin/domains/globex.example/check", data=form).status_code == 404
    assert office.browser.get("/admin/domains/globex.example/remove").status_code == 404
    office.browser.post("/admin/domains/globex.example/remove", data=form)
    assert domains.one(globex, "globex.example").domain == "globex.example"
    with pytest.raises(NotFound):
        domains.one(office.tenant, "globex.example")


def test_an_agent_proves_nothing(world: World, idp: FakeProvider) -> None:
    office = Office(world, idp)
    office.person("alice", Role.AGENT)
    alice = office.signed_in("alice")
    assert alice.get("/admin/domains").status_code == 403


def test_checks_are_no_means_to_load_somebodys_name_servers(
    world: World, domains: DomainService, name_server: NameServer
) -> None:
    acme = world.tenant("acme")
    domains.add(acme, "acme.example", by=BY)
    name_server.text(NAME, '"something"')
    for _ in range(CHECKS_MOST):
        domains.check(acme, "acme.example", by=BY)
    with pytest.raises(SsoError) as stopped:
        domains.check(acme, "acme.example", by=BY)
    assert stopped.value.code is ReasonCode.THROTTLED


def test_a_name_server_cannot_fill_the_database(world: World, domains: DomainService, name_server: NameServer) -> None:
    acme = world.tenant("acme")
    domains.add(acme, "acme.example", by=BY)
    name_server.text(NAME, *(f'"{number:03}{"x" * 200}"' for number in range(12)))
    seen = domains.check(acme, "acme.example", by=BY).seen
    assert len("".join(seen)) <= 500


def test_to_prove_a_domain_locks_nobody_out(world: World, idp: FakeProvider) -> None:
    """Where the vendor has set no domains, any may be matched, before and after."""
    office = Office(world, idp)
    office.world.save(replace(office.now(), proven_domains=("elsewhere.example",)))
    assert office.now().matched_domains == ()
    assert "The connection works" in office.test_connection().get_data(as_text=True)


def test_a_provider_for_anyone_is_not_believed_before_a_domain_is_proven(world: World, domains: DomainService) -> None:
    """Whoever signs up there with the address of somebody at acme would be let in."""
    acme = world.tenant("acme")
    drafts = world.bridge.drafts
    state = drafts.begin(acme, "gitlab", "main", by=BY)
    changes = {"client_id": "bridge", "client_secret": "s" * 32, "email_trust": "always"}
    state = drafts.save(acme, state.draft.id, changes, version=state.draft.version, by=BY)
    with world.bridge.database.write() as work:
        work.connection_drafts.mark_tested(state.draft, at=world.clock.now())
    with pytest.raises(DraftRefused) as refused:
        drafts.activate(acme, state.draft.id, version=state.draft.version, by=BY)
    assert refused.value.problem is DraftProblem.NO_DOMAIN
    world.save(replace(acme, proven_domains=("acme.example",)))
    assert drafts.activate(acme, state.draft.id, version=state.draft.version, by=BY).tested
