"""A tenant's logins on a page: each with its outcome, reason, person and reference; filtered, charted, taken away."""

import csv
import io
import json
import re
from html import unescape

import pytest

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from tests.builders import password_login, reference_in
from tests.fake_idp import FakeProvider, without
from tests.integration.admin.office import PASSWORD as ADMINS
from tests.integration.support.counter import Browser, Counter

HERE = "/support/tenants/acme/activity"
REFERENCE = re.compile(r'<th scope="row".*?<code dir="ltr">([0-9A-Z-]+)</code>', re.DOTALL)
EMAIL = "alice@acme.example"


@pytest.fixture
def acme(counter: Counter, idp: FakeProvider) -> Tenant:
    tenant = counter.world.tenant("acme", name="Acme")
    counter.world.account(tenant, "alice", email=EMAIL, password="theirs")
    counter.world.account(tenant, "ada", password=ADMINS, roles=[Role.TENANT_ADMIN])
    counter.world.connection(tenant, idp)
    idp.person("alice", email=EMAIL)
    return tenant


@pytest.fixture
def lived(counter: Counter, acme: Tenant, idp: FakeProvider) -> dict[str, str]:
    """One login that went well, one by SSO that did not, one wrong password; by what they are, their references."""
    world = counter.world
    client = world.client()
    assert world.sign_in(client, idp).status_code == 303
    session = world.session(client)
    assert session
    idp.on.userinfo(without("email"))
    idp.on.id_token(without("email"))
    no_email = reference_in(world.sign_in(world.client(), idp))
    idp.honest()
    wrong = reference_in(password_login(world.client(), "alice", "not hers"))
    return {"good": str(session["reference"]), "no_email": no_email, "wrong": wrong}


@pytest.fixture
def ada(counter: Counter, acme: Tenant) -> Browser:
    client = counter.world.client()
    assert password_login(client, "ada", ADMINS).status_code == 303
    return Browser(client)


def listed(browser: Browser, query: str = "", *, here: str = HERE) -> list[str]:
    return REFERENCE.findall(browser.get(f"{here}{query}").get_data(as_text=True))


def test_each_login_says_how_it_ended_why_and_whose_it_was(counter: Counter, lived: dict[str, str]) -> None:
    page = counter.browser().read(HERE)
    assert "Refused wrong_password" in page
    assert "Refused email_missing" in page
    assert "alice SSO main" in page
    assert lived["good"] in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["wrong", "no_email", "good"]),
        ("?outcome=signed_in", ["good"]),
        ("?outcome=unsuccessful", ["wrong", "no_email"]),
        ("?outcome=failed", []),
        ("?reason=wrong_password", ["wrong"]),
        ("?method=sso", ["no_email", "good"]),
        ("?connection=main&outcome=refused", ["no_email"]),
        ("?person=Alice", ["wrong", "good"]),
        ("?person=nobody", []),
        ("?from=2100-01-01", []),
        ("?to=2100-01-01&method=password", ["wrong"]),
        ("?outcome=x&reason=x&method=x&from=x&to=2026-13-40", ["wrong", "no_email", "good"]),
        ("?before=nan&last=x", ["wrong", "no_email", "good"]),
        ("?before=1e400", ["wrong", "no_email", "good"]),
        ("?person=%00&connection=%00", []),
    ],
)
def test_a_filter_finds_its_logins_and_what_is_none_does_not_count(
    counter: Counter, lived: dict[str, str], query: str, expected: list[str]
) -> None:
    assert listed(counter.browser(), query) == [lived[name] for name in expected]


def test_an_unknown_person_is_said_to_be_one(counter: Counter, lived: dict[str, str]) -> None:
    assert lived
    assert "No account has the username “carol”." in counter.browser().read(f"{HERE}?person=carol")


def test_a_tenant_without_logins_says_what_will_be_here(counter: Counter, acme: Tenant) -> None:
    assert "No logins yet." in counter.browser().read(f"/support/tenants/{acme.slug}/activity")


@pytest.mark.usefixtures("acme")
def test_many_logins_come_a_page_at_a_time(counter: Counter) -> None:
    counter.world.clock.stand()
    for _ in range(53):
        assert password_login(counter.world.client(), "alice", "theirs").status_code == 303
    browser, seen, path = counter.browser(), [], ""
    for _ in range(2):
        html = browser.get(f"{HERE}{path}").get_data(as_text=True)
        seen += REFERENCE.findall(html)
        onward = re.search(r'href="[^"?]*(\?[^"]+)">Older<', html)
        path = unescape(onward[1]) if onward else ""
    assert (len(seen), len(set(seen)), path) == (53, 53, "")


