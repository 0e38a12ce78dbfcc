"""No page says a sentence that has not been through the catalogs: each is read in a language that has none."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.reasons import ReasonCode
from app.domain.text import LANGUAGES
from app.web import readers
from app.web.connections.preset_words import NAMES as PROVIDERS
from app.wiring import infrastructure
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.integration.admin.office import Office
from tests.integration.crawler import Crawler
from tests.integration.lived_in import STEPS, LivedIn
from tests.services.pseudo_language import PSEUDO, PseudoLanguage, untranslated

PRODUCTS = ("SSO", "Bridge", *(word for name in PROVIDERS.values() for word in name.split()))
PEOPLE = ("ada", "alice", "bob", "carol", "twin", "none", "new", "newcomer", "sam", "olga", "staff", "gone")
DATA = (
    "proposed",
    "acme",
    "Vendor",
    "main",
    "bridge",
    "oidc",
    "okta",
    "entra",
    "google",
    "adfs",
    "to",
    "people",
    "desk",
    "vendors",
    "nightly",
    "stats",
    "colour",
    "hd",
    "tid",
)
ENDPOINTS = ("token", "userinfo", "discovery", "keys", "certificate")
CLAIMS = ("aud", "email", "exp", "iat", "iss", "nonce", "sid", "sub")
NAMES = frozenset(
    [
        *(*PRODUCTS, *PEOPLE, *DATA, *CLAIMS, *ENDPOINTS, *(word.title() for word in (*PEOPLE, *DATA))),
        *(*LANGUAGES, *readers.NAMES.values(), *(code.value for code in ReasonCode)),
    ]
)
"""Words of the set-up, of protocols and of products, which no language translates."""
FORMER = re.compile(r"^/(?:admin|support/tenants/<slug>)/(?:sessions|accounts)\b")


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Whose only language besides English is the invented one."""
    monkeypatch.setattr(infrastructure, "Catalogs", PseudoLanguage)
    monkeypatch.setitem(readers.NAMES, PSEUDO, "Ψ")
    world = World.create(tmp_path, database_url=sqlite_url)
    yield world
    world.close()


@pytest.fixture
def lived_in(world: World, idp: FakeProvider) -> LivedIn:
    return LivedIn(Office(world, idp))


def in_plain_letters(crawler: Crawler, *starts: str) -> dict[str, str]:
    """Each text that was not translated, and a page that says it."""
    crawler.browser.get(f"/?ui_locales={PSEUDO}")
    found: dict[str, str] = {}
    for url, answer in crawler.pages(*starts):
        assert answer.status_code < 500, url
        for text in untranslated(answer.get_data(as_text=True), names=NAMES):
            found.setdefault(text, f"{answer.status_code} {url}")
    return found


def unread(crawler: Crawler, console: str) -> set[str]:
    """The pages of a console that were not reached. Exports are data, old addresses lead to new ones."""
    rules = (rule.rule for rule in crawler.world.app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    pages = {rule for rule in rules if rule.startswith(console) and not rule.endswith((".csv", ".jsonl"))}
    return {rule for rule in pages - crawler.rules.keys() if not FORMER.search(rule)}


def test_a_tenants_admins_read_nothing_untranslated(lived_in: LivedIn) -> None:
    crawler = Crawler(lived_in.office.world, lived_in.office.browser)
    doors = [f"/admin/{door}" for door in lived_in.doors]
    assert in_plain_letters(crawler, "/admin/", "/account", "/nothing/is/here", *doors) == {}
    assert unread(crawler, "/admin/") == set()


def test_staff_read_nothing_untranslated(lived_in: LivedIn) -> None:
    crawler = Crawler(lived_in.office.world, lived_in.counter.browser("olga").client)
    doors = [f"/support/tenants/acme/{door}" for door in lived_in.doors]
    apps = [f"/support/apps/vendors/{page}" for page in ("edit", "secret", "retire")]
    searches = ("/support/search?q=a", "/support/search?q=4711-0815")
    assert in_plain_letters(crawler, "/support/", "/account", "/support/nothing", *searches, *doors, *apps) == {}
    assert unread(crawler, "/support/") == set()


def test_whoever_has_a_set_up_link_reads_nothing_untranslated(lived_in: LivedIn) -> None:
    newcomer = lived_in.newcomer
    crawler = Crawler(newcomer.world, newcomer.browser)
    steps = [f"/setup/sso/{lived_in.proposed}/{step}" for step in (*STEPS, "keys")]
    assert in_plain_letters(crawler, "/setup/sso", "/setup/sso/new", *steps, "/setup/nothing") == {}
    theirs = ("undo", "status", "next-secret", "keys/new", "keys/retire", "keys/withdraw")
    assert unread(crawler, "/setup/sso") == {f"/setup/sso/<connection_id>/{act}" for act in theirs}, "not by link"


def test_whoever_signs_in_reads_nothing_untranslated(lived_in: LivedIn) -> None:
    crawler = Crawler(lived_in.office.world, lived_in.office.world.client())
    starts = ("/", "/?q=acme-typo", "/t/acme/login", "/t/acme/password/forgot", "/logged-out", "/t/gone/login")
    assert in_plain_letters(crawler, *starts) == {}


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Ｓｉｇｎｅｄ ｉｎ</p><p>Never said so</p>", ["Never said so"]),
        ("<a title='A title'>Ｘ</a>", ["A title"]),
        ("<input placeholder='Typed'><br><p>Ｘ</p>", ["Typed"]),
        ("<code>error_code is data</code><bdi>Ada King</bdi><script>let it = 1</script>", []),
        ("<li lang='de'>Deutsch und so</li><p>ada@acme.example https://acme.example/any/path x_y</p>", []),
    ],
)
def test_the_reading_sees_words_and_leaves_data_alone(html: str, found: list[str]) -> None:
    assert [*untranslated(html)] == found
