"""A tenant's admin adds a domain, puts the record into DNS, and has it checked; the worker goes on checking."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from werkzeug.test import TestResponse

from app.adapters.dns.text_records import DnsTextRecords
from app.domain.audit.audit import Actor, AuditEntry
from app.domain.tenants.domain_claim import DAY_S, DomainClaim
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.integration.admin.office import Office
from tests.integration.support.counter import Counter, words
from tests.services.name_server import NameServer

HERE = "/admin/domains"
NAME = "_sso-bridge-challenge.acme.example"


class Admin(Office):
    """ada, who looks after acme's domains."""

    def __init__(self, world: World, idp: FakeProvider, name_server: NameServer) -> None:
        super().__init__(world, idp)
        self.dns = name_server
        records = world.bridge.domains.records
        assert isinstance(records, DnsTextRecords)
        records.servers, records.port = ["127.0.0.1"], name_server.port

    def add(self, domain: str = "acme.example") -> TestResponse:
        form = self.browser.get(f"{HERE}/new")
        return self.browser.post(f"{HERE}/new", data={**hidden_fields(form), "domain": domain})

    def check(self, domain: str = "acme.example") -> str:
        """What the page says afterwards."""
        form = hidden_fields(self.browser.get(HERE))
        answer = self.browser.post(f"{HERE}/{domain}/check", data=form)
        assert answer.headers["Location"] == f"{HERE}#{domain}", answer.get_data(as_text=True)
        return self.read(HERE)

    def claim(self, domain: str = "acme.example") -> DomainClaim:
        return self.world.bridge.domains.one(self.now(), domain)

    def put_record(self, domain: str = "acme.example") -> None:
        claim = self.claim(domain)
        self.dns.text(claim.record_name, '"v=spf1 -all"', f'"{claim.record_value}"')

    def prove(self, domain: str = "acme.example") -> None:
        self.add(domain)
        self.put_record(domain)
        assert "Verified" in self.check(domain)

    def tomorrow(self) -> None:
        self.world.clock.forward(DAY_S + 2 * 3600)
        assert self.world.bridge.domains.check_due() > 0
        self.browser = self.signed_in("ada")

    def audit(self) -> list[AuditEntry]:
        with self.world.bridge.database.read() as work:
            return [one for one in work.audit.of_tenant(self.tenant.id) if one.action.startswith("domain.")]


@pytest.fixture
def admin(world: World, idp: FakeProvider, name_server: NameServer) -> Admin:
    return Admin(world, idp, name_server)


def test_the_page_shows_the_record_to_copy_before_anything_counts(admin: Admin) -> None:
    assert admin.add().headers["Location"] == f"{HERE}#acme.example"
    html = admin.browser.get(HERE).get_data(as_text=True)
    assert re.search(rf'data-copy="{NAME}"', html)
    assert f'data-copy="{admin.claim().record_value}"' in html
    assert "Not verified" in html
    assert admin.now().own_domains == ()


def test_a_record_with_the_value_proves_the_domain(admin: Admin) -> None:
    admin.add()
    admin.put_record()
    assert "Not verified" not in admin.check()
    assert admin.now().proven_domains == ("acme.example",)
    assert [tenant.slug for tenant in admin.world.bridge.tenant_lookup.find("someone@acme.example")] == ["acme"]
    assert [(one.action, one.actor, one.subject) for one in admin.audit()] == [
        ("domain.added", "acme/ada", "acme/acme.example"),
        ("domain.proven", "acme/ada", "acme/acme.example"),
    ]


@pytest.mark.parametrize(
    "typed", ["Acme.Example", "acme.example.", "  acme.example ", "@acme.example", "ada@acme.example"]
)
def test_a_domain_may_be_typed_in_many_ways_and_is_one(admin: Admin, typed: str) -> None:
    admin.add("acme.example")
    assert admin.add(typed).status_code == 303
    assert [claim.domain for claim in admin.world.bridge.domains.of_tenant(admin.tenant)] == ["acme.example"]


def test_a_domain_in_other_letters_is_kept_as_dns_knows_it(admin: Admin) -> None:
    admin.add("bücher.example")
    assert admin.claim("xn--bcher-kva.example").record_name == "_sso-bridge-challenge.xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("gmail.com", "gmail.com gives email addresses to the public"),
        ("ada@GMX.de", "gmx.de gives email addresses to the public"),
        ("co.uk", "Anyone can register names under co.uk"),
        ("com", "Enter a domain"),
        ("", "Enter a domain"),
        ("10.0.0.1", "Enter a domain"),
        ("https://acme.example", "Enter a domain"),
        ("a b.example", "Enter a domain"),
        (".".join(["x" * 60] * 4), "is too long"),
    ],
)
def test_what_cannot_be_claimed_is_said_at_the_field_and_stays_there(admin: Admin, typed: str, sentence: str) -> None:
    answer = admin.add(typed)
    assert sentence in words(answer, status=400)
    assert f'value="{typed.strip()}"' in answer.get_data(as_text=True)
    assert admin.world.bridge.domains.of_tenant(admin.tenant) == []


