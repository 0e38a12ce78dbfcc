"""The bridge beside a real provider: each scenario has a tenant of its own, by an `apply` file."""

import re
from dataclasses import dataclass, replace
from itertools import count

import requests

from app.adapters.apply_file.presets import read_presets
from app.adapters.apply_file.read import read_apply_file
from app.cli.apply.apply import apply_spec
from app.cli.bridge import CONFIG
from app.services.traces.traces import explain
from app.wiring import Bridge
from tests.compatibility.certificates import Certificates
from tests.compatibility.person import Person
from tests.compatibility.provider import SECRET, Client, ClientAuth, RealProvider
from tests.drills.stage.processes import within
from tests.integration.server import Server

FILE = """
[[tenants]]
slug = "{slug}"
name = "{slug}"
policy = "sso_optional"
[[tenants.accounts]]
username = "alice"
email = "alice@acme.example"
[[tenants.accounts]]
username = "bob"
email = "bob@acme.example"
[[tenants.connections]]
name = "main"
issuer = "{issuer}"
client_id = "{slug}"
"""
NOTICED_S = 10
"""How long a logout by the back channel may take."""


@dataclass(kw_only=True)
class Infrastructure:
    """A running bridge and a running provider."""

    server: Server
    provider: RealProvider
    certificates: Certificates
    _numbers: "count[int]"

    @property
    def _bridge(self) -> Bridge:
        """Of this process, over the same database: `sso-bridge apply` and `trace` would do, and take a second each."""
        return self.server.world.bridge

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def tenant(self, *, settings: str = "", auth: ClientAuth = "client_secret_basic", **features: object) -> "Place":
        """With `settings` more lines of the connection; the provider knows the client by its `features`."""
        slug = f"scenario-{next(self._numbers)}"
        file = self.server.folder / f"{slug}.toml"
        lines = [*_own(auth, self.certificates), settings]
        file.write_text(FILE.format(slug=slug, issuer=self.provider.issuer) + "\n".join(lines))
        presets = read_presets(CONFIG / "providers.toml")
        apply_spec(self._bridge, read_apply_file(file, environment={}, presets=presets, development=True))
        with self._bridge.database.read() as work:
            tenant = work.tenants.by_slug(slug)
            assert tenant
            connection = work.connections.of_tenant(tenant.id)[0]
        client = Client(
            client_id=slug,
            redirect_uri=f"{self.base}/callback/{connection.id}",
            signed_out_uri=f"{self.base}/logged-out",
            backchannel_uri=f"{self.base}/backchannel-logout/{connection.id}",
            frontchannel_uri=f"{self.base}/frontchannel-logout/{connection.id}",
            jwks_uri=f"{self.base}/t/{slug}/jwks/main",
            auth=auth,
        )
        self.provider.register(replace(client, **features))  # type: ignore[arg-type]  # a scenario names its fields
        return Place(infrastructure=self, slug=slug)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One tenant, whose people go to the provider."""

    infrastructure: Infrastructure
    slug: str

    def person(self, name: str = "alice") -> Person:
        return Person(name, authority=self.infrastructure.certificates.authority)

    def signs_in(self, person: Person, *, query: str = "") -> None:
        """The whole way; a login that stops says why in the words of its trace."""
        stopped = self.tries(person, query=query)
        assert stopped is None, self.explained(stopped)

    def tries(self, person: Person, *, query: str = "") -> requests.Response | None:
        """The page at which a login has stopped; None where they are signed in."""
        url = f"{self.infrastructure.base}/t/{self.slug}/oauth/login{query}"
        answer = person.go(url, provider=self.infrastructure.provider.issuer)
        return None if self.session(person) == person.name else answer

    def signs_out(self, person: Person) -> requests.Response:
        """Here, and on to the provider where that is offered."""
        return self.posts(person, page="/account", to="/logout")

    def posts(self, person: Person, *, page: str, to: str) -> requests.Response:
        """A form of a page of the bridge, and wherever it leads."""
        text = person.get(f"{self.infrastructure.base}{page}").text
        token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', text)[-1]
        answer = person.post(f"{self.infrastructure.base}{to}", {"csrf_token": token})
        return person.through(answer, provider=self.infrastructure.provider.issuer)

    def leaves_the_provider(self, person: Person) -> None:
        """Signs out there, as from another application."""
        issuer = self.infrastructure.provider.issuer
        metadata = person.get(f"{issuer}/.well-known/openid-configuration").json()
        person.go(metadata["end_session_endpoint"], provider=issuer)

    def session(self, person: Person) -> str | None:
        """Whose it is."""
        answer = person.get(f"{self.infrastructure.base}/session")
        return str(answer.json()["account"]["username"]) if answer.status_code == 200 else None

    def soon_signed_out(self, person: Person) -> bool:
        return within(NOTICED_S, lambda: self.session(person) is None)

    def explained(self, answer: requests.Response) -> str:
        found = re.search(r'data-reference="([^"]+)"', answer.text)
        if not found:
            text = " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
            return f"it ended at {answer.url.partition('?')[0]}: {answer.status_code} {text[:200]}"
        trace = explain(self.infrastructure.server.world.bridge.traces.get(found[1]))
        return f"{trace['reason']}: {trace['summary']} → {trace['remedy']}"


def _own(auth: ClientAuth, certificates: Certificates) -> list[str]:
    """The lines by which the bridge proves itself."""
    lines = [f'client_auth = "{auth}"']
    if auth in ("client_secret_basic", "client_secret_jwt"):
        lines.append(f'client_secret = "{SECRET}"')
    if auth == "tls_client_auth":
        lines += [f'certificate = "file:{certificates.client}"', f'private_key = "file:{certificates.client_key}"']
    return lines
