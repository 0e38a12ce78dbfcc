"""The audit on pages: newest first, a page at a time, in words, and as JSON Lines."""

import json
import re
from dataclasses import replace

import pytest

from app.domain.audit.audit import AuditEntry
from app.domain.errors import Detail
from app.domain.tenants.tenant import Tenant
from app.services.audit.audit import exported
from tests.integration.support.counter import Browser, Counter

PAGE = "/support/tenants/acme/activity/changes"
ENTRY = AuditEntry(
    tenant_id=None,
    at=1_790_000_000.0,
    actor="staff/olga",
    address="198.51.100.7",
    action="tenant.changed",
    subject="acme",
    before={"allowed_networks": [], "shared_desk": False, "name": "Acme"},
    after={"allowed_networks": ["203.0.113.0/24", "2001:db8::/32"], "shared_desk": True, "name": ""},
    reason="a new office",
)
ROW = re.compile(r"<th scope=\"row\".*?</th>", re.DOTALL)


def write(counter: Counter, *entries: AuditEntry) -> None:
    with counter.world.bridge.database.write() as work:
        for entry in entries:
            counter.world.bridge.audit.record(work, entry)


@pytest.fixture
def acme(counter: Counter) -> Tenant:
    return counter.world.tenant("acme", name="Acme")


@pytest.fixture
def sam(counter: Counter) -> Browser:
    return counter.browser("sam")


def subjects(browser: Browser, path: str) -> list[str]:
    html = browser.get(path).get_data(as_text=True)
    return [found[1] for row in ROW.findall(html) if (found := re.search(r"<bdi>(.*?)</bdi>", row))]


def link(browser: Browser, path: str, label: str) -> str | None:
    html = browser.get(path).get_data(as_text=True)
    found = re.search(rf'href="([^"]+)">{label}<', html)
    return found[1].replace("&amp;", "&") if found else None


def test_an_entry_is_told_in_words(counter: Counter, acme: Tenant, sam: Browser) -> None:
    write(counter, replace(ENTRY, tenant_id=acme.id))
    page = sam.read(PAGE)
    for said in (
        "Tenant changed acme",
        "allowed_networks : nothing → 203.0.113.0/24, 2001:db8::/32",
        "shared_desk : no → yes",
        "name : Acme → nothing",
        "Reason: a new office",
        "staff/olga 198.51.100.7",
        "21 Sep 2026",
    ):
        assert said in page


@pytest.mark.parametrize("key", ["planned_at", "requested_at", "old_keys_until"])
def test_a_time_is_shown_as_one(counter: Counter, acme: Tenant, sam: Browser, key: str) -> None:
    for before, after in (({key: 1795359600.0}, {}), ({}, {key: 1795359600})):
        write(counter, replace(ENTRY, tenant_id=acme.id, before=before, after=after))
    page = sam.read(PAGE)
    assert f"{key} : 22 Nov 2026, 15:00 UTC → nothing" in page
    assert f"{key} : 22 Nov 2026, 15:00 UTC Reason" in page
    assert "1795359600" not in page


@pytest.mark.parametrize("value", [True, -1.0, 1e300, "soon", ["1"]])
def test_what_is_no_time_stays_as_it_is(counter: Counter, acme: Tenant, sam: Browser, value: Detail) -> None:
    write(counter, replace(ENTRY, tenant_id=acme.id, before={}, after={"planned_at": value}))
    assert "planned_at" in sam.read(PAGE)


def test_something_new_has_no_side_before(counter: Counter, acme: Tenant, sam: Browser) -> None:
    after = {"username": "tina", "email": None, "roles": ["agent"]}
    write(counter, replace(ENTRY, tenant_id=acme.id, action="account.created", before={}, after=after))
    page = sam.read(PAGE)
    assert "Account created acme username : tina roles : agent" in page
    assert "email" not in page


def test_whatever_stands_there_is_only_text(counter: Counter, acme: Tenant, sam: Browser) -> None:
    bad = "<script>alert(1)</script>"
    write(
        counter,
        replace(
            ENTRY, tenant_id=acme.id, actor=bad, subject=bad, reason=bad, action=bad, before={bad: 1}, after={bad: 2}
        ),
    )
    assert "<script>alert" not in sam.get(PAGE).get_data(as_text=True)


