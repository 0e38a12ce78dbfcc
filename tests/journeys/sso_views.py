"""The pages of a tenant's connections and of their set-up, in both consoles."""

from collections.abc import Callable
from dataclasses import replace

from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.connections.draft import Draft
from app.services.connections.draft_state import DraftState
from tests.journeys.admin_views import as_admin
from tests.journeys.support_views import as_staff
from tests.journeys.views import LONG, Visit

ADA = Actor("acme/ada", "127.0.0.1")


def main_of(visit: Visit) -> Connection:
    with visit.site.world.bridge.database.read() as work:
        return work.connections.of_tenant(visit.acme.id)[0]


def begun(visit: Visit, preset: str = "oidc", name: str = "second") -> DraftState:
    return visit.site.world.bridge.drafts.begin(visit.acme, preset, name, by=ADA)


def filled(visit: Visit) -> DraftState:
    """Everything is entered."""
    state = begun(visit)
    return visit.site.world.bridge.drafts.save(
        visit.acme,
        state.draft.id,
        {"issuer": visit.idp.issuer, "client_id": "bridge", "client_secret": "a secret of the client"},
        version=state.draft.version,
        by=ADA,
    )


def tested(visit: Visit, draft: Draft) -> None:
    with visit.site.world.bridge.database.write() as work:
        work.connection_drafts.mark_tested(draft, at=visit.site.world.clock.now())


def changed(visit: Visit) -> ConnectionId:
    """A change beside the connection, which has passed its test."""
    drafts, connection = visit.site.world.bridge.drafts, main_of(visit)
    state = drafts.begin_change(visit.acme, connection.id, by=ADA)
    state = drafts.save(
        visit.acme,
        connection.id,
        {"client_id": LONG, "match_by": "username", "client_secret": "another secret"},
        version=state.draft.version,
        by=ADA,
    )
    tested(visit, state.draft)
    return connection.id


def sso_without_connections(visit: Visit) -> None:
    visit.site.world.tenant("globex")
    as_staff(visit, "/support/tenants/globex/sso")


def sso_connections(visit: Visit) -> None:
    connection = main_of(visit)
    begun(visit, "okta", LONG[:64])
    visit.site.world.save(replace(connection, client_secret_expires="2026-01-01"))
    visit.site.world.bridge.drafts.begin_change(visit.acme, connection.id, by=ADA)
    as_admin(visit, "/admin/sso")


def sso_tiles(visit: Visit) -> None:
    as_admin(visit, "/admin/sso/new")


def sso_tiles_in_support(visit: Visit) -> None:
    visit.site.world.tenant("globex")
    as_staff(visit, "/support/tenants/globex/sso/new")


def sso_connection(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{main_of(visit).id}")


def sso_guide(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{begun(visit, 'okta').draft.id}/guide")
    visit.page.get_by_text("Optional: sign-out and tiles").click()


def sso_guide_of_entra(visit: Visit) -> None:
    as_staff(visit, f"/support/tenants/acme/sso/{begun(visit, 'entra').draft.id}/guide")


def sso_address_with_a_problem(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{begun(visit).draft.id}/address")
    visit.page.get_by_label("Issuer or discovery URL").fill(f"{visit.idp.issuer}/elsewhere")
    visit.page.get_by_role("button", name="Next").click()
    visit.page.locator(".alert-bad").wait_for()


def sso_address_of_a_plain_server(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{begun(visit, 'oauth2').draft.id}/address")


def sso_client(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{filled(visit).draft.id}/client")


def sso_claims(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{filled(visit).draft.id}/claims")


def sso_advanced(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{filled(visit).draft.id}/advanced")


def sso_test(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{filled(visit).draft.id}/test")


def sso_test_of_what_is_incomplete(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{begun(visit, 'google').draft.id}/test")


def sso_activate(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{changed(visit)}/activate")


def sso_activate_untested(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{filled(visit).draft.id}/activate")


def sso_undo(visit: Visit) -> None:
    connection = changed(visit)
    drafts = visit.site.world.bridge.drafts
    visit.site.world.save(replace(main_of(visit), tested_at=1.0, tested_fingerprint=main_of(visit).fingerprint))
    version = drafts.one(visit.acme, connection).draft.version
    drafts.activate(visit.acme, connection, version=version, by=ADA)
    as_admin(visit, f"/admin/sso/{connection}/undo")


def sso_disable(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{main_of(visit).id}/status")


def sso_keys(visit: Visit) -> None:
    main = main_of(visit)
    visit.site.world.bridge.connection_keys.rotate("acme", main.name, withdraw=False, by=ADA)
    visit.site.world.save(replace(main, client_secret_expires="2026-01-01"))
    as_admin(visit, f"/admin/sso/{main.id}/keys")


def sso_keys_to_retire(visit: Visit) -> None:
    as_admin(visit, f"/admin/sso/{main_of(visit).id}/keys/retire")


SSO_VIEWS: tuple[Callable[[Visit], None], ...] = (
    sso_without_connections, sso_connections, sso_tiles, sso_tiles_in_support, sso_connection, sso_guide,
    sso_guide_of_entra, sso_address_with_a_problem, sso_address_of_a_plain_server, sso_client, sso_claims, sso_advanced,
    sso_test, sso_test_of_what_is_incomplete, sso_activate, sso_activate_untested, sso_undo, sso_disable, sso_keys,
    sso_keys_to_retire,
)  # fmt: skip
