"""Tries every scenario against real providers: `python -m tests.compatibility.run [--write] [keycloak|oidc-provider]`.

What they need is fetched once into .venv/providers. With `--write` the result goes into docs/compatibility.md.
The exit code says whether everything worked that the provider offers; without Java, Maven, Node and npm it is not 0.
"""

import argparse
import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count
from pathlib import Path

import structlog

from tests.compatibility.certificates import Certificates
from tests.compatibility.infrastructure import Infrastructure
from tests.compatibility.keycloak import Keycloak
from tests.compatibility.oidc_provider import OidcProvider
from tests.compatibility.provider import Missing, RealProvider
from tests.compatibility.scenarios import SCENARIOS
from tests.drills.run import commit
from tests.integration.server import Server
from tests.services.process import private_folder

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".venv" / "providers"
PAGE = ROOT / "docs" / "compatibility.md"
BEGIN, END = "<!-- results -->", "<!-- /results -->"
PROVIDERS: dict[str, Callable[[Path, Certificates], RealProvider]] = {
    "keycloak": Keycloak.start,
    "oidc-provider": OidcProvider.start,
}
WORKS = "works"


def tried(infrastructure: Infrastructure, scenario: Callable[[Infrastructure], str | None]) -> str:
    """In a few words; what does not work says why."""
    try:
        return scenario(infrastructure) or WORKS
    except Missing as missing:
        return str(missing)
    except Exception as error:  # noqa: BLE001 - the other scenarios still run
        text = " ".join(str(error).split()).replace("|", "/")
        return f"**fails**: {text[:400] or type(error).__name__}"


@contextmanager
def ground_of(provider: RealProvider, certificates: Certificates) -> Iterator[Infrastructure]:
    folder = private_folder("compatibility")
    url = f"sqlite:///{folder / 'bridge.sqlite3'}"
    server = Server.start(folder, url, workers=1, REQUESTS_CA_BUNDLE=str(certificates.authority))
    try:
        yield Infrastructure(server=server, provider=provider, certificates=certificates, _numbers=count(1))
    finally:
        server.close()
        server.service.discard()


def results(name: str, certificates: Certificates, *, only: str = "") -> tuple[str, dict[str, str]]:
    """The provider with its version, and how each scenario went."""
    provider = PROVIDERS[name](CACHE, certificates)
    try:
        with ground_of(provider, certificates) as infrastructure:
            found = {}
            for scenario, act in SCENARIOS.items():
                if only not in scenario:
                    continue
                found[scenario] = tried(infrastructure, act)
                print(f"{provider.name} {provider.version}: {scenario}: {found[scenario]}", flush=True)
            return f"{provider.name} {provider.version}", found
    finally:
        provider.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("providers", nargs="*", choices=[*PROVIDERS, []])
    parser.add_argument("--write", action="store_true", help=f"put the results of all into {PAGE.name}")
    parser.add_argument("--only", default="", metavar="WORDS", help="scenarios with these words in their name")
    options = parser.parse_args()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING)
    )  # its lines are the results
    folder = private_folder("certificates")
    certificates = Certificates.made(folder)
    try:
        found = dict(results(name, certificates, only=options.only) for name in options.providers or PROVIDERS)
    except Missing as missing:
        sys.exit(f"Missing: {missing}.")
    finally:
        shutil.rmtree(folder)
    if options.write and not options.providers and not options.only:
        write(found)
    failed = sum(said.startswith("**fails**") for each in found.values() for said in each.values())
    sys.exit(1 if failed else 0)


def write(found: dict[str, dict[str, str]]) -> None:
    """Between the marks of the page, with the date and what was run."""
    lines = [
        f"Version {version('sso-bridge')} ({commit()}), {datetime.now(UTC):%d %B %Y}:",
        "",
        "| | " + " | ".join(found) + " |",
        "|---" * (len(found) + 1) + "|",
        *(f"| {scenario} | " + " | ".join(each[scenario] for each in found.values()) + " |" for scenario in SCENARIOS),
    ]
    before, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
