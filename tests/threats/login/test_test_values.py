"""What a provider says of somebody in a test is for the tester's eyes: in no store, trace, log or address."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.login.login_attempt import Purpose
from tests.builders import World
from tests.integration.support.counter import Counter
from tests.threats.acme import Acme
from tests.threats.login.proving import CHECK_RESULT, Prover

TELLING = "a telling value that nobody else may read"


def everything_stored(world: World) -> str:
    with world.bridge.database.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        rows = [connection.exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in names]  # noqa: S608 - the schema's
        return repr(rows)


@pytest.mark.parametrize("account", ["alice", "nobody"])
def test_the_values_of_a_test_are_in_no_store_and_no_log(
    acme: Acme, account: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    prover = Prover.by_password(acme)
    acme.idp.person(account, email=f"{account}@acme.example", department=TELLING)
    with caplog.at_level(0):
        answer = acme.browser.get(prover.begin(Purpose.TEST))
    assert TELLING in acme.browser.get(CHECK_RESULT).get_data(as_text=True)
    assert TELLING not in everything_stored(acme.world)
    assert TELLING not in str(answer.headers)
    assert TELLING not in caplog.text
    assert TELLING not in "".join(capsys.readouterr())


def test_a_login_reports_no_values_at_all(acme: Acme) -> None:
    acme.idp.person("alice", email="alice@acme.example", department=TELLING)
    assert acme.sign_in().status_code == 303
    assert acme.browser.get_cookie("sso_check") is None
    assert TELLING not in everything_stored(acme.world)


def test_staff_may_test_but_only_with_a_role(acme: Acme) -> None:
    counter = Counter(acme.world)
    browser = counter.browser("sam").client
    prover = Prover(acme)
    callback = prover.begin(Purpose.TEST, browser=browser)
    with acme.world.bridge.database.read() as work:
        (sam,) = work.accounts.with_username(counter.staff.id, "sam")
    acme.world.save(replace(sam, roles=(Role.AGENT,)))
    shown = prover.end(callback, browser)
    assert "alice@acme.example" not in shown.get_data(as_text=True)
    assert not prover.connection().tested


def test_an_admin_of_another_tenant_cannot_begin_or_end_a_test(acme: Acme) -> None:
    globex = acme.world.tenant("globex")
    acme.world.account(globex, "eve", email="eve@globex.example", password="what eve types", roles=[Role.TENANT_ADMIN])
    eve = acme.world.client()
    assert acme.password(eve, username="eve", password="what eve types", tenant="globex").status_code == 303
    prover = Prover.by_password(acme)
    callback = prover.begin(Purpose.TEST)
    name, value = next(
        (c.key, c.value) for c in (acme.browser._cookies or {}).values() if c.key.startswith("sso_login_")
    )
    eve.set_cookie(name, value)
    shown = eve.get(callback)
    page = eve.get(CHECK_RESULT).get_data(as_text=True)
    assert shown.headers.get("Location") in {None, CHECK_RESULT}
    assert "alice@acme.example" not in page
    assert not prover.connection().tested
