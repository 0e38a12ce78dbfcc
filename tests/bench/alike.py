"""Whether known and unknown people get the same answer after the same time (ASVS 5.0, 6.3.8).

At each door people of every kind are asked for in turn, in an order by chance, one at a time, from an address that is
new for each; names are equally long and asked for equally often. So no limit is reached, and nothing differs but who it
is.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from urllib.parse import urlencode

from tests.bench.stage.browser import Answer, Browser, Failed, expect
from tests.bench.stage.servers import Running, bridge, stores, stub_provider
from tests.bench.stage.sites import PASSWORD, account, tenant
from tests.bench.stage.statistics import Ranks, ranks
from tests.bench.stage.visits import hidden_fields

NAMES = 40
"""Of each kind. None is asked for so often that its limits come near."""
EACH, FIRST_ONES = 170, 5
"""Of each kind in one run, so that three make the 500 that 6.3.8 asks for; after some that do not count."""
KNOWN, UNKNOWN, NO_PASSWORD, DISABLED = "known", "never", "ssoer", "shuts"
KINDS = {
    KNOWN: "with a password",
    UNKNOWN: "unknown",
    NO_PASSWORD: "without a password",
    DISABLED: "disabled",
}
CLOSED = "closed"
"""A tenant whose people sign in by SSO only."""
VARYING = re.compile(rb'value="[^"]*"|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}')
"""What is new in each answer, or what was typed: form fields, and references."""
IGNORED = {"date", "x-request-id"}
HEAD = "| asked | people | samples | medians ms | AUC (95 %) | answers | |\n|---|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody outside may ask for a person. A form has `fields`; without, the name is in the address."""

    title: str
    path: str
    status: int
    fields: Mapping[str, str] | None = None
    form: str = ""
    kinds: Sequence[str] = tuple(KINDS)


DOORS = (
    Door("Password form, wrong password", "/t/acme/login", 401, {"password": "not the right one at all"}),
    Door("Forgotten password", "/t/acme/password/forgot", 303, {}),
    Door(
        "Password form, SSO-only workspace", f"/t/{CLOSED}/login", 403, {"password": PASSWORD}, form="/t/acme/login",
        kinds=(NO_PASSWORD, UNKNOWN),
    ),
    Door("Finder, by email", "/?q={}@acme.example", 303),
)  # fmt: skip


