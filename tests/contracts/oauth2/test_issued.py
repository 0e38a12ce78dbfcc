"""Codes, refresh tokens and access tokens: each comes with its live authorization, or not at all."""

from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.connections.connection import Sealed
from app.domain.oauth2.authorization import AuthorizationId, TokenHash
from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.oauth2.signing_key import SigningKey
from app.domain.tenants.tenant import Status
from tests.contracts.oauth2.stored_code import stored_code
from tests.contracts.oauth2.test_authorizations import BY_SSO, CODE, DESK, OF_SSO, OFFLINE, PHONE, TOKEN
from tests.contracts.removal import remove_all
from tests.contracts.samples import BOB, MAIN, NOW, unstorable

KEY = SigningKey(
    kid="key",
    algorithm=SigningAlg.RS256,
    generation=1,
    public={"kty": "RSA"},
    private=Sealed("sealed"),
    made_at=NOW,
    signs_from=NOW,
)


@pytest.fixture
def kept(stored: SqlDatabase) -> SqlDatabase:
    """What Bob authorized, once by password and once by SSO."""
    with stored.write() as work:
        work.clients.save(DESK)
        work.sessions.add(BY_SSO)
        for authorization in (OFFLINE, OF_SSO):
            work.authorizations.add(authorization)
    return stored


def test_a_code_is_used_once_and_remembered(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.authorizations.add_code(CODE)
        assert stored_code(work, CODE.code_hash) == CODE
        assert stored_code(work, TokenHash("another")) is None
        for at in (NOW + 1, NOW + 2):
            work.authorizations.use_code(CODE.code_hash, at=at)
        assert stored_code(work, CODE.code_hash) == replace(CODE, used_at=NOW + 1)


def test_a_code_and_a_refresh_token_come_with_their_live_authorization_used_or_not(kept: SqlDatabase) -> None:
    of_sso = replace(CODE, code_hash=TokenHash("of-sso"), authorization_id=OF_SSO.id)
    with kept.write() as work:
        for code in (CODE, of_sso):
            work.authorizations.add_code(code)
        work.authorizations.add_refresh_token(TOKEN)
        live = work.authorizations.live(OFFLINE.id, now=NOW)
        assert live is not None
        assert work.authorizations.of_code(CODE.code_hash, DESK, now=NOW) == (CODE, live)
        assert work.authorizations.of_refresh_token(TOKEN.token_hash, DESK, now=NOW) == (TOKEN, live)
        found = work.authorizations.of_code(of_sso.code_hash, DESK, now=NOW)
        assert found is not None
        assert (found[0], found[1].authorization, found[1].connection) == (of_sso, OF_SSO, MAIN.name)
        work.authorizations.use_code(CODE.code_hash, at=NOW + 1)
        work.authorizations.use_refresh_token(TOKEN.token_hash, at=NOW + 1)
        assert work.authorizations.of_code(CODE.code_hash, DESK, now=NOW) == (replace(CODE, used_at=NOW + 1), live)
        used = replace(TOKEN, used_at=NOW + 1)
        assert work.authorizations.of_refresh_token(TOKEN.token_hash, DESK, now=NOW) == (used, live)
        assert work.authorizations.of_code(CODE.code_hash, PHONE, now=NOW) is None
        assert work.authorizations.of_refresh_token(TOKEN.token_hash, PHONE, now=NOW) is None
        assert work.authorizations.of_code(TokenHash("another"), DESK, now=NOW) is None
        assert work.authorizations.of_refresh_token(TokenHash("another"), DESK, now=NOW) is None


def test_a_code_and_a_refresh_token_are_not_found_once_their_authorization_is_dead(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.authorizations.add_code(CODE)
        work.authorizations.add_refresh_token(TOKEN)
        work.accounts.save(replace(BOB, status=Status.DISABLED))
        assert work.authorizations.of_code(CODE.code_hash, DESK, now=NOW) is None
        assert work.authorizations.of_refresh_token(TOKEN.token_hash, DESK, now=NOW) is None
        work.accounts.save(BOB)
        assert work.authorizations.of_code(CODE.code_hash, DESK, now=NOW) is not None
        work.authorizations.end(OFFLINE.id, at=NOW)
        assert work.authorizations.of_code(CODE.code_hash, DESK, now=NOW) is None
        assert work.authorizations.of_refresh_token(TOKEN.token_hash, DESK, now=NOW) is None


def stands(database: SqlDatabase, jti: str, *, kid: str = "key", now: float = NOW) -> bool:
    """By both ways to ask, which agree."""
    with database.read() as work:
        alone = work.authorizations.access_token_stands(jti, kid=kid, now=now)
        found = work.authorizations.of_access_token(OFFLINE.id, jti=jti, kid=kid, now=now)
        assert alone is (found is not None)
        assert found in (None, work.authorizations.live(OFFLINE.id, now=now))
    return alone


def test_a_revoked_access_token_does_not_stand_and_may_be_revoked_again(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.signing_keys.add([KEY])
        for _ in range(2):
            work.authorizations.revoke_access_token("jti-1", expires_at=NOW + 60)
    assert not stands(kept, "jti-1")
    assert stands(kept, "jti-2")


def test_an_access_token_stands_no_longer_than_its_key_and_its_authorization(kept: SqlDatabase) -> None:
    assert not stands(kept, "jti"), "no such key"
    with kept.write() as work:
        work.signing_keys.add([KEY])
    assert stands(kept, "jti")
    assert not stands(kept, "jti", kid="another")
    with kept.write() as work:
        work.signing_keys.retire(before=2, at=NOW + 10)
    assert stands(kept, "jti", now=NOW + 9)
    assert not stands(kept, "jti", now=NOW + 10)
    with kept.write() as work:
        work.authorizations.end(OFFLINE.id, at=NOW)
        gone = work.authorizations.of_access_token(OFFLINE.id, jti="jti", kid="key", now=NOW)
        assert gone is None
        assert all(
            work.authorizations.of_access_token(AuthorizationId(text), jti="jti", kid="key", now=NOW) is None
            for text in unstorable()
        )


def test_what_has_expired_is_removed_with_all_that_was_issued(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.authorizations.add_code(CODE)
        work.authorizations.add_refresh_token(TOKEN)
        work.authorizations.revoke_access_token("jti-1", expires_at=NOW + 60)
    kept.purge(OFFLINE.expires_at + 2 * 3600, remove_all)
    with kept.write() as work:
        work.signing_keys.add([KEY])
        assert stored_code(work, CODE.code_hash) is None
        assert work.authorizations.refresh_token(TOKEN.token_hash) is None
        assert work.authorizations.access_token_stands("jti-1", kid="key", now=NOW)
