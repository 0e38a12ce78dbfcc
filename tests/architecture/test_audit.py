"""Nobody writes into the audit but its service, and nobody forgets from where a change came."""

import ast
import re

from app.domain.accounts.held import HeldDecision
from app.web.audit.audit_words import ACTIONS
from tests.architecture.test_doors import APP, calls

ACTION = re.compile(
    r"(tenant|domain|setup_link|connection|account|client|consent|scope|held|second_factor|sessions|throttle|authorization)\.[a-z_]+"
)
MADE = ("created", "changed")


def mentioning(word: str) -> set[str]:
    return {str(path.relative_to(APP)) for path in APP.rglob("*.py") if word in path.read_text()}


def test_audit_entries_are_stored_by_one_function_only() -> None:
    assert set(calls((".audit.add",))) == {("services/audit/audit.py", "_add")}


def test_the_tables_of_the_audit_are_written_by_one_file_only() -> None:
    assert mentioning("AuditEntryRow") | mentioning("AuditHeadRow") == {"adapters/sql/audit/audit.py"}


def test_entries_are_signed_by_one_file_only() -> None:
    assert mentioning("signed_text") == {"domain/audit/audit.py", "services/audit/audit.py"}


def test_every_page_that_says_who_says_from_where() -> None:
    """An actor comes from "command line" unless it is told: pages take theirs from the console, which tells it."""
    made = {(file, name) for file, name in calls(("Actor",)) if file.startswith("web/")}
    assert made == {("web/consoles/console.py", "actor")}
    assert (
        "Actor(named(signed_in.tenant, signed_in.account), client_ip(), reason)"
        in (APP / "web" / "consoles" / "console.py").read_text()
    )


def test_every_action_has_words_for_a_page() -> None:
    """Literal ones; put together are `<noun>.created`, `<noun>.changed`, and decisions about held logins."""
    literal = {
        node.value
        for path in (APP / "services").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value)
    }
    made = {f"{noun}.{verb}" for noun in ("tenant", "connection", "account", "client", "scope") for verb in MADE}
    decided = {f"held.{decision}" for decision in HeldDecision if decision is not HeldDecision.OPEN}
    assert literal | made | decided == set(ACTIONS)
