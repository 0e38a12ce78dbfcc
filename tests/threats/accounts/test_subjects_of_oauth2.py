"""Plain OAuth 2.0: whoever answers at another userinfo endpoint is not who answered at the one before."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.domain.connections.connection import Protocol
from app.domain.reasons import ReasonCode
from tests.fake_idp import FakeProvider
from tests.threats.acme import ALICE, Acme


@pytest.fixture
def plain(acme: Acme) -> Iterator[Acme]:
    """Acme behind a plain OAuth 2.0 server, where alice is known and bob has an account as well."""
    with FakeProvider(kind="oauth2", clock=acme.world.clock.now) as idp:
        idp.person("alice", email=ALICE)
        provider = replace(
            acme.main.provider,
            protocol=Protocol.OAUTH2,
            issuer=None,
            authorization_endpoint=idp.url("authorize"),
            token_endpoint=idp.url("token"),
            userinfo_endpoint=idp.url("userinfo"),
        )
        acme.main, acme.idp = replace(acme.main, provider=provider), idp
        acme.world.save(acme.main)
        acme.world.account(acme.tenant, "bob", email="bob@acme.example")
        acme.sign_in()
        assert acme.opened() == "alice"
        yield acme


def move(acme: Acme, **endpoints: str) -> None:
    acme.main = replace(acme.main, provider=replace(acme.main.provider, **endpoints))  # type: ignore[arg-type]  # texts
    acme.world.save(acme.main)


def test_a_subject_of_another_userinfo_endpoint_is_not_the_one_that_looks_the_same(plain: Acme) -> None:
    """Bob has alice's number in the other directory, and no email of hers: he must not open what she has opened."""
    move(plain, userinfo_endpoint=plain.idp.url("userinfo") + "?directory=2")
    plain.idp.on.userinfo(lambda claims: {**claims, "email": "nobody@acme.example"})
    plain.refused(plain.sign_in(plain.world.client()), ReasonCode.NO_ACCOUNT)
    plain.idp.on.userinfo(lambda claims: {**claims, "email": "bob@acme.example"})
    bobs = plain.world.client()
    plain.sign_in(bobs)
    assert plain.opened(bobs) == "bob"


def test_a_token_endpoint_that_moved_leaves_people_who_they_are(plain: Acme) -> None:
    move(plain, token_endpoint=plain.idp.url("token") + "?v=2")
    plain.idp.on.userinfo(lambda claims: {**claims, "email": "renamed@acme.example"})
    renamed = plain.world.client()
    plain.sign_in(renamed)
    assert plain.opened(renamed) == "alice"