def test_each_thing_that_dns_says_has_its_sentence(admin: Admin) -> None:
    admin.add()
    assert "does not exist yet" in admin.check()
    admin.dns.text(NAME)
    assert "has no TXT record" in admin.check()
    admin.dns.text(NAME, '"google-site-verification=1"', '"v=spf1 -all"')
    assert "with another value: google-site-verification=1, v=spf1 -all." in admin.check()
    admin.dns.text(NAME, '"<b>bold</b>\\007"')
    admin.check()
    assert "&lt;b&gt;bold&lt;/b&gt;\N{REPLACEMENT CHARACTER}" in admin.browser.get(HERE).get_data(as_text=True)
    admin.dns.failing = True
    assert "SERVFAIL" in admin.check()
    admin.dns.failing = False
    admin.dns.forget(NAME)
    admin.dns.alias(NAME, "elsewhere.example")
    admin.dns.text("elsewhere.example", f'"{admin.claim().record_value}"')
    assert "is an alias (CNAME) for elsewhere.example" in admin.check()
    assert admin.now().proven_domains == ()


@pytest.mark.parametrize("place", ["acme.example", f"{NAME}.acme.example"])
def test_a_record_in_the_wrong_place_is_found_there(admin: Admin, place: str) -> None:
    admin.add()
    admin.dns.text(place, f'"{admin.claim().record_value}"')
    assert f"was found at {place} instead" in admin.check()
    assert admin.now().proven_domains == ()


def test_a_value_in_several_strings_or_with_quotes_is_the_same_value(admin: Admin) -> None:
    admin.add()
    value = admin.claim().record_value
    admin.dns.text(NAME, f'"{value[:20]}" "{value[20:]}"')
    admin.check()
    assert admin.claim().proven
    admin.dns.text(NAME, rf'"\"{value}\""')
    assert "Record not found" not in admin.check()


def test_the_worker_checks_every_day_and_not_more_often(admin: Admin) -> None:
    admin.prove()
    admin.dns.asked.clear()
    assert admin.world.bridge.domains.check_due() == 0
    admin.tomorrow()
    assert admin.dns.asked == [NAME]
    assert admin.world.bridge.domains.check_due() == 0


def test_checks_of_domains_that_were_proven_together_spread_over_time(admin: Admin) -> None:
    for number in range(8):
        admin.prove(f"d{number}.example")
    due = sorted(claim.due_at or 0 for claim in admin.world.bridge.domains.of_tenant(admin.tenant))
    assert max(later - sooner for sooner, later in pairwise(due)) > 60


def test_a_record_that_has_gone_warns_then_expires_and_locks_nobody_out(admin: Admin) -> None:
    admin.prove()
    admin.dns.forget(NAME)
    admin.tomorrow()
    assert "has been missing since" in admin.read(HERE)
    assert "Everyone can still sign in" in admin.read(HERE)
    assert [one.action for one in admin.audit()][-1] == "domain.proven"
    for _ in range(3):
        admin.tomorrow()
    assert "Verification expired" in admin.read(HERE)
    assert admin.now().proven_domains == ("acme.example",)
    last = admin.audit()[-1]
    assert (last.action, last.actor, last.address) == ("domain.expired", "worker", "worker")
    admin.tomorrow()
    assert [one.action for one in admin.audit()].count("domain.expired") == 1
    admin.put_record()
    admin.tomorrow()
    assert "Verification expired" not in admin.read(HERE)
    assert admin.audit()[-1].action == "domain.renewed"


def test_removing_says_what_follows_and_frees_the_domain(admin: Admin) -> None:
    admin.prove()
    admin.world.save(replace(admin.now(), email_domains=("acme.test",)))
    page = admin.browser.get(f"{HERE}/acme.example/remove")
    assert "can no longer be matched by email" in words(page)
    for _ in range(2):  # a double submit
        answer = admin.browser.post(f"{HERE}/acme.example/remove", data=hidden_fields(page))
        assert answer.headers["Location"] == HERE
    assert admin.now().own_domains == ("acme.test",)
    assert [one.action for one in admin.audit()].count("domain.removed") == 1


def test_support_sees_with_whom_a_domain_is_shared_and_the_tenant_does_not(admin: Admin) -> None:
    admin.prove()
    admin.world.tenant("globex", email_domains=("acme.example",))
    sam = Counter(admin.world).browser("sam")
    assert "Also counts for: globex" in sam.read("/support/tenants/acme/domains")
    assert "globex" not in admin.read(HERE)
    found = admin.world.bridge.tenant_lookup.find("x@acme.example")
    assert [tenant.slug for tenant in found] == ["acme", "globex"]


def test_a_file_of_the_operator_leaves_what_was_proven(admin: Admin) -> None:
    admin.prove()
    admin.world.save(replace(admin.now(), email_domains=("acme.test",)))
    assert admin.now().matched_domains == ("acme.test", "acme.example")
    assert "These domains count without a record" in admin.read(HERE)


def test_there_are_only_so_many(admin: Admin) -> None:
    for number in range(50):
        admin.world.bridge.domains.add(admin.tenant, f"d{number}.example", by=Actor("acme/ada"))
    assert "A workspace can have 50 domains" in words(admin.add(), status=400)