def test_the_newest_stand_first_fifty_a_page(counter: Counter, acme: Tenant, sam: Browser) -> None:
    write(counter, *(replace(ENTRY, tenant_id=acme.id, subject=f"entry {n}") for n in range(120)))
    seen, path, pages = [], PAGE, 0
    while path:
        seen += subjects(sam, path)
        path, pages = link(sam, path, "Older") or "", pages + 1
    assert seen == [f"entry {n}" for n in reversed(range(120))]
    assert pages == 3
    assert link(sam, PAGE, "Newest") is None
    assert link(sam, str(link(sam, PAGE, "Older")), "Newest") == PAGE


def test_one_kind_of_action_may_be_shown_alone(counter: Counter, acme: Tenant, sam: Browser) -> None:
    kinds = ("tenant.policy", "account.created")
    write(
        counter,
        *(replace(ENTRY, tenant_id=acme.id, subject=f"entry {n}", action=kinds[n % 2]) for n in range(120)),
    )
    path = f"{PAGE}?action=tenant.policy"
    shown = subjects(sam, path)
    assert shown == [f"entry {n}" for n in range(118, 18, -2)]
    assert subjects(sam, str(link(sam, path, "Older"))) == [f"entry {n}" for n in range(18, -2, -2)]
    assert link(sam, str(link(sam, path, "Older")), "Newest") == path
    assert "No changes match these filters." in sam.read(f"{PAGE}?action=held.accepted")


@pytest.mark.parametrize(
    "query",
    [
        "before=",
        "before=x",
        "before=-1",
        "before=1e3",
        "before=٣",
        "before=" + "9" * 400,
        "action=' or 1=1",
        "action=%00",
    ],
)
def test_an_odd_address_shows_a_page_all_the_same(counter: Counter, acme: Tenant, sam: Browser, query: str) -> None:
    write(counter, replace(ENTRY, tenant_id=acme.id))
    assert sam.get(f"{PAGE}?{query}").status_code == 200


def test_a_tenant_without_entries_says_so(acme: Tenant, sam: Browser) -> None:
    assert "No changes yet." in sam.read(f"/support/tenants/{acme.slug}/activity/changes")


def test_each_part_has_its_own_page(counter: Counter, acme: Tenant, sam: Browser) -> None:
    globex = counter.world.tenant("globex")
    write(
        counter,
        replace(ENTRY, tenant_id=acme.id, subject="of acme"),
        replace(ENTRY, tenant_id=globex.id, subject="of globex"),
        replace(ENTRY, subject="of the bridge"),
    )
    assert subjects(sam, PAGE) == ["of acme"]
    assert subjects(counter.browser("olga"), "/support/audit") == ["of the bridge"]


def test_the_bridges_own_part_is_for_operators(sam: Browser) -> None:
    assert sam.get("/support/audit").status_code == 403
    assert sam.get("/support/audit.jsonl").status_code == 403


def test_the_export_is_what_the_command_prints(counter: Counter, acme: Tenant, sam: Browser) -> None:
    write(counter, *(replace(ENTRY, tenant_id=acme.id, subject=f"entry {n}") for n in range(3)))
    write(counter, replace(ENTRY, subject="of the bridge"))
    answer = sam.get(f"{PAGE}.jsonl")
    lines = answer.get_data(as_text=True).splitlines()
    assert lines == [exported(one, "acme") for one in counter.world.bridge.audit.entries("acme")]
    assert [json.loads(line)["subject"] for line in lines] == ["entry 0", "entry 1", "entry 2"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-acme.jsonl"'
    assert answer.mimetype == "application/x-ndjson"
    (own,) = counter.browser("olga").get("/support/audit.jsonl").get_data(as_text=True).splitlines()
    assert (json.loads(own)["tenant"], json.loads(own)["subject"]) == (None, "of the bridge")


def test_an_export_is_written_while_it_is_read(
    counter: Counter, acme: Tenant, sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory does not grow with the audit: what was asked for is fetched a page at a time, and not before."""
    monkeypatch.setattr("app.services.audit.audit.PAGE", 10)
    write(counter, *(replace(ENTRY, tenant_id=acme.id, subject=f"entry {n}") for n in range(35)))
    fetched = []
    service = counter.world.bridge.audit
    page = type(service)._page

    def counting(self: object, chain: object, wanted: object, *, after: int) -> object:
        fetched.append(after)
        return page(self, chain, wanted, after=after)  # type: ignore[arg-type]  # what it is called with

    monkeypatch.setattr(type(service), "_page", counting)
    answer = sam.client.get(f"{PAGE}.jsonl", buffered=False)
    lines = iter(answer.iter_encoded())
    next(lines)
    assert len(fetched) == 1
    assert sum(1 for _ in lines) == 34
    assert len(fetched) == 5
