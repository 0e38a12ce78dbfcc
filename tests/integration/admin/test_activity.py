"""`/admin/activity/changes`: the tenant's own part of the audit."""

import json

from app.domain.audit.audit import Actor
from tests.integration.admin.office import Office

ACTIVITY = "/admin/activity/changes"


def test_a_tenant_reads_what_was_changed_by_whom_and_why(office: Office) -> None:
    office.press("/admin/switch-request", on="/admin/switch", note="please")
    switching = office.world.bridge.switching
    switching.decline("acme", by=Actor("staff/sam", "198.51.100.7", "not tested yet"))
    page = office.read(ACTIVITY)
    assert page.index("staff/sam 198.51.100.7") < page.index("acme/ada 127.0.0.1")
    assert "Reason: not tested yet" in page


def test_and_takes_it_home(office: Office) -> None:
    office.press("/admin/switch-request", on="/admin/switch", note="please")
    answer = office.browser.get(f"{ACTIVITY}.jsonl")
    (line,) = answer.get_data(as_text=True).splitlines()
    entry = json.loads(line)
    assert (entry["tenant"], entry["seq"], entry["actor"]) == ("acme", 1, "acme/ada")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-acme.jsonl"'
