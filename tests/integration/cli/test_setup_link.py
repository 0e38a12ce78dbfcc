"""`sso-bridge setup-link`: support invites customer IT without an account."""

from tests.integration.cli.conftest import Commands

ACME = """
[[tenants]]
slug = "acme"
"""


def test_a_link_is_sent_and_recorded_with_its_reason(commands: Commands) -> None:
    commands.apply(ACME)
    said = commands.lines("setup-link", "acme", "it@acme.example", "--reason", "asked for by phone")
    assert said[0] == "A set-up link was sent to it@acme.example. It can be revoked in the support console."
    database = commands.database()
    with database.read() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant is not None
        (link,) = work.setup_links.of_tenant(tenant.id, most=9)
        assert [queued.to for queued in work.outbox.newest(most=9)] == ["it@acme.example"]
    database.close()
    assert (link.email, link.reason) == ("it@acme.example", "asked for by phone")
