"""Somebody has the database, and the right to drop its triggers, but not the key."""

from dataclasses import dataclass, replace

import pytest

from app.domain.audit.audit import Actor, AuditEntry, ChainHead, chain_of
from app.domain.errors import NotFound
from app.domain.tenants.tenant import Tenant, TenantId
from app.services.audit import audit as auditing_service
from app.services.audit.audit import AuditService, Tampering, Verification
from tests.builders import World
from tests.contracts.audit.audited import SWITCHED, auditing, record
from tests.threats.audit.owned import Busy, Owned

ALTERED, OUT_OF_PLACE, CUT_OFF = Tampering.ALTERED, Tampering.OUT_OF_PLACE, Tampering.CUT_OFF
BEGINNING_GONE, HEAD_UNSIGNED = Tampering.BEGINNING_GONE, Tampering.HEAD_UNSIGNED


@dataclass
class Audited:
    """acme with five entries and globex with two, written in turns; and who has the database."""

    world: World
    owned: Owned
    acme: Tenant
    globex: Tenant

    @property
    def audit(self) -> AuditService:
        return self.world.bridge.audit

    def entry(self, tenant: Tenant, number: int) -> AuditEntry:
        made = replace(SWITCHED, action="tenant.created") if number == 1 else SWITCHED
        return replace(made, tenant_id=tenant.id, subject=tenant.slug, after={"number": number})

    def head(self, tenant: Tenant) -> ChainHead:
        with self.world.bridge.database.read() as work:
            return work.audit.head(chain_of(tenant.id))

    def fault(self, slug: str = "acme", *, heads: tuple[str, ...] = ()) -> tuple[int, Tampering] | None:
        """Where the tenant's chain breaks."""
        (report,) = self.audit.verify(slug, heads=heads).chains
        return (report.fault.seq, report.fault.kind) if report.fault else None


@pytest.fixture
def audited(world: World) -> Audited:
    acme, globex = world.tenant("acme"), world.tenant("globex")
    audited = Audited(world, Owned(world.bridge.database), acme, globex)
    for number in range(1, 6):
        record(world.bridge.database, audited.entry(acme, number))
        if number < 3:
            record(world.bridge.database, audited.entry(globex, number))
    assert audited.audit.verify().sound
    audited.owned.disarm()
    return audited


def test_an_edited_entry_is_found(audited: Audited) -> None:
    audited.owned.change("acme", 3, actor="somebody else")
    assert audited.fault() == (3, ALTERED)
    assert audited.fault("globex") is None


def test_the_first_of_several_edits_is_reported(audited: Audited) -> None:
    audited.owned.change("acme", 4, reason="none")
    audited.owned.change("acme", 2, reason="none")
    assert audited.fault() == (2, ALTERED)


def test_what_went_before_and_came_after_cannot_change_places(audited: Audited) -> None:
    row = audited.owned.row("acme", 2)
    audited.owned.change("acme", 2, before=row["after"], after=row["before"])
    assert audited.fault() == (2, ALTERED)


def test_the_content_of_two_entries_cannot_change_places(audited: Audited) -> None:
    second, fourth = audited.owned.row("acme", 2), audited.owned.row("acme", 4)
    audited.owned.change("acme", 2, after=fourth["after"], mac=fourth["mac"])
    audited.owned.change("acme", 4, after=second["after"], mac=second["mac"])
    assert audited.fault() == (2, ALTERED)


def test_entries_in_another_order_are_found(audited: Audited) -> None:
    audited.owned.change("acme", 2, seq=99)
    audited.owned.change("acme", 4, seq=2)
    audited.owned.change("acme", 99, seq=4)
    assert audited.fault() == (2, OUT_OF_PLACE)


def test_entries_written_in_another_order_are_found(audited: Audited) -> None:
    places = [audited.owned.row("acme", seq)["id"] for seq in (2, 4)]
    audited.owned.change("acme", 2, id=99)
    audited.owned.change("acme", 4, id=places[0])
    audited.owned.change("acme", 2, id=places[1])
    assert audited.fault() == (2, OUT_OF_PLACE)


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_an_entry_that_was_removed_is_missed(audited: Audited, seq: int) -> None:
    audited.owned.remove("acme", seq)
    assert audited.fault() == (seq, OUT_OF_PLACE)


def test_closing_the_gap_does_not_hide_it(audited: Audited) -> None:
    audited.owned.remove("acme", 2)
    for seq in (3, 4, 5):
        audited.owned.change("acme", seq, seq=seq - 1)
    assert audited.fault() == (2, ALTERED)


