import time
from dataclasses import replace

import pytest

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection
from app.domain.sessions.session import Session, SessionId
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Tenant
from tests.integration.cli.conftest import Commands

NOW = 1_795_000_000.0
ACME = """
[[tenants]]
slug = "acme"
policy = "sso_optional"
status = "active" # tenant
[[tenants.connections]]
name = "main"
issuer = "https://idp.acme.example"
status = "active" # connection
[[tenants.accounts]]
username = "bob"
status = "active" # account
"""


def objects(commands: Commands) -> tuple[Tenant, Connection, Account]:
    with commands.database().read() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant
        account = work.accounts.by_username(tenant.id, "bob")
        assert account
        return tenant, work.connections.of_tenant(tenant.id)[0], account


def open_session(commands: Commands, method: Method) -> SessionId:
    tenant, connection, account = objects(commands)
    session = Session(
        id=SessionId(method),
        tenant_id=tenant.id,
        account_id=account.id,
        method=method,
        reference="7K3Q-9MWT-2X",
        auth_time=NOW,
        created_at=NOW,
        last_seen_at=NOW,
        idle_s=3600,
        expires_at=NOW + 3600,
        password_epoch=tenant.password_epoch,
        connection_id=connection.id if method is Method.SSO else None,
    )
    with commands.database().write() as work:
        work.sessions.add(session)
    return session.id


def alive(commands: Commands, session: SessionId) -> bool:
    with commands.database().read() as work:
        return work.sessions.live(session, now=NOW + 1) is not None


@pytest.mark.parametrize(
    ("what", "method"),
    [
        ("tenant", Method.SSO),
        ("tenant", Method.PASSWORD),
        ("connection", Method.SSO),
        ("account", Method.SSO),
        ("account", Method.PASSWORD),
    ],
)
def test_disabling_ends_sessions_for_good(commands: Commands, what: str, method: Method) -> None:
    commands.apply(ACME)
    session = open_session(commands, method)
    assert alive(commands, session)
    disabled = ACME.replace(f'"active" # {what}', f'"disabled" # {what}')
    assert commands.apply(disabled)[0].endswith(": status")
    assert commands.apply(ACME)[0].endswith(": status")
    assert not alive(commands, session)


def test_disabling_a_connection_leaves_password_sessions(commands: Commands) -> None:
    commands.apply(ACME)
    session = open_session(commands, Method.PASSWORD)
    commands.apply(ACME.replace('"active" # connection', '"disabled" # connection'))
    assert alive(commands, session)


def test_setting_sso_only_ends_password_sessions(commands: Commands) -> None:
    commands.apply(ACME)
    by_password, by_sso = open_session(commands, Method.PASSWORD), open_session(commands, Method.SSO)
    tenant, connection, _ = objects(commands)
    with commands.database().write() as work:
        work.connections.mark_tested(connection, at=NOW)
    plan = commands.apply(ACME.replace("sso_optional", "sso_only"), "--set-policy", "--reason", "tested")
    assert plan == ["~ tenant acme: policy"]
    assert (alive(commands, by_password), alive(commands, by_sso)) == (False, True)
    after = objects(commands)[0]
    assert after.password_epoch > tenant.password_epoch
    assert after == replace(tenant, policy=LoginPolicy.SSO_ONLY, password_epoch=after.password_epoch)


def test_a_tested_connection_stays_tested_where_nothing_changes(commands: Commands) -> None:
    text = ACME.replace('name = "main"', 'name = "main"\nclient_secret = "s3cret"')
    commands.apply(text)
    with commands.database().write() as work:
        work.connections.mark_tested(objects(commands)[1], at=NOW)
    commands.apply(text.replace('slug = "acme"', 'slug = "acme"\nname = "Acme Help"'))
    assert objects(commands)[1].tested
    commands.apply(text.replace("s3cret", "another"))
    assert not objects(commands)[1].tested


def test_longer_limits_revive_no_session_that_was_over(commands: Commands) -> None:
    """Two hours idle where one was allowed: it was over, and stays so when ten are allowed from now on."""
    limits = "session_absolute_minutes = 1440\nsession_idle_minutes = "
    short = ACME.replace('slug = "acme"', f'slug = "acme"\n{limits}60')
    commands.apply(short)
    now = time.time()
    id_ = open_session(commands, Method.PASSWORD)
    with commands.database().write() as work:
        session = work.sessions.live(id_, now=NOW + 1)
        assert session is not None
        idle = replace(session.session, id=SessionId("idle"), last_seen_at=now - 7200, created_at=now - 7200)
        work.sessions.add(replace(idle, idle_s=86_400, expires_at=now + 86_400))
        work.sessions.add(
            replace(idle, id=SessionId("fresh"), last_seen_at=now - 60, idle_s=86_400, expires_at=now + 86_400)
        )
    commands.apply(short.replace("minutes = 60", "minutes = 600"))
    with commands.database().read() as work:
        assert work.sessions.live(SessionId("fresh"), now=now) is not None
        assert work.sessions.live(SessionId("idle"), now=now) is None
