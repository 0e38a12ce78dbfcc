"""The grid of `docs/architecture.md`: rooms across, floors down, as the folders are.

`python -m tests.architecture.rooms` writes it.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"

ROOMS = {
    "login": "attempts, callback, chooser, confirmation",
    "accounts": "matching, identities, held logins, people",
    "passwords": "password logins, links, rules, second factors",
    "sessions": "check, forward-auth, logout on all channels",
    "sso_only": "readiness, observing, plan, the switch",
    "connections": "providers, presets, keys, checks",
    "setup": "set-up links for people without an account",
    "tenants": "lookup, policy, domains, security settings",
    "traces": "references, and what they explain",
    "audit": "who changed what",
    "mail": "messages and the outbox",
    "throttling": "how often is too often",
    "staff": "the vendor's own people",
    "apply": "makes stored objects match a file",
    "oauth2": "the bridge as provider: clients and scopes",
}
FLOORS = (
    "app/domain",
    "app/services",
    "app/adapters/sql",
    "app/web",
    "app/cli",
    "tests/unit/domain",
    "tests/unit/services",
    "tests/contracts",
    "tests/integration",
    "tests/threats",
)
FRAMES = {
    "app/domain": {"reasons"},
    "app/adapters/sql": {"database", "migrations"},
    "app/web": {"consoles", "server", "site", "static", "templates"},
    "app/cli": {"demo"},
    "tests/integration": {"admin", "cli", "fake_idp", "http", "mail", "providers", "support"},
    "tests/threats": {"oidf"},
}
"""Folders that are no rooms: what every room of the floor stands on, or hangs from."""
_GRID = re.compile("(?<=<!-- rooms -->\n).*?(?=<!-- /rooms -->)", re.DOTALL)


def folders(floor: str) -> set[str]:
    """The rooms of a floor, and folders that should not be there."""
    found = {path.relative_to(ROOT / floor).parts[0] for path in (ROOT / floor).glob("*/**/*.py")}
    return found - FRAMES.get(floor, set())


def grid() -> str:
    """A table in Markdown: how many modules each room has on each floor."""
    head = ["room", *(f"`{floor}`" for floor in FLOORS), "what is in it"]
    rows = [
        [f"**{room}**", *(_count(ROOT / floor / room) for floor in FLOORS), inside] for room, inside in ROOMS.items()
    ]
    frame = ["*frame*", *(_count(ROOT / floor) for floor in FLOORS), "shared by the rooms of a floor"]
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *rows, frame])


def drawn() -> str:
    """The table as the page has it."""
    found = _GRID.search(PAGE.read_text())
    assert found, "docs/architecture.md has no place for the grid"
    return found[0]


def _count(folder: Path) -> str:
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"] if folder.is_dir() else []
    return str(len(modules)) if modules else "·"


if __name__ == "__main__":
    PAGE.write_text(_GRID.sub(grid().replace("\\", r"\\"), PAGE.read_text()))
