"""Forged tokens of the bridge's own, and honest ones of the wrong kind (ASVS 5.0, V9; RFC 8725)."""

import pytest
from joserfc.jws import extract_compact

from app.domain.audit.audit import Actor
from app.domain.oauth2.claims import IDENTITY
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.signing_alg import SigningAlg
from app.services.oauth2.token_signer import TokenSigner
from tests.builders import World
from tests.integration.oauth2.forged import FORGERIES
from tests.integration.oauth2.issued import DESK, authorized


def signer(world: World) -> TokenSigner:
    return world.bridge.oauth2.token_signer


def access_token(world: World) -> str:
    return signer(world).access_token(client=DESK, scopes=["openid"], authorized=authorized("openid")).value


@pytest.mark.parametrize("way", list(FORGERIES))
def test_a_forged_access_token_does_not_open(world: World, way: str) -> None:
    honest = access_token(world)
    signer(world).open_access_token(honest)
    with pytest.raises(OAuth2Error, match="invalid_token"):
        signer(world).open_access_token(FORGERIES[way](world, honest))


@pytest.mark.parametrize("way", list(FORGERIES))
def test_a_forged_id_token_is_no_hint(world: World, way: str) -> None:
    honest = signer(world).id_token(authorized("openid"))
    signer(world).open_id_token_hint(honest)
    with pytest.raises(OAuth2Error, match="invalid_token"):
        signer(world).open_id_token_hint(FORGERIES[way](world, honest))


def test_no_kind_of_token_passes_for_another(world: World) -> None:
    id_token = signer(world).id_token(authorized("openid"))
    logout_token = signer(world).logout_token(DESK, subject="account-bob", sid="S")
    for token in (id_token, logout_token):
        with pytest.raises(OAuth2Error):
            signer(world).open_access_token(token)
    for token in (access_token(world), logout_token):
        with pytest.raises(OAuth2Error):
            signer(world).open_id_token_hint(token)
    types = {
        extract_compact(token.encode()).headers()["typ"] for token in (id_token, logout_token, access_token(world))
    }
    assert types == {"JWT", "logout+jwt", "at+jwt"}


def test_what_is_signed_with_the_key_for_identities_is_neither(world: World) -> None:
    """It may sign tokens as well: their type tells them apart, in both directions."""
    claims = {"iss": signer(world).issuer, "aud": signer(world).issuer, "exp": 9_999_999_999, "sub": "bob"}
    for algorithm in SigningAlg:
        token = world.bridge.oauth2.signing_keys.signed(claims, algorithm=algorithm, token_type=IDENTITY)
        with pytest.raises(OAuth2Error):
            signer(world).open_access_token(token)
        with pytest.raises(OAuth2Error):
            signer(world).open_id_token_hint(token)


@pytest.mark.parametrize("wrong", [{"iss": "https://other.example"}, {"aud": "agent-desk"}, {"exp": 1}])
def test_a_token_of_another_issuer_audience_or_time_does_not_open(world: World, wrong: dict[str, object]) -> None:
    """With our own signature: as if another bridge shared our keys."""
    issuer = signer(world).issuer
    claims = {"iss": issuer, "aud": issuer, "exp": 9_999_999_999, "sub": "bob", **wrong}
    token = world.bridge.oauth2.signing_keys.signed(claims, algorithm=SigningAlg.RS256, token_type="at+jwt")
    with pytest.raises(OAuth2Error):
        signer(world).open_access_token(token)


def test_an_expired_key_verifies_nothing_even_before_it_is_purged(world: World) -> None:
    token = access_token(world)
    world.bridge.oauth2.signing_keys.rotate(withdraw=True, by=Actor("command line"))
    with world.bridge.database.read() as work:
        assert len(work.signing_keys.all()) == 4
    with pytest.raises(OAuth2Error):
        signer(world).open_access_token(token)
