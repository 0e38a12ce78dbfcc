"""Apps and API credentials, as their owners look after them in the consoles."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.oauth2.authorization import token_hash
from app.domain.oauth2.client import Client, ClientId, GrantType
from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.tenants.tenant import Status
from tests.builders import World, hidden_fields
from tests.integration.oauth2.app_desk import ADMIN, CALLBACK, SUPPORT, VENDOR, AppDesk, secret_in
from tests.integration.support.counter import CHANGED_MEANWHILE, words


@pytest.fixture
def desk(world: World) -> AppDesk:
    return AppDesk(world)


def test_without_any_the_page_says_what_they_are_for(desk: AppDesk) -> None:
    assert "There are no apps and no API credentials yet." in desk.ada().read(ADMIN)


def test_a_credential_shows_its_secret_and_stores_only_a_hash(desk: AppDesk) -> None:
    ada = desk.ada()
    made = desk.credential(ada)
    secret, client = secret_in(made), desk.client()
    assert "You won't see this secret again." in words(made)
    assert (client.secret_hash, client.tenant_id) == (token_hash(secret), desk.acme.id)
    assert (client.grants, client.scopes) == ((GrantType.CLIENT_CREDENTIALS,), ("users:read",))
    assert client.client_id in words(made)
    assert "Nightly export" in ada.read(ADMIN)
    (entry,) = (entry for entry in desk.counter.audit() if entry.action == "client.created")
    assert (entry.actor, entry.subject) == ("acme/ada", client.client_id)


def test_a_form_that_is_sent_twice_makes_one(desk: AppDesk) -> None:
    ada = desk.ada()
    page = ada.get(f"{ADMIN}/new/credential")

    fields = {**hidden_fields(page), "name": "Export", "scopes": ["stats"]}
    secret_in(ada.client.post(f"{ADMIN}/new/credential", data=fields))
    again = ada.client.post(f"{ADMIN}/new/credential", data=fields)
    assert again.headers["Location"] == f"{ADMIN}?done=made_already"
    assert "nothing new was created" in ada.read(again.headers["Location"])
    assert desk.client().name == "Export"


def test_name_and_scopes_change_without_a_new_secret(desk: AppDesk) -> None:
    ada = desk.ada()
    desk.credential(ada)
    before = desk.client()
    edit = f"{ADMIN}/{before.client_id}/edit"
    saved = ada.fill(edit, {"name": "Hourly export", "scopes": ["users:read", "stats"]})
    assert saved.headers["Location"] == f"{ADMIN}/{before.client_id}?done=changed"
    after = desk.client()
    assert (after.name, after.scopes) == ("Hourly export", ("users:read", "stats"))
    assert after.secret_hash == before.secret_hash
    (entry,) = (entry for entry in desk.counter.audit() if entry.action == "client.changed")
    assert entry.after == {"name": "Hourly export", "scopes": ["users:read", "stats"]}


def test_a_second_secret_takes_the_place_of_the_first(desk: AppDesk) -> None:
    ada = desk.ada()
    first = secret_in(desk.credential(ada))
    here = f"{ADMIN}/{desk.client().client_id}"
    second = secret_in(ada.fill(f"{here}/secret", {}))
    both = desk.client()
    assert (both.secret_hash, both.next_secret_hash) == (token_hash(first), token_hash(second))
    assert "Both work." in ada.read(here)
    retired = ada.fill(f"{here}/retire?secret=first", {})
    assert retired.headers["Location"] == f"{here}?done=retired"
    after = desk.client()
    assert (after.secret_hash, after.next_secret_hash) == (token_hash(second), None)
    assert {"client.secret_added", "client.secret_retired"} <= {entry.action for entry in desk.counter.audit()}


def test_the_second_secret_can_be_given_up_instead(desk: AppDesk) -> None:
    ada = desk.ada()
    first = secret_in(desk.credential(ada))
    here = f"{ADMIN}/{desk.client().client_id}"
    ada.fill(f"{here}/secret", {})
    ada.fill(f"{here}/retire?secret=second", {})
    assert (desk.client().secret_hash, desk.client().next_secret_hash) == (token_hash(first), None)


def test_there_is_no_third_secret_and_the_last_one_stays(desk: AppDesk) -> None:
    ada = desk.ada()
    desk.credential(ada)
    here = f"{ADMIN}/{desk.client().client_id}"
    assert "This is the only secret." in ada.read(f"{here}/retire?secret=first", status=409)
    ada.fill(f"{here}/secret", {})
    assert "There are two secrets already." in words(ada.fill(f"{here}/secret", {}), status=409)


def test_revoking_says_what_it_means_and_is_for_good(desk: AppDesk) -> None:
    ada = desk.ada()
    desk.credential(ada)
    here = f"{ADMIN}/{desk.client().client_id}"
    assert "It cannot be undone." in ada.read(f"{here}/revoke")
    assert ada.fill(f"{here}/revoke", {}).headers["Location"] == f"{here}?done=revoke"
    client = desk.client()
    assert (client.status, client.secret_hash, client.revoked) == (Status.DISABLED, None, True)
    for page in ("edit", "secret", "enable", "revoke"):
        assert ada.get(f"{here}/{page}").status_code == 404
    assert "Revoked credentials (1)" in ada.read(ADMIN)


@pytest.mark.parametrize(
    ("kind", "uris", "secret"),
    [
        ("web", CALLBACK, True),
        ("single_page", "https://desk.acme.example/\nhttp://localhost:5173/", False),
        ("native", "http://127.0.0.1/callback com.example.desk:/callback", False),
    ],
)
def test_an_app_gets_a_secret_only_if_it_can_keep_one(desk: AppDesk, kind: str, uris: str, *, secret: bool) -> None:
    ada = desk.ada()
    made = desk.app(ada, kind=kind, redirect_uris=uris, grants=["refresh_token"])
    client = desk.client()
    assert client.redirect_uris == tuple(uris.split())
    assert client.grants == (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN)
    assert client.public is not secret
    if secret:
        assert token_hash(secret_in(made)) == client.secret_hash
    else:
        assert made.headers["Location"] == f"{ADMIN}/{client.client_id}?done=created"


def test_a_device_has_no_redirect_uri(desk: AppDesk) -> None:
    ada = desk.ada()
    desk.app(ada, kind="device", redirect_uris="", grants=["refresh_token"])
    client = desk.client()
    assert (client.grants, client.public) == ((GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE), True)
    assert "Device" in ada.read(f"{ADMIN}/{client.client_id}")


def test_an_app_can_be_disabled_and_enabled(desk: AppDesk) -> None:
    ada = desk.ada()
    desk.app(ada)
    here = f"{ADMIN}/{desk.client().client_id}"
    ada.fill(f"{here}/disable", {})
    assert desk.client().status is Status.DISABLED
    ada.fill(f"{here}/enable", {})
    assert desk.client().status is Status.ACTIVE


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("web", {"name": ""}, "Is required."),
        ("web", {"redirect_uris": ""}, "Must name at least one."),
        ("web", {"redirect_uris": "http://desk.example/"}, "Number 1 must start with https://"),
        ("web", {"redirect_uris": f"{CALLBACK} https://*.example/"}, "Number 2 must be exact"),
        ("web", {"redirect_uris": "com.example.app:/back"}, "only native apps have schemes of their own"),
        ("native", {"redirect_uris": "http://127.0.0.1:8400/back"}, "must not name a port"),
        ("web", {"backchannel_logout_uri": "ftp://desk.example/"}, "Must start with https://."),
        ("web", {"post_logout_redirect_uris": "/bye"}, "Number 1 must be a full URI"),
        ("web", {"scopes": ["openid", "nothing:read"]}, "Number 2 cannot be given here: nothing:read."),
        ("single_page", {"grants": ["client_credentials"]}, "Includes one that this type of app cannot have."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    desk: AppDesk, kind: str, fields: dict[str, Any], said: str
) -> None:
    ada = desk.ada()
    answer = desk.app(ada, kind=kind, **{"name": "My desk", **fields})
    assert said in words(answer, status=400)
    if "name" not in fields:
        assert 'value="My desk"' in answer.get_data(as_text=True)
    assert desk.clients() == []


def test_a_credential_needs_a_scope(desk: AppDesk) -> None:
    assert "Must name at least one." in words(desk.credential(desk.ada(), scopes=[]), status=400)


def test_what_has_changed_meanwhile_is_not_overwritten(desk: AppDesk) -> None:
    ada, olga = desk.ada(), desk.counter.browser("olga")
    desk.app(ada)
    client_id = desk.client().client_id

    stale = hidden_fields(ada.get(f"{ADMIN}/{client_id}/edit"))
    olga.fill(f"{SUPPORT}/{client_id}/edit", {"name": "Of Olga", "redirect_uris": CALLBACK, "scopes": ["openid"]})
    fields = {**stale, "name": "Of Ada", "redirect_uris": CALLBACK, "scopes": ["openid"]}
    answer = ada.client.post(f"{ADMIN}/{client_id}/edit", data=fields)
    assert CHANGED_MEANWHILE in words(answer, status=409)
    assert desk.client().name == "Of Olga"


def test_what_a_file_has_set_and_the_form_does_not_ask_for_stays(desk: AppDesk) -> None:
    """Of a device: it has no redirect URI to ask for, and is trusted only because a file says so."""
    kept = Client(
        client_id=ClientId("phone"),
        name="Phone",
        grants=(GrantType.DEVICE_CODE,),
        scopes=("openid",),
        trusted=True,
        tenant_id=desk.acme.id,
        redirect_uris=("com.example.phone:/",),
        post_logout_redirect_uris=("com.example.phone:/bye",),
        backchannel_logout_uri="https://phone.example/logout",
    )
    with desk.world.bridge.database.write() as work:
        work.clients.save(kept)
    fields = {"name": "Telephone", "scopes": ["openid"], "backchannel_logout_uri": kept.backchannel_logout_uri}
    saved = desk.ada().fill(f"{ADMIN}/phone/edit", fields)
    assert saved.status_code == 303, words(saved, status=400)
    assert desk.client() == replace(kept, name="Telephone")


def test_an_admin_chooses_what_an_apps_tokens_are_signed_by(desk: AppDesk) -> None:
    ada = desk.ada()
    desk.app(ada)
    assert desk.client().signing_alg is SigningAlg.RS256
    edit = f"{ADMIN}/{desk.client().client_id}/edit"
    fields = {"name": "Desk", "redirect_uris": CALLBACK, "scopes": ["openid"]}
    assert ada.fill(edit, {**fields, "es256": "yes"}).status_code == 303
    assert desk.client().signing_alg is SigningAlg.ES256
    assert 'name="es256" value="yes" checked' in ada.client.get(edit).get_data(as_text=True)
    assert ada.fill(edit, fields).status_code == 303
    assert desk.client().signing_alg is SigningAlg.RS256


def test_the_vendors_own_apps_are_trusted_unless_said_otherwise(desk: AppDesk) -> None:
    olga = desk.counter.browser("olga")
    desk.app(olga, at=VENDOR, trusted="yes", scopes=["openid", "tenants:read"])
    client = desk.client()
    assert (client.tenant_id, client.trusted, client.scopes) == (None, True, ("openid", "tenants:read"))
    assert "No consent page" in olga.read(f"{VENDOR}/{client.client_id}")
    disabled = olga.fill(f"{VENDOR}/{client.client_id}/disable", {"reason": "A test"})
    assert disabled.status_code == 303
    assert desk.client().status is Status.DISABLED


def test_support_looks_at_apps_and_changes_none(desk: AppDesk) -> None:
    desk.app(desk.ada())
    client_id = desk.client().client_id
    sam = desk.counter.browser("sam")
    page = sam.read(f"{SUPPORT}/{client_id}")
    assert client_id in page
    assert "Disable app" not in page
    for path in ("new", "new/credential", f"{client_id}/edit", f"{client_id}/disable", f"{client_id}/secret"):
        for console in (SUPPORT, VENDOR):
            assert sam.get(f"{console}/{path}").status_code == 404
