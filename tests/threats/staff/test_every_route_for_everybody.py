"""Every address of the consoles and of a set-up, tried by those who have no business there.

A new route is covered by the rule for where it stands; one that names a thing fails here until `Everything.objects`
has such a thing, and one that stands elsewhere until it is among the rest.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

import pytest
from werkzeug.routing import Rule

from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.threats.staff.everything import Everything

AREAS = ("/support", "/admin", "/setup")
OPEN_TO_ALL = (
    "/", "/account", "/accounts", "/backchannel-logout", "/callback", "/forward-auth", "/frontchannel-logout",
    "/healthz", "/logged-out", "/logout", "/metrics", "/password", "/readyz", "/session", "/static", "/t", "/dev",
    "/.well-known", "/oauth2", "/device",
)  # fmt: skip
"""The first part of every other address: each checks by itself, and has tests of its own."""
BY_TOKEN = ("/setup/<token>", "/setup/<token>/code")
"""Whoever has the link may look; see tests/threats/setup."""
LOGIN, DENIED, ABSENT, OWN = "login", "denied", "absent", "own"
TABLE: Mapping[tuple[str, str], str] = {
    ("/support", "nobody"): LOGIN,
    ("/support", "agent"): DENIED,
    ("/support", "admin of another tenant"): DENIED,
    ("/support", "set-up link of another tenant"): LOGIN,
    ("/admin", "nobody"): LOGIN,
    ("/admin", "agent"): DENIED,
    ("/admin", "admin of another tenant"): OWN,
    ("/admin", "set-up link of another tenant"): LOGIN,
    ("/setup", "nobody"): ABSENT,
    ("/setup", "agent"): ABSENT,
    ("/setup", "admin of another tenant"): ABSENT,
    ("/setup", "set-up link of another tenant"): OWN,
}
"""What each of them gets. OWN: pages of their own tenant, on which nothing of acme's exists."""
DONE_ALREADY = {("POST", "/admin/domains/<domain>/remove")}
"""A second click finds it done, whether or not there was anything: 303, and nothing is changed."""
MOVED = {("GET", "/admin/sessions/<session_id>/end")}
"""It only leads to its present address, where the same is asked."""
OWN_NAMES = {"name"}
"""Parts that a tenant names itself: globex has a connection of the same name."""
REFERENCE = re.compile(r'data-(reference|copy)="[^"]*"|<code[^>]*>[^<]*</code>|value="[^"]*"')


@pytest.fixture
def everything(world: World, idp: FakeProvider) -> Everything:
    return Everything(world, idp)


def area_of(rule: Rule) -> str:
    return "/" + rule.rule.split("/")[1]


def routes(world: World) -> Iterator[tuple[str, Rule]]:
    """Method and rule of every route of the three areas."""
    for rule in world.app.url_map.iter_rules():
        if area_of(rule) in AREAS and rule.rule not in BY_TOKEN:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule


def filled(rule: Rule, objects: Mapping[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: objects[part[1]], rule.rule)


def test_every_route_stands_in_an_area_or_is_open_to_all(world: World) -> None:
    elsewhere = {area_of(rule) for rule in world.app.url_map.iter_rules()} - {*AREAS, *OPEN_TO_ALL}
    assert elsewhere == set()


def test_everything_that_an_address_can_name_exists_in_these_tests(everything: Everything) -> None:
    named = {part for _, rule in routes(everything.world) for part in rule.arguments}
    assert named - set(everything.objects()) == set()


def test_those_who_have_no_business_there_get_what_the_table_says_and_change_nothing(everything: Everything) -> None:
    objects = everything.objects()
    visitors = everything.visitors()
    before = everything.stored()
    wrong = []
    for method, rule in routes(everything.world):
        for who, visitor in visitors.items():
            path = filled(rule, objects)
            answer = visitor.knock(method, path)
            expected = TABLE[area_of(rule), who]
            if not as_expected(expected, method, rule, answer.status, answer.location):
                wrong.append(f"{who}: {method} {path}: {answer.status} {answer.location}")
            if who != "agent" and "Acme Support" in answer.page:
                wrong.append(f"{who}: {method} {path} names the tenant")
            changed = {table for table, rows in everything.stored().items() if rows != before[table]}
            if changed and expected != OWN:
                wrong.append(f"{who}: {method} {path} changed {changed}")
            if changed:
                before = everything.stored()
    assert wrong == []
    assert of_acme(everything, everything.stored()) == of_acme(everything, before)


def test_what_exists_and_what_does_not_are_not_told_apart(everything: Everything) -> None:
    objects = everything.objects()
    invented = dict.fromkeys(objects, "nothing-there")
    visitors = everything.visitors()
    told = []
    for method, rule in routes(everything.world):
        if not rule.arguments - OWN_NAMES:
            continue
        for who, visitor in visitors.items():
            real, other = filled(rule, objects), filled(rule, invented)
            one, two = visitor.knock(method, real), visitor.knock(method, other)
            same = (one.status, nameless(one.location, objects)) == (two.status, nameless(two.location, invented))
            if TABLE[area_of(rule), who] == LOGIN:
                same = one.status == two.status
            if not same:
                told.append(f"{who}: {method} {rule.rule}: {one.status} and {two.status}")
            elif one.status == 404 and plain(one.page, real) != plain(two.page, other):
                told.append(f"{who}: {method} {rule.rule}: different pages")
    assert told == []


def nameless(location: str, objects: Mapping[str, str]) -> str:
    """An address, whatever it is about."""
    values = set(objects.values())
    return "/".join("*" if part in values else part for part in unquote(location).split("/"))


def plain(page: str, path: str) -> str:
    """Without its reference, and without its own address, which the links to other languages repeat."""
    return REFERENCE.sub("", page.replace(path, "").replace(quote(path, safe=""), ""))


def as_expected(expected: str, method: str, rule: Rule, status: int, location: str) -> bool:
    if expected == LOGIN:
        start = "/t/staff/login?next=" if area_of(rule) == "/support" else "/?next="
        return status == 303 and location.startswith(start)
    if expected == DENIED:
        return status == 403
    if expected == ABSENT:
        return status == 404
    if rule.arguments - OWN_NAMES:
        return status == 404 or (method, rule.rule) in DONE_ALREADY | MOVED
    return status < 500


def of_acme(everything: Everything, stored: Mapping[str, str]) -> Mapping[str, bool]:
    """Whether each table still has what it had of acme's, as far as text can tell."""
    return {table: everything.acme.id in rows for table, rows in stored.items()}
