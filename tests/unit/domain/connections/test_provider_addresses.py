"""What a provider is told at registration."""

from dataclasses import replace

from app.domain.connections.connection import Protocol
from app.domain.connections.provider_addresses import ProviderAddresses, provider_addresses
from tests.contracts.samples import ACME, MAIN

HERE = "https://sso.vendor.example"


def test_an_openid_provider_is_told_where_to_send_people_logouts_and_requests_for_keys() -> None:
    told = provider_addresses(HERE, ACME, replace(MAIN, name="a b/c?"))
    assert told == ProviderAddresses(
        redirect_uri=f"{HERE}/callback/{MAIN.id}",
        jwks_uri=f"{HERE}/t/{ACME.slug}/jwks/a%20b/c%3F",
        post_logout_redirect_uri=f"{HERE}/logged-out",
        backchannel_logout_uri=f"{HERE}/backchannel-logout/{MAIN.id}",
        frontchannel_logout_uri=f"{HERE}/frontchannel-logout/{MAIN.id}",
        initiate_login_uri=f"{HERE}/t/{ACME.slug}/oauth/login",
    )


def test_a_plain_oauth_server_has_no_logout_to_tell_of() -> None:
    plain = replace(MAIN, provider=replace(MAIN.provider, protocol=Protocol.OAUTH2))
    told = provider_addresses(HERE, ACME, plain)
    assert (told.backchannel_logout_uri, told.frontchannel_logout_uri, told.initiate_login_uri) == (None, None, None)