@dataclass(slots=True)
class Samples:
    """Of one run, by door and kind: seconds, and the different answers."""

    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    answers: dict[tuple[str, str], set[bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What the runs say of one kind of people at one door, against those whom it knows."""

    door: str
    kind: str
    against: str
    samples: int
    medians_ms: tuple[float, float]
    ranks: Ranks
    same_answers: bool

    @property
    def title(self) -> str:
        return f"{self.door}: {KINDS[self.kind]} / {KINDS[self.against]}"

    @property
    def alike(self) -> bool:
        return self.same_answers and not self.ranks.different


@dataclass(frozen=True, slots=True)
class Alike:
    """A comparison, beside the scenarios."""

    name: str
    title: str
    server: Callable[[], AbstractContextManager[Running]]
    doors: Sequence[Door] = DOORS
    each: int = EACH

    def run(self) -> Samples:
        """Raises SystemExit if an answer is another than expected: a limit was reached, or a form not taken."""
        with self.server() as running:
            found = Samples()
            try:
                for door in self.doors:
                    _ask_at(running.base_url, door, self.each, found)
            except Failed as failure:
                raise SystemExit(f"No figures: a visit failed: {failure}") from failure
        return found

    def table(self, runs: Sequence[Samples]) -> str:
        """Markdown."""
        return "\n".join([f"{self.title}:\n\n{HEAD}", *map(_row, pooled(runs))])


def _row(found: Found) -> str:
    own, others = found.medians_ms
    said = "no difference found" if found.alike else "**different**"
    return (
        f"| {found.door} | {KINDS[found.kind]} / {KINDS[found.against]} | {found.samples} each"
        f" | {own:.2f} / {others:.2f} | {found.ranks} | {'the same' if found.same_answers else '**others**'} | {said} |"
    )


def pooled(runs: Sequence[Samples]) -> Iterator[Found]:
    """All runs together: each kind of people against the first one at that door."""
    first: dict[str, str] = {}
    for door, kind in runs[0].seconds:
        against = first.setdefault(door, kind)
        if kind == against:
            continue
        own, others = ([second for run in runs for second in run.seconds[door, one]] for one in (kind, against))
        answers = set().union(*(run.answers[door, one] for run in runs for one in (kind, against)))
        medians = median(own) * 1000, median(others) * 1000
        yield Found(door, kind, against, len(own), medians, ranks(others, own), len(answers) == 1)


def _ask_at(base_url: str, door: Door, each: int, found: Samples) -> None:
    browser, order = Browser(), secrets.SystemRandom()
    hidden = {}
    for kind in door.kinds:  # in this order: the first is what the others are compared with
        found.seconds[door.title, kind], found.answers[door.title, kind] = [], set()
    if door.fields is not None:
        page = expect(browser.get(f"{base_url}{door.form or door.path}"), 200)
        hidden = hidden_fields(page.body.decode()) | dict(door.fields)
    for number in range(FIRST_ONES + each):
        kinds = list(door.kinds)
        order.shuffle(kinds)
        for kind in kinds:
            name = f"{kind}{number % NAMES:03}"
            began = time.perf_counter()
            answer = _ask(browser, base_url, door, name, hidden)
            took = time.perf_counter() - began
            expect(answer, door.status)
            if number >= FIRST_ONES:
                found.seconds[door.title, kind].append(took)
                found.answers[door.title, kind].add(_seen(answer, name))


_ADDRESSES = count(1)


def _ask(browser: Browser, base_url: str, door: Door, name: str, hidden: Mapping[str, str]) -> Answer:
    number = next(_ADDRESSES)
    address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    url = f"{base_url}{door.path.format(name)}"
    if door.fields is None:
        return browser.get(url, X_Forwarded_For=address)
    return browser.post(url, urlencode({**hidden, "username": name}).encode(), X_Forwarded_For=address)


def _seen(answer: Answer, name: str) -> bytes:
    """What somebody can tell apart, but for what is new in each answer and the name that they typed themselves."""
    headers = sorted(f"{key}: {value}" for key, value in answer.headers.items() if key not in IGNORED)
    whole = "\n".join([str(answer.status), *headers]).encode() + b"\n" + answer.body
    return VARYING.sub(b"", whole.replace(name.encode(), b"NAME"))


@contextmanager
def people_of_every_kind() -> Iterator[Running]:
    """Two tenants on PostgreSQL; who the browser says it is from, the bridge believes, as behind a proxy."""
    kinds = (KNOWN, PASSWORD, "active"), (NO_PASSWORD, "", "active"), (DISABLED, PASSWORD, "disabled")
    people = "".join(
        account("acme", f"{kind}{number:03}", password=password, status=status)
        for kind, password, status in kinds
        for number in range(NAMES)
    )
    closed = "".join(account(CLOSED, f"{NO_PASSWORD}{number:03}") for number in range(NAMES))
    with stub_provider() as issuer, stores("postgres") as found:
        open_one = tenant("acme", issuer, more='email_domains = ["acme.example"]\nthrottle_failures = 100')
        apply = open_one + people + tenant(CLOSED, issuer, policy="sso_only") + closed
        with bridge(found, apply, settings={"trusted_proxies": "1"}) as running:
            yield running


def all_comparisons() -> Iterator[Alike]:
    yield Alike(
        "known-and-unknown",
        "Do known and unknown people get the same answer after the same time? (AUC 0.50: nobody can tell them apart)",
        people_of_every_kind,
    )