def test_an_admin_reads_the_reason_and_the_remedy_under_the_reference(
    counter: Counter, lived: dict[str, str], ada: Browser
) -> None:
    assert lived["no_email"] in listed(ada, here="/admin/activity")
    page = ada.read(f"/admin/activity/{lived['no_email']}")
    for said in ("the id_token has no email", "What to do", "Compared with the last successful login", lived["good"]):
        assert said in page
    html = ada.get(f"/admin/activity/{lived['no_email']}").get_data(as_text=True)
    assert f'href="/admin/activity/{lived["good"]}"' in html
    assert "/support" not in html
    typed = lived["no_email"].replace("-", "").lower()
    assert "the id_token has no email" in ada.read(f"/admin/activity/{typed}")
    assert "the id_token has no email" in counter.browser().read(f"{HERE}/{lived['no_email']}")


def test_an_admin_sees_whom_a_login_was_looking_for(counter: Counter, idp: FakeProvider, ada: Browser) -> None:
    idp.person("alice", email="alicia@acme.example")
    reference = reference_in(counter.world.sign_in(counter.world.client(), idp))
    page = ada.read(f"/admin/activity/{reference}")
    assert "Value that was not found alicia@acme.example" in page
    assert "alicia@acme.example" not in counter.browser().read(f"{HERE}/{reference}")


def test_the_csv_has_what_the_page_shows(counter: Counter, lived: dict[str, str]) -> None:
    answer = counter.browser().get(f"{HERE}/logins.csv?outcome=unsuccessful")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="logins-acme.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.get_data()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row["reference"] for row in rows] == [lived["wrong"], lived["no_email"]]
    assert (rows[0]["outcome"], rows[0]["reason"], rows[0]["username"]) == ("refused", "wrong_password", "alice")
    assert rows[0]["time"].endswith("Z")


def test_the_json_lines_are_traces_with_whom_they_are_about(counter: Counter, lived: dict[str, str]) -> None:
    answer = counter.browser().get(f"{HERE}/logins.jsonl?person=alice&outcome=signed_in")
    (line,) = answer.get_data(as_text=True).splitlines()
    login = json.loads(line)
    assert (login["reference"], login["outcome"], login["purpose"]) == (lived["good"], "signed_in", "login")
    assert login["account"]["email"] == EMAIL
    assert login["steps"][-1]["step"] == "session"


def chart(browser: Browser, path: str) -> dict[str, int]:
    page = browser.read(path)
    found = re.search(r"Signed in (\d+) Refused (\d+) Failed (\d+)", page)
    return dict(zip(("signed_in", "refused", "failed"), map(int, found.groups()), strict=True)) if found else {}


@pytest.mark.parametrize("period", ["", "?period=24h", "?period=7d", "?period=30d", "?period=x"])
def test_the_chart_counts_logins_before_and_after_the_worker_has(
    counter: Counter, lived: dict[str, str], period: str
) -> None:
    assert lived
    browser, expected = counter.browser(), {"signed_in": 1, "refused": 2, "failed": 0}
    assert chart(browser, f"{HERE}{period}") == expected
    counter.world.clock.forward(3000)
    counter.world.bridge.login_activity.count()
    assert chart(counter.browser(), f"{HERE}{period}") == expected
    assert chart(counter.browser(), f"/support/activity{period}")["refused"] == 2


def test_a_chart_whose_worker_does_not_run_says_so(counter: Counter, lived: dict[str, str]) -> None:
    assert lived
    counter.world.clock.forward(3 * 3600)
    assert "the background worker is not keeping up" in counter.browser().read(HERE)
    counter.world.bridge.login_activity.count()
    assert "the background worker" not in counter.browser().read(HERE)


def test_what_anybody_can_cause_is_not_drawn_as_a_failure(counter: Counter, acme: Tenant, idp: FakeProvider) -> None:
    client = counter.world.client()
    connection = counter.world.bridge.database
    with connection.read() as work:
        (main,) = work.connections.of_tenant(acme.id)
    assert client.get(f"/callback/{main.id}?state=invented&code=x").status_code == 400
    assert chart(counter.browser(), HERE) == {}