def test_an_end_that_was_cut_off_is_missed_by_the_head(audited: Audited) -> None:
    audited.owned.remove("acme", 5)
    assert audited.fault() == (5, CUT_OFF)


def test_an_end_cut_off_with_its_head_is_missed_by_the_signature_of_the_head(audited: Audited) -> None:
    fourth = str(audited.owned.row("acme", 4)["mac"])
    audited.owned.remove("acme", 5)
    audited.owned.set_head("acme", seq=4, mac=fourth)
    assert audited.fault() == (5, HEAD_UNSIGNED), "the signature is that of an entry which is gone"
    for seal in ("", "4:", "4:AAAA", f"4:{audited.owned.seal('globex').partition(':')[2]}", "five", "-1:", "٤:x"):
        audited.owned.set_head("acme", seq=4, mac=fourth, seal=seal)
        assert audited.fault() == (5, HEAD_UNSIGNED), seal


def test_what_comes_after_does_not_make_a_chain_whole_whose_end_was_cut_off(audited: Audited) -> None:
    audited.owned.remove("acme", 5)
    audited.owned.set_head("acme", seq=4, mac=str(audited.owned.row("acme", 4)["mac"]), seal="")
    for number in (6, 7):
        record(audited.world.bridge.database, audited.entry(audited.acme, number))
    assert audited.fault() == (7, HEAD_UNSIGNED)


def test_an_older_copy_put_back_with_its_head_is_missed_by_the_head_in_the_log(audited: Audited) -> None:
    """The copy is genuine in every part: nothing in the database can tell."""
    before = audited.owned.seal("acme")
    record(audited.world.bridge.database, audited.entry(audited.acme, 6))
    logged = audited.head(audited.acme).mac
    assert audited.audit.verify(heads=[logged]).sound
    audited.owned.remove("acme", 6)
    audited.owned.set_head("acme", seq=5, mac=str(audited.owned.row("acme", 5)["mac"]), seal=before)
    assert audited.audit.verify().sound
    found = audited.audit.verify(heads=[logged])
    assert (found.sound, found.missing_heads) == (False, (logged,))
    record(audited.world.bridge.database, audited.entry(audited.acme, 7))
    assert audited.audit.verify("acme", heads=[logged]).missing_heads == (logged,)


def test_a_chain_that_vanished_with_its_head_is_missed(audited: Audited) -> None:
    for seq in (1, 2):
        audited.owned.remove("globex", seq)
    assert audited.fault("globex") == (1, CUT_OFF)
    audited.owned.forget_head("globex")
    assert audited.fault("globex") == (1, BEGINNING_GONE)
    assert not audited.audit.verify().sound
    record(audited.world.bridge.database, audited.entry(audited.globex, 3))
    assert audited.fault("globex") == (1, BEGINNING_GONE), "an entry that comes after is no beginning"


def test_a_tenant_put_there_by_hand_has_no_beginning(audited: Audited) -> None:
    with audited.world.bridge.database.write() as work:
        work.tenants.save(replace(audited.acme, id=TenantId("smuggled"), slug="smuggled"))
    assert audited.fault("smuggled") == (1, BEGINNING_GONE)


def test_an_older_version_beside_this_one_goes_on_with_a_chain_and_breaks_nothing(audited: Audited) -> None:
    """It leaves the seal as it is; the next entry of this version signs the head anew."""
    sealed = audited.owned.seal("acme")
    record(audited.world.bridge.database, audited.entry(audited.acme, 6))
    head = audited.head(audited.acme)
    audited.owned.set_head("acme", seq=6, mac=head.mac, seal=sealed)
    assert audited.audit.verify().sound
    record(audited.world.bridge.database, audited.entry(audited.acme, 7))
    assert audited.audit.verify().sound
    assert audited.owned.seal("acme").startswith("7:")


def test_heads_that_an_older_version_wrote_are_signed_once_on_demand(audited: Audited) -> None:
    for slug, tenant, seq in (("acme", audited.acme, 5), ("globex", audited.globex, 2)):
        audited.owned.set_head(slug, seq=seq, mac=audited.head(tenant).mac, seal="")
    audited.owned.change("globex", 2, reason="none")
    assert audited.audit.sign_heads(at=1.0, by=Actor("sam", reason="upgrade")) == 1
    assert audited.fault() is None
    assert audited.fault("globex") == (2, ALTERED), "what was tampered with is not signed"
    (entry,) = audited.audit.latest(chain_of(None), most=5)
    assert (entry.entry.action, entry.entry.after, entry.entry.reason) == (
        "audit.heads_signed",
        {"chains": 1},
        "upgrade",
    )
    assert audited.audit.sign_heads(at=1.0, by=Actor("sam", reason="upgrade")) == 0


