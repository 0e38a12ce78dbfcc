"""Which of a connection's keys are published, decrypt and sign, as time goes by."""

from dataclasses import replace

from app.domain.connections.connection import ENCRYPTION_ALGS, USUAL_ENCRYPTION_ALGS, ConnectionId, Sealed
from app.domain.connections.connection_key import (
    CACHEABLE_S,
    OVERLAP_S,
    ConnectionKey,
    KeyType,
    KeyUse,
    decrypting,
    entries,
    entry_kid,
    published,
    signer,
)
from app.domain.tenants.tenant import TenantId

T0 = 1_790_000_000.0


def key(name: str, use: KeyUse, *, made_at: float = T0, expires_at: float | None = None) -> ConnectionKey:
    return ConnectionKey(
        kid=name,
        tenant_id=TenantId("acme"),
        connection_id=ConnectionId("main"),
        use=use,
        key_type=KeyType.RSA,
        generation=1,
        public={"kty": "RSA"},
        private=Sealed("sealed"),
        made_at=made_at,
        expires_at=expires_at,
    )


def names(keys: list[ConnectionKey]) -> list[str]:
    return [one.kid for one in keys]


def signs(keys: list[ConnectionKey], now: float) -> str | None:
    found = signer(keys, KeyType.RSA, now=now)
    return found.kid if found else None


def test_a_key_is_published_once_for_each_algorithm_under_a_name_of_its_own() -> None:
    ec = replace(key("thumb", KeyUse.ENCRYPTION), key_type=KeyType.EC, public={"kty": "EC", "kid": "thumb"})
    assert entries(ec, USUAL_ENCRYPTION_ALGS) == [
        {"kty": "EC", "kid": "thumb", "alg": "ECDH-ES"},
        {"kty": "EC", "kid": "thumb.ECDH-ES+A128KW", "alg": "ECDH-ES+A128KW"},
        {"kty": "EC", "kid": "thumb.ECDH-ES+A256KW", "alg": "ECDH-ES+A256KW"},
    ]
    assert entry_kid("thumb", "RSA-OAEP-256") == entry_kid("thumb", "ES256") == "thumb"


def test_an_algorithm_that_the_connection_does_not_accept_is_not_published() -> None:
    rsa = key("thumb", KeyUse.ENCRYPTION)
    assert [entry["alg"] for entry in entries(rsa, USUAL_ENCRYPTION_ALGS)] == ["RSA-OAEP-256"]
    assert [entry["kid"] for entry in entries(rsa, ENCRYPTION_ALGS)] == ["thumb", "thumb.RSA-OAEP"]
    assert [entry["alg"] for entry in entries(key("thumb", KeyUse.SIGNING), ())] == ["RS256"]


ENDS = T0 + OVERLAP_S
FIRST_SIG, FIRST_ENC = key("first-sig", KeyUse.SIGNING), key("first-enc", KeyUse.ENCRYPTION)
ROTATED = [
    key("second-sig", KeyUse.SIGNING),
    key("second-enc", KeyUse.ENCRYPTION),
    replace(FIRST_SIG, made_at=T0 - OVERLAP_S, expires_at=ENDS),
    replace(FIRST_ENC, made_at=T0 - OVERLAP_S, expires_at=ENDS),
]


def test_the_first_keys_serve_at_once() -> None:
    keys = [FIRST_SIG, FIRST_ENC]
    assert names(published(keys, now=T0)) == ["first-sig", "first-enc"]
    assert names(decrypting(keys, now=T0)) == ["first-enc"]
    assert signs(keys, T0) == "first-sig"


def test_after_a_rotation_nobody_is_offered_the_old_key_to_encrypt_to() -> None:
    assert names(published(ROTATED, now=T0)) == ["second-sig", "second-enc", "first-sig"]


def test_both_keys_decrypt_until_the_overlap_is_over() -> None:
    assert names(decrypting(ROTATED, now=ENDS - 1)) == ["second-enc", "first-enc"]
    assert names(decrypting(ROTATED, now=ENDS)) == ["second-enc"]


def test_the_new_key_signs_once_no_copy_of_the_old_set_is_kept_any_more() -> None:
    assert signs(ROTATED, T0 + CACHEABLE_S - 1) == "first-sig"
    assert signs(ROTATED, T0 + CACHEABLE_S) == "second-sig"


def test_what_the_old_key_signed_can_be_verified_until_the_overlap_is_over() -> None:
    assert "first-sig" in names(published(ROTATED, now=ENDS - 1))
    assert "first-sig" not in names(published(ROTATED, now=ENDS))


def test_the_new_key_signs_at_once_where_the_old_one_is_withdrawn() -> None:
    withdrawn = [one if one.expires_at is None else replace(one, expires_at=T0) for one in ROTATED]
    assert signs(withdrawn, T0) == "second-sig"
    assert names(decrypting(withdrawn, now=T0)) == ["second-enc"]


def test_of_two_rotations_in_a_row_the_oldest_known_key_signs() -> None:
    third = key("third-sig", KeyUse.SIGNING, made_at=T0 + 60)
    second = replace(ROTATED[0], expires_at=ENDS + 60)
    assert signs([third, second, ROTATED[2]], T0 + 60) == "first-sig"


def test_there_may_be_no_key_of_a_kind() -> None:
    assert signs([FIRST_ENC], T0) is None
    assert signer([FIRST_SIG], KeyType.EC, now=T0) is None