def test_heads_of_every_age_count(audited: Audited) -> None:
    heads = [str(audited.owned.row("acme", seq)["mac"]) for seq in (1, 3, 5)]
    assert audited.audit.verify(heads=heads).sound


@pytest.mark.parametrize("change", [{"seq": 4}, {"seq": 6}, {"mac": "another"}])
def test_a_head_that_was_changed_is_found(audited: Audited, change: dict[str, object]) -> None:
    head = audited.head(audited.acme)
    audited.owned.set_head("acme", **{"seq": head.seq, "mac": head.mac, **change})
    assert audited.fault() == (6, CUT_OFF)


def test_an_entry_forged_with_another_key_is_found(audited: Audited) -> None:
    record(audited.world.bridge.database, audited.entry(audited.acme, 6), keys=(b"x" * 32,))
    assert audited.fault() == (6, ALTERED)


def test_an_entry_without_a_mac_is_not_taken_for_an_old_one(audited: Audited) -> None:
    audited.owned.change("acme", 5, mac="", actor="nobody")
    assert audited.fault() == (5, Tampering.BEFORE_THE_CHAIN)


def test_entries_of_two_tenants_cannot_change_places(audited: Audited) -> None:
    mine, other = audited.owned.row("acme", 2), audited.owned.row("globex", 2)
    audited.owned.change("acme", 2, before=other["before"], after=other["after"], subject="globex", mac=other["mac"])
    audited.owned.change("globex", 2, before=mine["before"], after=mine["after"], subject="acme", mac=mine["mac"])
    assert audited.fault("acme") == (2, ALTERED)
    assert audited.fault("globex") == (2, ALTERED)


def test_an_entry_of_another_tenant_cannot_be_put_at_the_end(audited: Audited) -> None:
    audited.owned.change("acme", 3, chain=audited.globex.id, tenant_id=audited.globex.id)
    assert audited.fault("acme") == (3, OUT_OF_PLACE)
    assert audited.fault("globex") == (3, ALTERED)


def test_an_entry_hidden_before_all_others_is_found(audited: Audited) -> None:
    audited.owned.change("globex", 2, chain=audited.acme.id, seq=0, id=-7)
    assert audited.fault("acme") == (1, OUT_OF_PLACE)


def test_an_entry_moved_to_a_chain_that_is_nobodys_is_found(audited: Audited) -> None:
    audited.owned.change("acme", 5, chain="nobody", seq=1)
    broken = [report.head.chain for report in audited.audit.verify().chains if report.fault]
    assert sorted(broken) == sorted([audited.acme.id, "nobody"])


@pytest.mark.parametrize(
    "garbage",
    [{"before": "{"}, {"after": "[]"}, {"at": "yesterday"}, {"mac": b"\x00"}, {"actor": b"sam@staff"}],
    ids=str,
)
def test_what_is_no_entry_at_all_is_found(audited: Audited, garbage: dict[str, object]) -> None:
    audited.owned.change("acme", 2, **garbage)
    assert audited.fault() == (2, ALTERED)


def test_a_number_that_is_none_is_found(audited: Audited) -> None:
    audited.owned.change("acme", 2, seq="two")
    assert audited.fault() == (2, OUT_OF_PLACE)


def test_entries_stay_good_when_keys_are_rotated_and_not_when_the_old_one_is_gone(audited: Audited) -> None:
    database, old, new = audited.world.bridge.database, b"k" * 32, b"n" * 32
    record(database, audited.entry(audited.acme, 6), keys=(new, old))
    assert auditing(database, keys=(new, old)).verify().sound
    (report,) = auditing(database, keys=(new,)).verify("acme").chains
    assert report.fault is not None
    assert (report.fault.seq, report.fault.kind) == (1, ALTERED)


def test_every_page_of_a_long_chain_is_looked_at(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing_service, "PAGE", 2)
    assert audited.audit.verify().sound
    assert [link.seq for link in audited.audit.entries("acme")] == [1, 2, 3, 4, 5]
    audited.owned.change("acme", 5, reason="none")
    assert audited.fault() == (5, ALTERED)


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_entries_written_meanwhile_are_no_fault(audited: Audited, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    monkeypatch.setattr(auditing_service, "PAGE", page)
    busy = Busy(audited.world.bridge.database, audited.entry(audited.acme, 0))
    found: Verification = replace(audited.audit, database=busy).verify("acme")
    assert found.sound
    assert found.chains[0].head == audited.head(audited.acme)


def test_a_tenant_that_is_not_there_is_not_sound(audited: Audited) -> None:
    with pytest.raises(NotFound):
        audited.audit.verify("initech")
